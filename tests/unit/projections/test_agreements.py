"""Where an agreement and its sub-processors stand at any time."""

from typing import Any

from projections import agreements, sub_processors
from projections.agreements import ARTICLE_28, missing_items
from projections.bitemporal import FOREVER, Change, Line, Rule

AGREEMENT: Rule[agreements.Agreement] = Rule(agreements.step, agreements.segments)
SUB_PROCESSOR: Rule[sub_processors.SubProcessor] = Rule(
    sub_processors.step, sub_processors.segments
)


def _said(what: str, moment: int, index: int, **terms: object) -> Change:
    full: dict[str, Any] = {
        "agreement_kind": "controller-processor",
        **dict.fromkeys(("parties", "items", "purposes", "subject_categories", "signed_by"), "[]"),
        **dict.fromkeys(("deletion_or_return", "breach_notice_within", "sub_processor_consent")),
        **dict.fromkeys(("valid_from", "valid_until", "document_sha256")),
        **terms,
    }
    return Change(moment, moment, index, f"dpa.{what}.v1", {} if what == "ended" else full)


def _states(*changes: Change) -> list[tuple[int, int, Any]]:
    rows = Line(AGREEMENT, changes).rows()
    return [(row.valid_from, row.valid_to, row.values[0]) for row in rows]


def _about(what: str, moment: int, index: int, **terms: object) -> Change:
    known = {"agreement": "a", "sub_processor": "s", "services": (), "processor": None}
    full = {**known, "controller": None, "country": None, **terms}
    return Change(moment, moment, index, f"sub_processor.{what}.v1", full)


def _stood(*changes: Change) -> list[tuple[int, Any]]:
    return [(row.valid_from, row.values[2]) for row in Line(SUB_PROCESSOR, changes).rows()]


def test_an_agreement_is_in_force_until_it_ends() -> None:
    """An agreement that was ended would still cover the processing."""
    assert _states(_said("concluded", 10, 0), _said("ended", 30, 1)) == [(10, 30, "in force")]


def test_an_agreement_past_its_own_last_day_is_expired() -> None:
    """Processing would seem covered by an agreement that ran out."""
    assert _states(_said("concluded", 10, 0, valid_until=20)) == [
        (10, 20, "in force"),
        (20, FOREVER, "expired"),
    ]
    extended = _said("amended", 25, 1, valid_until=40)
    assert _states(_said("concluded", 10, 0, valid_until=20), extended) == [
        (10, 20, "in force"),
        (20, 25, "expired"),
        (25, 40, "in force"),
        (40, FOREVER, "expired"),
    ]


def test_the_records_of_one_conclusion_are_kept_together() -> None:
    """Nobody could look up where the terms of an agreement were agreed."""
    changes = [_said("concluded", 10, 0), _said("amended", 20, 1), _said("concluded", 30, 2)]
    assert [row.values[-1] for row in Line(AGREEMENT, changes).rows()] == ["[0]", "[0,1]", "[2]"]


def test_what_art_28_asks_is_missed_of_processors_only() -> None:
    """Joint controllers would be asked for the terms of a processor."""
    assert missing_items("controller-processor", ["audits"]) == [
        item for item in ARTICLE_28 if item != "audits"
    ]
    assert missing_items(None, ARTICLE_28) == []
    assert missing_items("joint-controllers", []) == []


def test_a_sub_processor_goes_through_its_states() -> None:
    """The list would show a sub-processor where it no longer, or not yet, is."""
    changes = [
        _about("proposed", 10, 0),
        _about("approved", 20, 1),
        _about("engaged", 30, 2),
        _about("removed", 40, 3),
    ]
    assert _stood(*changes) == [
        (10, "proposed"),
        (20, "approved"),
        (30, "engaged"),
        (40, "removed"),
    ]


def test_who_works_goes_on_working_whatever_is_said() -> None:
    """An objection on paper would hide that data still go there."""
    assert _stood(_about("engaged", 10, 0), _about("objected", 20, 1)) == [
        (10, "engaged"),
        (20, "engaged"),
    ]
    assert _stood(_about("proposed", 10, 0), _about("objected", 20, 1))[-1] == (20, "objected")


def test_who_comes_back_begins_anew() -> None:
    """An approval of long ago would cover a sub-processor that was removed since."""
    changes = [_about("approved", 10, 0), _about("removed", 20, 1), _about("engaged", 30, 2)]
    last = Line(SUB_PROCESSOR, changes).rows()[-1]
    assert last.values[2] == "engaged"
    assert last.values[-1] == "[2]"
    assert last.values[8] is None  # approved_at


def test_what_is_not_said_again_stays_known() -> None:
    """The country of a sub-processor would be lost when it is engaged."""
    changes = [
        _about("proposed", 10, 0, country="US", services=("hosting",)),
        _about("engaged", 20, 1),
    ]
    last = Line(SUB_PROCESSOR, changes).rows()[-1]
    assert last.values[5:7] == ("US", '["hosting"]')
