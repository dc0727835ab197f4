"""Who is data protection officer of an organisation, and what is known of it."""

from typing import Any

from projections.bitemporal import Change, Line, Rule
from projections.organisations import (
    KnownOrganisation,
    Officers,
    officer_segments,
    officer_step,
    organisation_segments,
    organisation_step,
)
from projections.reader import listed

OFFICERS: Rule[Officers] = Rule(officer_step, officer_segments)
ORGANISATIONS: Rule[KnownOrganisation] = Rule(organisation_step, organisation_segments)


def _officer(what: str, moment: int, index: int, **who: object) -> Change:
    terms = {"officer": None, "office": None, **who}
    return Change(moment, moment, index, f"dpo.{what}.v1", terms)


def _standing(*changes: Change) -> list[tuple[int, list[Any]]]:
    return [
        (row.valid_from, [each["officer"] or each["office"] for each in listed(str(row.values[0]))])
        for row in Line(OFFICERS, changes).rows()
    ]


def test_an_officer_stands_until_the_end_that_names_them() -> None:
    """The register would name an officer who left, or lose one who stayed."""
    changes = [
        _officer("designated", 10, 0, officer="person#a"),
        _officer("designated", 20, 1, office="dpo-office"),
        _officer("designation_ended", 30, 2, officer="person#a"),
    ]
    assert _standing(*changes) == [
        (10, ["person#a"]),
        (20, ["person#a", "dpo-office"]),
        (30, ["dpo-office"]),
    ]


def test_an_end_that_names_nobody_ends_all() -> None:
    """An organisation without an officer would seem to have one."""
    changes = [
        _officer("designated", 10, 0, officer="person#a"),
        _officer("designation_ended", 20, 1),
    ]
    assert _standing(*changes) == [(10, ["person#a"])]


def test_of_erased_officers_the_one_who_came_first_leaves() -> None:
    """One end would take away every officer whose identity was erased."""
    changes = [
        _officer("designated", 10, 0, officer="withheld"),
        _officer("designated", 20, 1, officer="withheld"),
        _officer("designation_ended", 30, 2, officer="withheld"),
    ]
    assert [len(officers) for _, officers in _standing(*changes)] == [1, 2, 1]


def test_an_organisation_is_as_it_was_said_last() -> None:
    """A country that was taken back would still make a transfer of every recipient."""
    changes = [
        Change(10, 10, 0, "organisation.registered.v1", {"roles": [], "country": "US"}),
        Change(20, 20, 1, "organisation.amended.v1", {"roles": ["processor"], "country": None}),
    ]
    rows = Line(ORGANISATIONS, changes).rows()
    assert [row.values for row in rows] == [("[]", "US", "[0]"), ('["processor"]', None, "[1]")]
