"""Which version of a policy is in force."""

from typing import Any

from projections.bitemporal import FOREVER, Change, Line, Rule
from projections.policies import Policy, segments, step

RULE: Rule[Policy] = Rule(step, segments)


def _published(at: int, index: int, sha: str, effective: int | None = None) -> Change:
    moment = at if effective is None else effective
    terms: dict[str, Any] = {
        "text_sha256": sha,
        "version": f"v{sha}",
        "revision_date": None,
        "published_at": at,
        "effective_from": moment,
        "organisation": None,
        "applies_to": [],
        "language": None,
        "url": None,
    }
    return Change(moment, at, index, "policy.published.v1", terms)


def _withdrawn(at: int, index: int, sha: str | None = None, version: str | None = None) -> Change:
    terms = {"text_sha256": sha, "version": version, "decided_at": at}
    return Change(at, at, index, "policy.withdrawn.v1", terms)


def _in_force(*changes: Change) -> list[tuple[int, int, Any]]:
    rows = Line(RULE, changes).rows()
    return [(row.valid_from, row.valid_to, row.values[0]) for row in rows]


def test_a_version_is_in_force_from_its_effective_date() -> None:
    """People would be judged by a statement that was only announced."""
    assert _in_force(_published(10, 0, "a"), _published(15, 1, "b", effective=30)) == [
        (10, 30, "a"),
        (30, FOREVER, "b"),
    ]


def test_of_two_versions_for_one_date_the_later_published_holds() -> None:
    """The order of recording would decide which statement is in force."""
    assert _in_force(
        _published(20, 0, "b", effective=30), _published(10, 1, "a", effective=30)
    ) == [(30, FOREVER, "b")]


def test_a_withdrawal_ends_the_version_it_names() -> None:
    """A withdrawn statement would still be shown, or another one be ended."""
    assert _in_force(_published(10, 0, "a"), _withdrawn(20, 1)) == [(10, 20, "a")]
    assert _in_force(_published(10, 0, "a"), _withdrawn(20, 1, sha="a")) == [(10, 20, "a")]
    assert _in_force(_published(10, 0, "a"), _withdrawn(20, 1, version="vb"))[-1][1:] == (
        FOREVER,
        "a",
    )


def test_a_version_withdrawn_before_its_date_never_comes_into_force() -> None:
    """A statement that was called off would come into force by itself."""
    called_off = [_published(10, 0, "b", effective=30), _withdrawn(20, 1, sha="b")]
    assert _in_force(*called_off) == []
    assert _in_force(*called_off, _published(40, 2, "b")) == [(40, FOREVER, "b")]
