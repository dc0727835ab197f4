"""What the register of art. 30 lacks, activity by activity.

Pure. A finding names the letter of the article. Some fields are owed always, some where they apply,
some where possible; a legal basis is asked for by no letter of art. 30, but nothing else shows it.
That nothing is found says that every field is filled in, not that what it says is right.
"""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from projections.art30.content import CONTROLLERS, Activity, Part, Register

Weight = Literal["missing", "where applicable", "where possible", "practice"]

EEA: Final = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
        *("IS", "LI", "NO"),
    )
)
"""Within these countries data move freely. Source: GDPR art. 1(3); Decision of the EEA Joint
Committee No 154/2018."""

DOCUMENTED: Final = "compelling-interests"
"""The one transfer whose safeguards the register must document. Source: GDPR art. 49(1), second
subparagraph, art. 30(1)(e)."""


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that the register does not say."""

    activity: str
    part: Part
    letter: str
    """`30(1)(c)`."""
    field: str
    weight: Weight
    reason: str
    """Why, in a word of the list that `formats.register.reasons` tells in sentences."""
    about: str | None = None
    """What the reason is about: a purpose, a category, a country."""
    index: int
    """Of the record that entered this version of the activity."""


class _Found(NamedTuple):
    letter: str
    field: str
    weight: Weight
    reason: str
    about: str | None = None


def findings(register: Register) -> list[Finding]:
    """What is missing of each activity, in the order of the activities and of the letters."""
    return [
        Finding(
            activity=activity.activity,
            part=activity.part,
            letter=f"30({1 if activity.part == 'controller' else 2})({found.letter})",
            field=found.field,
            weight=found.weight,
            reason=found.reason,
            about=found.about,
            index=activity.index,
        )
        for activity in register.activities
        for found in _of_activity(register, activity)
    ]


def _of_activity(register: Register, activity: Activity) -> Iterator[_Found]:
    if activity.part == "controller":
        yield from _named(register, activity)
        yield from _purposes(activity)
        yield from _matrix(activity)
        yield from _recipients(activity)
        yield from _transfers(register, activity, "e")
        yield from _time_limits(activity)
        yield from _measures(activity, "g")
    else:
        yield from _named(register, activity)
        yield from _served(register, activity)
        yield from _processing(activity)
        yield from _transfers(register, activity, "c")
        yield from _measures(activity, "d")


def _named(register: Register, activity: Activity) -> Iterator[_Found]:
    """Letter (a): who it is, how to reach them, and who stands beside them."""
    known = register.organisation(activity.organisation)
    own = activity.parties("processor" if activity.part == "processor" else "controller")
    if activity.organisation is None and not any(party.organisation for party in own):
        yield _Found("a", "organisation", "missing", f"no-{activity.part}")
    elif activity.organisation is not None and (known is None or not known.legal_name):
        yield _Found("a", "legal_name", "missing", "no-name", activity.organisation)
    if not activity.contacts and (known is None or not known.contact):
        yield _Found("a", "contacts", "missing", "no-contact", activity.organisation)
    if activity.role == "joint" and not activity.parties("joint-controller"):
        yield _Found("a", "controllers", "missing", "no-joint-controller")
    country = None if known is None else known.country
    if country is not None and country not in EEA and not activity.parties("representative"):
        yield _Found("a", "controllers", "where applicable", "no-representative", country)
    if activity.officer is None and not register.officers_of(activity.organisation):
        yield _Found("a", "officer", "where applicable", "no-officer")


def _purposes(activity: Activity) -> Iterator[_Found]:
    if not activity.purposes:
        yield _Found("b", "purposes", "missing", "no-purpose")
    for purpose in activity.purposes:
        if purpose.text is None:
            yield _Found("b", "purpose_texts", "practice", "purpose-without-words", purpose.id)
        if purpose.legal_basis is None:
            yield _Found("b", "purposes", "practice", "purpose-without-basis", purpose.id)


def _matrix(activity: Activity) -> Iterator[_Found]:
    if not activity.categories:
        yield _Found("c", "categories", "missing", "no-categories")
    for row in activity.categories:
        if not row.data_categories:
            yield _Found("c", "categories", "missing", "no-data-categories", row.subject_category)


def _recipients(activity: Activity) -> Iterator[_Found]:
    if not activity.recipients:
        yield _Found("d", "recipients", "where applicable", "no-recipients")


def _transfers(register: Register, activity: Activity, letter: str) -> Iterator[_Found]:
    for transfer in activity.transfers:
        place = transfer.country or transfer.organisation
        if place is None:
            yield _Found(letter, "transfers", "missing", "transfer-without-place")
        if transfer.mechanism is None:
            yield _Found(letter, "transfers", "missing", "transfer-without-mechanism", place)
        elif transfer.mechanism == DOCUMENTED and transfer.document_sha256 is None:
            yield _Found(letter, "transfers", "missing", "safeguards-without-document", place)
    told = {transfer.country for transfer in activity.transfers}
    told |= {transfer.organisation for transfer in activity.transfers}
    for party in activity.recipients:
        known = register.organisation(party.organisation)
        country = party.country or (None if known is None else known.country)
        if country is None or country in EEA or told & {country, party.organisation} - {None}:
            continue
        name = party.organisation or party.category or party.role
        about = f"{name} ({country})"
        yield _Found(letter, "transfers", "missing", "recipient-without-transfer", about)


def _time_limits(activity: Activity) -> Iterator[_Found]:
    limited = {term.category for term in activity.retention}
    for category in sorted({each for row in activity.categories for each in row.data_categories}):
        if category not in limited:
            yield _Found("f", "retention", "where possible", "no-time-limit-for", category)
    for term in activity.retention:
        if term.period is None:
            yield _Found("f", "retention", "where possible", "limit-without-period", term.category)
    if not activity.categories and not activity.retention:
        yield _Found("f", "retention", "where possible", "no-time-limits")


def _measures(activity: Activity, letter: str) -> Iterator[_Found]:
    if not activity.measures:
        yield _Found(letter, "measures", "where possible", "no-measures")


def _served(register: Register, activity: Activity) -> Iterator[_Found]:
    """Letter (a) of art. 30(2): each controller on whose behalf is processed."""
    named = activity.parties(*CONTROLLERS)
    if not any(party.organisation or party.category for party in named):
        yield _Found("a", "controllers", "missing", "no-controller-served")
    for party in named:
        known = register.organisation(party.organisation)
        if party.organisation is not None and (known is None or not known.contact):
            yield _Found("a", "controllers", "missing", "no-contact", party.organisation)


def _processing(activity: Activity) -> Iterator[_Found]:
    """Letter (b) of art. 30(2): the categories of processing for each controller."""
    if not activity.purposes and not activity.categories:
        yield _Found("b", "purposes", "missing", "no-processing")
