"""Which version of a processing activity is in force."""

from projections.bitemporal import FOREVER, Change, Line, Rule
from projections.register import Entry, segments, step

RULE: Rule[Entry] = Rule(step, segments)


def _entry(what: str, moment: int, index: int) -> Change:
    lists = ("controllers", "purposes", "categories", "recipients", "transfers", "retention")
    terms = {
        "role": "controller",
        "organisation": None,
        "officer": None,
        **dict.fromkeys((*lists, "measures"), "[]"),
        "entered_at": moment,
        "effective_from": moment,
    }
    return Change(moment, moment, index, f"processing_activity.{what}.v1", terms)


def test_an_activity_and_a_time_give_one_version() -> None:
    """The register as of a date would show two versions of one activity, or none."""
    changes = [_entry("registered", 10, 0), _entry("amended", 30, 1), _entry("amended", 20, 2)]
    rows = Line(RULE, changes).rows()
    assert [(row.valid_from, row.valid_to, row.values[-1]) for row in rows] == [
        (10, 20, "[0]"),
        (20, 30, "[2]"),
        (30, FOREVER, "[1]"),
    ]


def test_a_retired_activity_is_in_force_no_more() -> None:
    """An activity that ended would stay in the register."""
    changes = [_entry("registered", 10, 0), _entry("retired", 20, 1)]
    assert [(row.valid_from, row.valid_to) for row in Line(RULE, changes).rows()] == [(10, 20)]
    assert Line(RULE, [_entry("retired", 20, 1)]).rows() == []
