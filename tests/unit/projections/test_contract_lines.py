"""From when to when a contract is in force."""

from typing import Any

from projections.bitemporal import FOREVER, Change, Line, Rule
from projections.contract_lines import Contract, segments, step

RULE: Rule[Contract] = Rule(step, segments)


def _change(what: str, moment: int, index: int, **terms: Any) -> Change:  # noqa: ANN401 - any term
    given = {"until": None, "contract_kind": None, "customer": None, "parties": [], **terms}
    return Change(moment, moment, index, f"contract.{what}.v1", given)


def _told(*changes: Change) -> list[tuple[int, int, Any]]:
    rows = Line(RULE, changes).rows()
    return [(row.valid_from, row.valid_to, row.values[0]) for row in rows]


def test_a_contract_is_in_force_until_it_ends() -> None:
    """Data of an ended contract would be kept as if it still ran."""
    assert _told(_change("started", 10, 0)) == [(10, FOREVER, "in force")]
    assert _told(_change("started", 10, 0), _change("ended", 20, 1)) == [
        (10, 20, "in force"),
        (20, FOREVER, "ended"),
    ]


def test_a_contract_runs_out_at_its_own_end_or_by_notice() -> None:
    """A term that was agreed would never be over by itself."""
    for changes in (
        [_change("started", 10, 0, until=30)],
        [_change("started", 10, 0), _change("termination_notified", 20, 1, until=30)],
    ):
        edges = {(row[0], row[2]) for row in _told(*changes)}
        assert (30, "ran out") in edges
        assert {word for begin, word in edges if begin < 30} == {"in force"}


def test_a_contract_that_starts_again_is_in_force_again() -> None:
    """A renewed contract would stay ended."""
    changes = (_change("started", 10, 0), _change("ended", 20, 1), _change("started", 30, 2))
    assert _told(*changes)[-1] == (30, FOREVER, "in force")


def test_an_end_that_nobody_saw_begin_is_an_end_nevertheless() -> None:
    """A gap between the sources would keep the contract from ever being over."""
    assert _told(_change("ended", 20, 0)) == [(20, FOREVER, "ended")]


def test_what_an_event_leaves_out_stays_known() -> None:
    """The end of a contract would take away who was party to it."""
    started = _change(
        "started", 10, 0, customer="data-subject#a", parties=[["host", "acme"]], contract_kind="sla"
    )
    *_, ended = Line(RULE, [started, _change("ended", 20, 1)]).rows()
    assert ended.values[4:] == ("sla", "data-subject#a", '[["host","acme"]]', "[0,1]")
