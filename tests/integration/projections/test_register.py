"""The register view: an activity and a time give one version."""

from typing import Any

from ledger.events import Event
from ledger.ledger import Ledger
from projections import state
from tests.histories import day, event, shown, told

URI = "https://acme.example/activities/helpdesk"


def _entry(on: float, what: str = "amended", **fields: Any) -> Event:  # noqa: ANN401 - any field
    given = {"processing_activity_id": URI, "role": "controller", **fields}
    return event(f"processing_activity.{what}", on, **given)


def test_the_register_as_of_a_date_shows_the_whole_entry(ledger: Ledger) -> None:
    """A regulator would be handed an entry with parts missing or from another date."""
    purposes = [{"id": "helpdesk", "legal_basis": "contract"}]
    told(
        ledger,
        _entry(
            1,
            "registered",
            organisation="acme",
            purposes=purposes,
            categories=[{"subject_category": "customers", "data_categories": ["contact"]}],
            recipients=[{"role": "processor", "organisation": "xential", "country": "NL"}],
            retention=[{"category": "contact", "period": "P2Y"}],
            measures=["encryption-at-rest"],
        ),
        _entry(5, role="joint", effective_from=day(10).isoformat()),
        event("processing_activity.retired", 20, processing_activity_id=URI),
    )
    (row,) = state(ledger, "register", as_of=day(9), activity=URI).rows
    assert (row["activity"], row["role"], row["organisation"]) == (URI, "controller", "acme")
    assert row["purposes"] == purposes
    assert row["categories"][0]["data_categories"] == ["contact"]
    assert row["recipients"][0]["organisation"] == "xential"
    assert (row["retention"][0]["period"], row["measures"]) == ("P2Y", ["encryption-at-rest"])
    assert (row["effective_from"], row["in_force_until"]) == (day(1), day(10))
    assert row["indexes"] == [0]
    (amended,) = state(ledger, "register", as_of=day(10)).rows
    assert (amended["role"], amended["entered_at"], amended["indexes"]) == ("joint", day(5), [1])
    assert state(ledger, "register", as_of=day(20)).rows == []
    history = state(ledger, "register", as_of=day(30), only="history").rows
    assert shown(history, "effective_from", "in_force_until") == [
        (day(1), day(10)),
        (day(10), day(20)),
    ]


def test_the_register_as_known_on_a_date_is_kept(ledger: Ledger) -> None:
    """An entry made afterwards would look as if it had been there all along."""
    before, after = told(
        ledger,
        _entry(1, "registered"),
        _entry(30, role="processor", effective_from=day(2).isoformat()),
    )
    roles = [
        shown(state(ledger, "register", as_of=day(5), as_known=known).rows, "role", "entered_at")
        for known in (before, after)
    ]
    assert roles == [[("controller", day(1))], [("processor", day(30))]]
