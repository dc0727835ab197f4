"""The access view: grants, their use, and use without one."""

from typing import Any
from uuid import UUID

from ledger.events import Event
from ledger.ledger import Ledger
from projections import state
from tests.histories import day, event, shown, tokens, told

FILE = "customer-file"


def _granted(on: float, grant: str = "G-1", **fields: Any) -> Event:  # noqa: ANN401 - any field
    given = {"grant_id": grant, "grantee": "person:anna", "resource": FILE, **fields}
    return event("access.granted", on, **given)


def _used(on: float, grant: str | None = "G-1", **fields: Any) -> Event:  # noqa: ANN401 - any field
    named = {} if grant is None else {"grant_id": grant}
    return event("access.used", on, **{"actor": "person:anna", "resource": FILE, **named, **fields})


def test_a_grant_is_shown_with_its_terms_and_use(ledger: Ledger) -> None:
    """A reviewer would not see who holds what, by whom, until when, or whether it is needed."""
    told(
        ledger,
        _granted(1, acts=["read"], valid_until=day(90).isoformat(), granted_by="person:chef"),
        _used(3, act="read"),
        _used(7, act="read"),
        _used(5, act="read"),
    )
    answer = state(ledger, "access", as_of=day(10))
    (row,) = answer.rows
    who = tokens(ledger, anna="person:anna", chef="person:chef")
    assert (row["grantee"], row["granted_by"]) == (who["anna"], who["chef"])
    assert (row["resource"], row["acts"], row["status"]) == (FILE, ["read"], "granted")
    assert (row["since"], row["valid_until"]) == (day(1), day(90))
    assert (row["uses"], row["last_used"], row["last_use_index"]) == (3, day(7), 2)
    assert row["indexes"] == [0]
    assert row["grant"] == str(ledger.case_stream("grant", "G-1"))
    assert set(row) >= {column.name for column in answer.columns}


def test_the_state_of_a_day_shows_only_what_was_in_force_then(ledger: Ledger) -> None:
    """A question about a past day would be answered with the present, or the other way round."""
    told(ledger, _granted(5), event("access.revoked", 8, grant_id="G-1"), _used(6), _used(7))
    assert state(ledger, "access", as_of=day(4)).rows == []
    assert state(ledger, "access", as_of=day(9)).rows == []
    (row,) = state(ledger, "access", as_of=day(6)).rows
    assert (row["uses"], row["last_used"]) == (1, day(6))
    history = state(ledger, "access", as_of=day(9), only="history").rows
    assert shown(history, "held_from", "held_until", "uses") == [(day(5), day(8), 2)]


def test_what_was_learned_later_was_not_known_before(ledger: Ledger) -> None:
    """A decision taken in good faith would be judged by what nobody knew yet."""
    times = told(
        ledger, _granted(1), event("access.revoked", 5, grant_id="G-1"), _used(3), _used(2)
    )
    now = [shown(state(ledger, "access", as_of=day(7), as_known=at).rows, "uses") for at in times]
    assert now == [[(0,)], [], [], []]
    then = [shown(state(ledger, "access", as_of=day(4), as_known=at).rows, "uses") for at in times]
    assert then == [[(0,)], [(0,)], [(1,)], [(2,)]]
    answer = state(ledger, "access", as_known=times[1])
    assert (answer.known_size, answer.size) == (2, 4)


def test_grants_that_nobody_used_are_found(ledger: Ledger) -> None:
    """A review could not tell which grants are not needed."""
    told(ledger, _granted(1), _granted(1, "G-2"), _granted(1, "G-3"), _used(2, "G-2"))
    unused = state(ledger, "access", as_of=day(5), only="unused")
    expected = {str(ledger.case_stream("grant", grant)) for grant in ("G-1", "G-3")}
    assert {row["grant"] for row in unused.rows} == expected


def test_use_that_no_grant_covers_is_found_with_its_reason(ledger: Ledger) -> None:
    """An investigator would miss an access, or not see what is wrong with it."""
    told(
        ledger,
        _granted(2, acts=["read"]),
        event("access.revoked", 8, grant_id="G-1"),
        _granted(2, "G-2", valid_until=day(4).isoformat()),
        _used(1),
        _used(3, act="read"),
        _used(3.1, act="delete"),
        _used(3.2, actor="person:bram"),
        _used(3.3, resource="payroll"),
        _used(5, "G-2"),
        _used(9),
        _used(9.1, "G-9"),
        _used(9.2, grant=None),
        _used(9.3, outcome="failure"),
    )
    rows = state(ledger, "access", as_of=day(30), only="ungranted").rows
    assert shown(rows, "index", "reasons") == [
        (3, ["before the grant began"]),
        (5, ["act not granted"]),
        (6, ["another person than the grantee"]),
        (7, ["another resource than granted"]),
        (8, ["after the grant expired"]),
        (9, ["after the grant was taken away"]),
        (10, ["grant never seen"]),
        (11, ["names no grant"]),
    ]


def test_a_late_grant_covers_what_was_used_under_it(ledger: Ledger) -> None:
    """A finding would stand after the record that explains it came in."""
    before, after = told(ledger, _used(3), _granted(1))
    known = state(ledger, "access", as_known=before, only="ungranted").rows
    assert shown(known, "reasons") == [(["grant never seen"],)]
    assert state(ledger, "access", as_known=after, only="ungranted").rows == []


def test_grants_that_were_never_seen_are_findings(ledger: Ledger) -> None:
    """A gap between the sources would be hidden."""
    told(
        ledger,
        event("access.revoked", 1, grant_id="G-1", grantee="person:anna"),
        event("access.modified", 1, grant_id="G-2", resource=FILE, acts=["read"]),
    )
    rows = state(ledger, "access", as_of=day(2), only="unseen").rows
    assert {(row["status"], tuple(row["indexes"])) for row in rows} == {
        ("revoked, grant not seen", (0,)),
        ("changed, grant not seen", (1,)),
    }
    held = state(ledger, "access", as_of=day(2)).rows
    assert shown(held, "status") == [("changed, grant not seen",)]


def test_a_superseded_event_counts_no_more_from_then_on(ledger: Ledger) -> None:
    """A wrong report would stay in force beside its correction, or vanish from what was known."""
    wrong, right = UUID(int=7 << 76 | 1), UUID(int=7 << 76 | 2)
    use = UUID(int=7 << 76 | 3)
    times = told(
        ledger,
        _granted(1, event_id=str(wrong), acts=["delete"]),
        _used(2, event_id=str(use)),
        _granted(1, event_id=str(right), acts=["read"], supersedes=str(wrong)),
        event("log.correction_recorded", 3, corrected_event_id=str(use)),
    )
    seen = [
        shown(state(ledger, "access", as_of=day(9), as_known=at).rows, "acts", "uses", "indexes")
        for at in times
    ]
    assert seen == [
        [(["delete"], 0, [0])],
        [(["delete"], 1, [0])],
        [(["read"], 1, [2])],
        [(["read"], 0, [2])],
    ]


def test_what_was_taken_back_stays_away_in_later_batches(ledger: Ledger) -> None:
    """The next change of a grant would bring the wrong report back."""
    wrong = UUID(int=7 << 76 | 1)
    at = day(9)
    told(ledger, _granted(1), _granted(2, event_id=str(wrong), acts=["delete"]))
    assert shown(state(ledger, "access", as_of=at).rows, "acts") == [(["delete"],)]
    told(ledger, event("log.correction_recorded", 3, corrected_event_id=str(wrong)))
    assert shown(state(ledger, "access", as_of=at).rows, "acts", "since") == [([], day(1))]
    told(ledger, event("access.revoked", 4, grant_id="G-1"))
    history = state(ledger, "access", as_of=at, only="history").rows
    assert shown(history, "acts", "held_from", "held_until") == [([], day(1), day(4))]


def test_a_correction_may_come_before_what_it_corrects(ledger: Ledger) -> None:
    """An event that was taken back beforehand would count when it arrives."""
    wrong = UUID(int=7 << 76 | 1)
    told(
        ledger,
        _granted(1, acts=["read"], supersedes=str(wrong)),
        _granted(2, event_id=str(wrong), acts=["delete"]),
    )
    assert shown(state(ledger, "access", as_of=day(9)).rows, "acts") == [(["read"],)]


def test_filters_take_identities_tokens_and_ids_of_cases(ledger: Ledger) -> None:
    """A question about one person or grant would show all, or nothing."""
    told(ledger, _granted(1), _granted(1, "G-2", grantee="person:bram", resource="payroll"))
    who = tokens(ledger, bram="person:bram")
    for chosen in (
        {"person": "person:bram"},
        {"person": "bram"},
        {"person": who["bram"]},
        {"grant": "G-2"},
        {"resource": "payroll"},
        {"resource": ["payroll", "nothing"], "person": "bram"},
    ):
        rows = state(ledger, "access", as_of=day(2), only=None, **chosen).rows
        assert shown(rows, "grantee") == [(who["bram"],)], chosen
    assert state(ledger, "access", as_of=day(2), person="nobody").rows == []
