"""An activity, letter by letter of GDPR art. 30, as lines for people: for page, Markdown, terminal.

Source: GDPR art. 30(1)(a)-(g) and 30(2)(a)-(d).
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from formats.register.telling import (
    bases,
    category_line,
    contacts,
    named_organisation,
    officers,
    party_line,
    purpose_line,
    responsible,
    term_line,
    transfer_line,
)
from formats.register.words import PageLanguage, phrase, told
from ledger.events.parties import Party
from ledger.personal import WITHHELD
from projections.art30.content import CONTROLLERS, Activity, Purpose, Register


class Line(NamedTuple):
    """One field: its letter, what it is called, and what stands in it."""

    letter: str
    label: str
    values: tuple[str, ...]


def letters(register: Register, activity: Activity, language: PageLanguage) -> list[Line]:
    """Every field of an activity, those without a value too: what is not said is seen."""
    if activity.part == "processor":
        return _processor(register, activity, language)
    return _controller(register, activity, language)


def activity_title(activity: Activity, language: PageLanguage) -> str:
    """What an activity is called: its name where it may be shown, else its id."""
    is_told = activity.name is not None and activity.name != WITHHELD
    return told(activity.name or "", language) if is_told else activity.activity


def _controller(register: Register, activity: Activity, language: PageLanguage) -> list[Line]:
    joint = activity.parties("joint-controller")
    rows: Sequence[tuple[str, str, Iterable[str]]] = (
        ("a", "controller", responsible(register, activity, language)),
        ("a", "contact", contacts(register, activity, language)),
        ("a", "joint_controllers", _named(joint, register, language)),
        *_beside(register, activity, language),
        ("b", "purposes", [_purpose(each, language) for each in activity.purposes]),
        ("c", "categories", map(category_line, activity.categories)),
        ("d", "recipients", _parties(activity.recipients, register, language)),
        ("e", "transfers", (transfer_line(each, language) for each in activity.transfers)),
        ("f", "retention", (term_line(each, language) for each in activity.retention)),
        ("g", "measures", activity.measures),
    )
    return _lines(rows, language)


def _processor(register: Register, activity: Activity, language: PageLanguage) -> list[Line]:
    served = activity.parties(*CONTROLLERS)
    processing = [
        *(_purpose(each, language) for each in activity.purposes),
        *map(category_line, activity.categories),
    ]
    rows: Sequence[tuple[str, str, Iterable[str]]] = (
        ("a", "processor", responsible(register, activity, language)),
        ("a", "contact", contacts(register, activity, language)),
        ("a", "served", _named(served, register, language)),
        *_beside(register, activity, language),
        ("b", "processing", processing),
        ("c", "transfers", (transfer_line(each, language) for each in activity.transfers)),
        ("d", "measures", activity.measures),
        ("", "recipients", _parties(activity.recipients, register, language)),
        ("", "retention", (term_line(each, language) for each in activity.retention)),
    )
    return _lines(rows, language)


def _beside(
    register: Register, activity: Activity, language: PageLanguage
) -> tuple[tuple[str, str, Iterable[str]], ...]:
    """Who stands beside the controller or processor, under letter (a) of both registers."""
    representatives = activity.parties("representative")
    return (
        ("a", "representatives", _named(representatives, register, language)),
        ("a", "officer", officers(register, activity, language)),
    )


def _lines(rows: Sequence[tuple[str, str, Iterable[str]]], language: PageLanguage) -> list[Line]:
    return [Line(letter, phrase(name, language), tuple(values)) for letter, name, values in rows]


def _named(parties: Iterable[Party], register: Register, language: PageLanguage) -> list[str]:
    return [
        named_organisation(register, each.organisation, language)
        if each.organisation
        else each.category or phrase("not_named", language)
        for each in parties
    ]


def _parties(parties: Iterable[Party], register: Register, language: PageLanguage) -> list[str]:
    return [party_line(each, register, language) for each in parties]


def _purpose(purpose: Purpose, language: PageLanguage) -> str:
    beside = bases(purpose, language)
    return (
        f"{purpose_line(purpose, language)} ({'; '.join(beside)})"
        if beside
        else (purpose_line(purpose, language))
    )
