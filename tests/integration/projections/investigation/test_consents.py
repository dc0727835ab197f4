"""Whether consent stood for one exchange."""

from typing import Any

import pytest

from ledger.errors import BadRequest
from ledger.events import Event
from ledger.ledger import Ledger
from ledger.units import Size
from projections.investigation.consents import ConsentAnswer, consents_for
from tests.histories import day, event, told

ANNA = "data-subject:customer:1"
SCOPE = {"recipients": ["bureau"], "purposes": ["assessment"], "data_categories": ["report"]}


def _consent(on: float, what: str = "given", **fields: Any) -> Event:  # noqa: ANN401 - any field
    given: dict[str, Any] = {"consent_id": "K-1", "case_id": "CASE-1", "subject": ANNA}
    if what == "given":
        given |= {"scope": SCOPE, "form": "written", "explicit": True}
    return event(f"consent.{what}", on, **{**given, **fields})


def _exchange(on: float, **fields: Any) -> Event:  # noqa: ANN401 - any field
    given: dict[str, Any] = {
        "direction": "out",
        "exchange_kind": "disclosure",
        "recipient": {"role": "third-party", "organisation": "bureau"},
        "case_id": "CASE-1",
        "customer_id": ANNA,
        "purpose": "assessment",
        "content_classes": ["report"],
    }
    return event("exchange.performed", on, **{**given, **fields})


def _asked(ledger: Ledger, index: int, known_size: int | None = None) -> ConsentAnswer:
    stored = ledger.log.record_at(index)
    assert stored is not None
    size = ledger.head().size if known_size is None else known_size
    return consents_for(ledger, stored, Size(size))


def test_consent_for_this_case_before_the_exchange_covers_it(ledger: Ledger) -> None:
    """A lawful exchange would be called unlawful."""
    told(ledger, _consent(1), _exchange(2))
    answer = _asked(ledger, 1)
    (consent,) = answer.covering
    assert (consent.index, consent.given_at, consent.form, consent.explicit) == (
        0,
        day(1),
        "written",
        True,
    )
    assert consent.rests_on == (0,)


@pytest.mark.parametrize(
    ("consents", "exchange", "against"),
    [
        ([_consent(3)], _exchange(2), "not given before the exchange"),
        ([_consent(2)], _exchange(2), "not given before the exchange"),
        ([_consent(1), _consent(1.5, "withdrawn")], _exchange(2), "withdrawn by record 1"),
        ([_consent(1), _consent(1.5, "expired")], _exchange(2), "ended by record 1"),
        (
            [_consent(1, valid_until=day(1.5).isoformat())],
            _exchange(2),
            "ran out before the exchange",
        ),
        ([_consent(1)], _exchange(2, case_id="CASE-2"), "for another case"),
        ([_consent(1, case_id=None)], _exchange(2), "names no case"),
        ([_consent(1)], _exchange(2, case_id=None), "the exchange names no case"),
        ([_consent(1)], _exchange(2, consent_id="K-2"), "the exchange names another consent"),
        (
            [_consent(1)],
            _exchange(2, recipient={"role": "third-party", "organisation": "other"}),
            "not for recipient other",
        ),
        ([_consent(1)], _exchange(2, purpose="sale"), "not for purpose sale"),
        ([_consent(1)], _exchange(2, content_classes=["report", "address"]), "not for address"),
    ],
)
def test_what_speaks_against_a_consent_is_told(
    ledger: Ledger, consents: list[Event], exchange: Event, against: str
) -> None:
    """An exchange without consent would pass as covered, or nobody would learn why it was not."""
    told(ledger, *consents, exchange)
    answer = _asked(ledger, len(consents))
    assert answer.covering == ()
    assert answer.consents[0].against == (against,)


def test_one_consent_covers_one_exchange_of_its_case(ledger: Ledger) -> None:
    """A consent for one case would be used again and again."""
    told(ledger, _consent(1), _exchange(2, consent_id="K-1"), _exchange(3, consent_id="K-1"))
    assert _asked(ledger, 1).covering
    later = _asked(ledger, 2)
    assert later.consents[0].against == ("used before, by the exchange of record 1",)
    assert later.consents[0].rests_on == (0, 1)


def test_a_renewed_consent_stands_again(ledger: Ledger) -> None:
    """Whoever consented again would be ignored."""
    told(
        ledger,
        _consent(1),
        _consent(2, "withdrawn"),
        _consent(3, "renewed", scope=SCOPE),
        _exchange(4),
    )
    answer = _asked(ledger, 3)
    assert [each.index for each in answer.covering] == [2]
    assert [each.index for each in answer.consents] == [2, 0]


def test_a_withdrawal_that_came_later_leaves_the_exchange_covered(ledger: Ledger) -> None:
    """Today's state would be taken for that of the day of the exchange."""
    told(ledger, _consent(1), _exchange(2), _consent(3, "withdrawn"))
    assert _asked(ledger, 1).covering


def test_only_what_was_known_counts(ledger: Ledger) -> None:
    """What was recorded afterwards would excuse what nobody knew."""
    told(ledger, _exchange(2), _consent(1))
    assert _asked(ledger, 0).covering
    assert _asked(ledger, 0, known_size=1).consents == ()


def test_a_record_that_is_no_exchange_is_refused(ledger: Ledger) -> None:
    """A mistyped index would be answered with "no consent"."""
    told(ledger, _consent(1))
    with pytest.raises(BadRequest, match="record 0: expected an exchange"):
        _asked(ledger, 0)
