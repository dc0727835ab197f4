"""How a grant changes, and when it is in force."""

from typing import Any

from projections.bitemporal import FOREVER, Change, Line, Rule, Segment
from projections.grants import Grant, segments, step

RULE: Rule[Grant] = Rule(step, segments)
_TERMS: dict[str, dict[str, Any]] = {
    "granted": {
        "resource": "file",
        "ticket": None,
        "grantee": "person#a",
        "acts": ["read"],
        "valid_from": None,
        "valid_until": None,
        "granted_by": None,
        "organisation": None,
        "contract": None,
        "system": "crm",
    },
    "modified": {
        "resource": None,
        "ticket": None,
        "acts": ["read", "write"],
        "valid_from": None,
        "valid_until": None,
        "granted_by": None,
        "system": "crm",
    },
    "revoked": {"resource": None, "ticket": None, "grantee": None, "system": "crm"},
}


def _change(what: str, moment: int, index: int, **terms: Any) -> Change:  # noqa: ANN401 - any term
    return Change(moment, moment, index, f"access.{what}.v1", {**_TERMS[what], **terms})


def _rows(*changes: Change) -> list[Segment]:
    return Line(RULE, changes).rows()


def _held(*changes: Change) -> list[tuple[int, int]]:
    return [(row.valid_from, row.valid_to) for row in _rows(*changes)]


def test_a_grant_is_in_force_from_when_it_was_given_until_revoked() -> None:
    """Somebody would be shown as a holder before or after they were one."""
    assert _held(_change("granted", 10, 0)) == [(10, FOREVER)]
    assert _held(_change("granted", 10, 0), _change("revoked", 20, 1)) == [(10, 20)]


def test_a_grant_keeps_within_its_own_interval() -> None:
    """A grant would count before its start or after its end."""
    assert _held(_change("granted", 10, 0, valid_from=15, valid_until=30)) == [(15, 30)]
    assert _held(_change("granted", 10, 0, valid_from=5, valid_until=30)) == [(10, 30)]
    assert _held(_change("granted", 10, 0, valid_until=8)) == []


def test_a_change_replaces_acts_and_interval() -> None:
    """A narrowed grant would still show what it once allowed."""
    first, second = _rows(
        _change("granted", 10, 0, valid_until=40), _change("modified", 20, 1, valid_until=30)
    )
    assert (first.valid_from, first.valid_to) == (10, 20)
    assert (second.valid_from, second.valid_to) == (20, 30)
    assert second.values[1:5] == ("person#a", None, "file", '["read","write"]')
    assert second.values[-1] == "[0,1]"


def test_a_grant_given_again_starts_anew() -> None:
    """A new grant would seem to rest on the one that was taken away."""
    rows = _rows(_change("granted", 10, 0), _change("revoked", 20, 1), _change("granted", 30, 2))
    assert [(row.valid_from, row.values[5], row.values[-1]) for row in rows] == [
        (10, 10, "[0]"),
        (30, 30, "[2]"),
    ]


def test_a_change_after_the_end_does_not_revive_a_grant() -> None:
    """A revoked grant would come back without being granted."""
    assert _held(
        _change("granted", 10, 0), _change("revoked", 20, 1), _change("modified", 30, 2)
    ) == [(10, 20)]


def test_what_happens_to_a_grant_that_nobody_saw_is_a_finding() -> None:
    """A gap in the sources would be hidden, or a revocation count as a grant."""
    (revoked,) = _rows(_change("revoked", 10, 0, grantee="person#b"))
    assert revoked.values[0] == "revoked, grant not seen"
    (changed,) = _rows(_change("modified", 10, 0))
    assert changed.values[0] == "changed, grant not seen"


def test_a_grant_recorded_after_its_revocation_was_in_force_before_it() -> None:
    """A late record would leave the finding standing and the grant unseen."""
    assert _held(_change("revoked", 20, 0), _change("granted", 10, 1)) == [(10, 20)]
