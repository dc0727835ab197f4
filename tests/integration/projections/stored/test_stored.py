"""What is stored, until when, what keeps it, and what was deleted and checked."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest

from ledger.events import Event
from ledger.ledger import Ledger
from projections import state
from tests.histories import day, event, shown, told

ANNA: Final = "data-subject:customer:1"
BRAM: Final = "data-subject:customer:2"


def _stored(on: float, **fields: Any) -> Event:  # noqa: ANN401 - any field
    given = {"dataset": "crm", "customer_id": ANNA, "data_categories": ["contact"], **fields}
    return event("data.stored", on, **given)


def _rule(rule: str = "contact", **fields: Any) -> Event:  # noqa: ANN401 - any field
    given = {"category": "contact", "period": "P10D", "basis": "policy", **fields}
    return event("retention.rule_set", 0, rule_id=rule, **given)


def _deleted(on: float, **fields: Any) -> Event:  # noqa: ANN401 - any field
    return event("data.deleted", on, **{"dataset": "crm", "customer_id": ANNA, **fields})


def _contract(what: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - any field
    return event(f"contract.{what}", on, **{"contract_id": "C-1", "customer_id": ANNA, **fields})


def _rows(ledger: Ledger, section: str, on: float = 40, **chosen: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - filters
    return state(ledger, "stored", as_of=day(on), only=section, **chosen).rows


def _states(ledger: Ledger, on: float = 40) -> list[tuple[Any, ...]]:
    return shown(_rows(ledger, "present", on), "state", "rule", "due_at")


def test_data_are_due_when_the_term_of_their_rule_is_over(ledger: Ledger) -> None:
    """Data would stay for ever, or be deleted a day too early."""
    told(ledger, _stored(5), _rule())
    due = datetime(2026, 1, 16, 23, tzinfo=UTC)  # the end of the tenth day, in Amsterdam
    assert _states(ledger, 15) == [("running", "contact", due)]
    assert _states(ledger, 16) == [("overdue", "contact", due)]
    assert _rows(ledger, "overdue", 15) == []
    (row,) = _rows(ledger, "overdue", 16)
    assert (row["basis"], row["indexes"]) == ("policy", [0, 1])
    assert len(_rows(ledger, "due", 15)) == 1


def test_the_calendar_of_the_home_counts(ledger: Ledger) -> None:
    """A term would end on the calendar of somebody else."""
    told(ledger, _stored(5), _rule())
    answer = state(ledger, "stored", as_of=day(15), zone="UTC")
    assert shown(answer.rows, "due_at") == [(day(16),)]


def test_the_longest_rule_decides_unless_another_goes_before_it(ledger: Ledger) -> None:
    """Data would go before the law allows it, or an exception would have no effect."""
    told(ledger, _stored(5), _rule(), _rule("fiscal", category="any", period="P7Y"))
    assert _states(ledger)[0][:2] == ("running", "fiscal")
    told(ledger, _rule("opt-out", period="P1D", overrides=["fiscal", "contact"]))
    assert _states(ledger)[0][:2] == ("overdue", "opt-out")


@pytest.mark.parametrize(
    ("named", "other"),
    [
        ({"category": "contact"}, {"category": "invoices"}),
        ({"systems": ["crm"]}, {"systems": ["erp"]}),
        ({"dataset": "crm"}, {"dataset": "crm/calls"}),
        ({"scope": "customer-file"}, {"scope": "backup"}),
        ({"organisation": "acme"}, {"organisation": "ragiox"}),
        ({"customer_id": ANNA}, {"customer_id": BRAM}),
        ({}, {"kinds": ["data.stored"]}),
    ],
    ids=lambda fields: "-".join(fields) or "nothing",
)
def test_a_rule_is_about_what_it_names(
    ledger: Ledger, named: dict[str, Any], other: dict[str, Any]
) -> None:
    """A rule for one system, dataset, part or customer would be carried out on another."""
    told(
        ledger,
        _stored(5, system="crm", scope="customer-file", on_behalf_of="acme", dataset="crm/mail"),
        _rule("other", **{"category": "any", **other}),
    )
    assert _states(ledger) == [("no rule", None, None)]
    told(ledger, _rule("named", **{"category": "any", **named}))
    assert _states(ledger)[0][:2] == ("overdue", "named")
    assert _rows(ledger, "present", rule="other") == []


def test_a_term_may_wait_for_the_end_of_a_contract(ledger: Ledger) -> None:
    """Data of a running contract would be due, or those of an ended one never."""
    told(
        ledger,
        _contract("started", 1),
        _stored(5, contract_id="C-1"),
        _stored(6),
        _rule(trigger="contract.ended"),
        _contract("ended", 20),
    )
    assert {row[0] for row in _states(ledger, 19)} == {"waiting"}
    assert _rows(ledger, "no-rule", 19) == []
    late = datetime(2026, 1, 31, 23, tzinfo=UTC)
    assert _states(ledger, 21) == [("running", "contact", late)] * 2
    assert {row[0] for row in _states(ledger, 31)} == {"overdue"}


def test_what_a_rule_counts_from_may_be_unknown(ledger: Ledger) -> None:
    """An end that nobody can compute would look like data without a duty."""
    told(ledger, _stored(5), _rule(trigger="ip.blocked"))
    (row,) = _rows(ledger, "no-rule")
    assert (row["state"], row["rule"]) == ("undetermined", "contact")
    assert row["remarks"] == ["counted from ip.blocked, of which the data tell nothing"]


def test_data_of_an_ended_contract_that_still_exist_are_found(ledger: Ledger) -> None:
    """An investigator could not say what should have gone with the customer."""
    told(
        ledger,
        _contract("started", 1),
        _stored(5),
        _stored(6, scope="backup"),
        _stored(6, customer_id=BRAM),
        _contract("ended", 20),
        _deleted(25, scope="backup"),
    )
    rows = _rows(ledger, "ended-contracts", 22)
    assert shown(rows, "scope", "contract_ended_at") == [(None, day(20)), ("backup", day(20))]
    rows = _rows(ledger, "ended-contracts")
    assert shown(rows, "scope", "remarks") == [
        (None, ["no retention rule concerns it", "partly deleted"])
    ]
    told(ledger, _deleted(26))
    assert _rows(ledger, "ended-contracts") == []
    told(ledger, _contract("started", 27, contract_id="C-2"), _stored(28))
    assert _rows(ledger, "ended-contracts") == []


def test_a_deletion_may_name_only_what_caused_it(ledger: Ledger) -> None:
    """Data would seem to be there still because the deletion names no contract."""
    cause = "01900000-0000-7000-8000-000000000001"
    told(
        ledger,
        _stored(5, contract_id="C-1"),
        event("contract.ended", 20, contract_id="C-1", event_id=cause),
        event("data.deleted", 21, dataset="crm", trigger_event_id=cause),
    )
    assert _rows(ledger, "present", 20.5) != []
    assert _rows(ledger, "present") == []
    (row,) = _rows(ledger, "deleted")
    assert row["contract"] == str(ledger.case_stream("contract", "C-1"))
    assert row["indexes"] == [1, 2]


def test_a_deletion_of_other_or_earlier_data_takes_nothing_away(ledger: Ledger) -> None:
    """Data that are there would be reported as gone."""
    told(
        ledger,
        _stored(5, system="crm", count=9),
        _deleted(4),
        _deleted(6, customer_id=BRAM),
        _deleted(6, dataset="erp"),
        _deleted(6, system="erp"),
    )
    (row,) = _rows(ledger, "present")
    assert row["remarks"] == ["no retention rule concerns it"]
    told(ledger, _deleted(7, count=3))
    assert "partly deleted" in _rows(ledger, "present")[0]["remarks"]
    told(ledger, _deleted(8, count=9))
    assert _rows(ledger, "present") == []


def test_what_a_legal_hold_keeps_is_told_as_held(ledger: Ledger) -> None:
    """A deletion would be demanded of what a court wants kept."""
    told(
        ledger,
        _stored(5),
        _stored(5, customer_id=BRAM, dataset="erp"),
        _rule(),
        event("legal_hold.placed", 12, hold_id="H-1", customer_id=ANNA, dataset="crm"),
        event("legal_hold.released", 50, hold_id="H-1"),
    )
    assert {row[0] for row in _states(ledger, 11)} == {"running"}
    rows = _rows(ledger, "present")
    assert {(row["dataset"], row["state"]) for row in rows} == {
        ("crm", "held"),
        ("erp", "overdue"),
    }
    (held,) = _rows(ledger, "held")
    assert held["held_by"] == [str(ledger.case_stream("hold", "H-1"))]
    assert len(_rows(ledger, "overdue", 51)) == 2


def test_deletions_are_told_with_check_and_last_backup(ledger: Ledger) -> None:
    """Nobody could show that what was deleted is really gone, and from when on."""
    deletion = "01900000-0000-7000-8000-000000000002"
    told(
        ledger,
        _stored(5),
        _deleted(10, event_id=deletion, system="crm"),
        event("deletion.verified", 12, deletion_event_id=deletion, remaining_count=2),
        event("deletion.verified", 14, deletion_event_id=deletion, remaining_count=0),
        event("backup.expired", 9, dataset="crm", taken_at=day(1).isoformat()),
        event("backup.expired", 30, dataset="crm", taken_at=day(9).isoformat()),
        event("backup.expired", 35, dataset="crm", taken_at=day(11).isoformat()),
        _deleted(11, customer_id=BRAM),
        event("deletion.verified", 13, dataset="crm", customer_id=BRAM),
    )
    names = ("state", "verified_at", "remaining", "backup_expired_at")
    assert shown(_rows(ledger, "deleted", 11), *names) == [("not verified", None, None, None)] * 2
    assert shown(_rows(ledger, "unverified", 12.5), *names)[0][0] == "something left"
    assert shown(_rows(ledger, "verified"), *names) == [
        ("verified", day(14), 0, day(30)),
        ("verified", day(13), None, day(35)),
    ]


def test_files_are_told_with_how_long_they_were_there(ledger: Ledger) -> None:
    """Nobody could say which files stayed longer than the seconds that were promised."""
    second = 1 / 86_400

    def step(kind: str, on: float, name: str, **fields: Any) -> Event:  # noqa: ANN401 - any field
        return event(kind, on, file_id=name, system="sftp", **fields)

    told(
        ledger,
        step("file.received", 1, "F-1", size_bytes=9),
        step("file.processed", 1 + 10 * second, "F-1"),
        step("data.deleted", 1 + 70 * second, "F-1"),
        step("file.produced", 2, "F-2"),
        step("file.delivered", 2 + 5 * second, "F-2", delivery="sent"),
        step("data.deleted", 2 + 6 * second, "F-2"),
        step("file.received", 3, "F-3"),
    )
    rows = _rows(ledger, "files", 4)
    assert shown(rows, "dwell_seconds", "still_there", "came_as", "bytes") == [
        (86_400, True, "received", None),
        (70, False, "received", 9),
        (6, False, "produced", None),
    ]
    assert [row["after_processing"] and row["after_processing"].seconds for row in rows] == [
        None,
        60,
        None,
    ]
    assert shown(_rows(ledger, "files", 4, min_seconds="60"), "dwell_seconds") == [(86_400,), (70,)]
    assert shown(_rows(ledger, "files", 4, min_seconds="70"), "dwell_seconds") == [(86_400,)]
    assert shown(_rows(ledger, "files", 1 + 20 * second), "still_there") == [(True,)]
    assert shown(_rows(ledger, "files", 4, file="F-2"), "dwell_seconds") == [(6,)]


def test_a_file_that_came_again_is_there_since_then(ledger: Ledger) -> None:
    """A file id that is used again would look gone, or there since the first time."""
    for on, kind in ((1, "file.received"), (2, "data.deleted"), (5, "file.received")):
        told(ledger, event(kind, on, file_id="F-1"))
    (before,), (after,) = _rows(ledger, "files", 3), _rows(ledger, "files", 6)
    assert (before["still_there"], before["dwell_seconds"]) == (False, 86_400)
    assert (after["still_there"], after["came_at"]) == (True, day(5))


def test_files_that_are_still_there_are_due_by_their_rule(ledger: Ledger) -> None:
    """A file that was never picked up would be on no list of what is overdue."""
    told(
        ledger,
        event("file.received", 1, file_id="F-1", system="sftp"),
        event("file.processed", 2, file_id="F-1", system="sftp"),
        _rule("files", category="any", period=None, duration="PT60S", trigger="file.processed"),
    )
    (row,) = _rows(ledger, "overdue", 3)
    assert (row["what"], row["rule"]) == ("file", "files")
    assert row["due_at"] == datetime(2026, 1, 3, 0, 1, tzinfo=UTC)
    told(ledger, event("data.deleted", 4, file_id="F-1", system="sftp"))
    assert _rows(ledger, "present", 5) == []


def test_what_was_learned_later_was_not_known_before(ledger: Ledger) -> None:
    """A report of then would not be what was known then."""
    storing, deleting = told(ledger, _stored(5), _deleted(6))
    for moment, count in ((storing, 1), (deleting, 0)):
        answer = state(ledger, "stored", as_of=day(9), as_known=moment)
        assert len(answer.rows) == count
