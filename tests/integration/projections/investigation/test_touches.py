"""Who touched the data of somebody, and why."""

from typing import Any

from ledger.ledger import Ledger
from ledger.query import EventQuery
from ledger.units import Size
from projections.investigation.touches import TOUCHING, Touch, touches
from tests.histories import event, tokens, told

ANNA = "data-subject:customer:1"


def _touches(ledger: Ledger, known_size: int | None = None) -> list[Touch]:
    size = Size(ledger.head().size if known_size is None else known_size)
    found = ledger.read(EventQuery(subject=ANNA, kinds=TOUCHING, known_size=size))
    return touches(ledger, list(found), size)


def _story(ledger: Ledger, **more: Any) -> None:  # noqa: ANN401 - fields of the use
    told(
        ledger,
        event(
            "access.used",
            1,
            actor="person:bram",
            resource="file",
            customer_id=ANNA,
            purpose="reporting",
            legal_basis="contract",
            grant_id="G-1",
            justification="yearly report",
            **more,
        ),
        event(
            "exchange.performed",
            2,
            direction="out",
            exchange_kind="sync",
            subjects=[ANNA],
            sender={"role": "controller", "organisation": "ragiox"},
        ),
        event("access.used", 3, actor="person:bram", resource="file", customer_id=f"{ANNA}1"),
        event("exchange.blocked", 4, direction="out", exchange_kind="sync", customer_id=ANNA),
        event("contract.started", 5, contract_id="C-1", customer_id=ANNA),
        event("data.deleted", 6, customer_id=ANNA, dataset="file", actor_organisation="ragiox"),
    )


def test_each_touch_says_who_and_why(ledger: Ledger) -> None:
    """A person could not be told who saw their data, or on what ground."""
    _story(ledger)
    used, exchanged, deleted = _touches(ledger)
    assert (used.index, exchanged.index, deleted.index) == (0, 1, 5)
    assert used.who == tokens(ledger, bram="person:bram")["bram"]
    assert (used.purpose, used.legal_basis) == ("reporting", "contract")
    assert used.grounds == {"grant": str(ledger.case_stream("grant", "G-1"))}
    assert used.justification == "withheld"
    assert (exchanged.who, exchanged.purpose, exchanged.grounds) == ("ragiox", None, {})
    assert deleted.who == "ragiox"


def test_a_touch_that_was_taken_back_is_none(ledger: Ledger) -> None:
    """Somebody would be accused of what a correction says they never did."""
    wrong = "00000000-0000-7000-8000-000000000001"
    _story(ledger, event_id=wrong)
    told(ledger, event("log.correction_recorded", 7, corrected_event_id=wrong))
    assert [each.index for each in _touches(ledger)] == [1, 5]
    assert [each.index for each in _touches(ledger, known_size=6)] == [0, 1, 5]
