"""What the register of art. 30 lacks, activity by activity.

Pure. A finding names the letter of the article. Some fields are owed always, some where they apply,
some where possible; a legal basis is asked for by no letter of art. 30, but nothing else shows it.
That nothing is found says that every field is filled in, not that what it says is right.
"""

from collections.abc import Iterator
from typing import Final, Literal

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
    message: str
    index: int
    """Of the record that entered this version of the activity."""


Found = tuple[str, str, Weight, str]
"""Letter, field, weight, message."""


def findings(register: Register) -> list[Finding]:
    """What is missing of each activity, in the order of the activities and of the letters."""
    return [
        Finding(
            activity=activity.activity,
            part=activity.part,
            letter=f"30({1 if activity.part == 'controller' else 2})({letter})",
            field=field,
            weight=weight,
            message=message,
            index=activity.index,
        )
        for activity in register.activities
        for letter, field, weight, message in _of_activity(register, activity)
    ]


def _of_activity(register: Register, activity: Activity) -> Iterator[Found]:
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


def _named(register: Register, activity: Activity) -> Iterator[Found]:
    """Letter (a): who it is, how to reach them, and who stands beside them."""
    known = register.organisation(activity.organisation)
    who = "processor" if activity.part == "processor" else "controller"
    own = activity.parties("processor" if who == "processor" else "controller")
    if activity.organisation is None and not any(party.organisation for party in own):
        yield "a", "organisation", "missing", f"no {who} is named"
    elif activity.organisation is not None and (known is None or not known.legal_name):
        yield "a", "legal_name", "missing", f"the {who} has an id, and no name of its own"
    if not activity.contacts and (known is None or not known.contact):
        yield "a", "contacts", "missing", f"no contact details of the {who}"
    if activity.role == "joint" and not activity.parties("joint-controller"):
        yield "a", "controllers", "missing", "joint, and no joint controller is named"
    country = None if known is None else known.country
    if country is not None and country not in EEA and not activity.parties("representative"):
        message = f"the {who} is established in {country}, and no representative is named (art. 27)"
        yield "a", "controllers", "where applicable", message
    if activity.officer is None and not register.officers_of(activity.organisation):
        yield "a", "officer", "where applicable", "no data protection officer is designated"


def _purposes(activity: Activity) -> Iterator[Found]:
    if not activity.purposes:
        yield "b", "purposes", "missing", "no purpose"
    for purpose in activity.purposes:
        if purpose.text is None:
            yield "b", "purpose_texts", "practice", f"purpose {purpose.id}: no words beside the id"
        if purpose.legal_basis is None:
            yield "b", "purposes", "practice", f"purpose {purpose.id}: no legal basis (art. 6)"


def _matrix(activity: Activity) -> Iterator[Found]:
    if not activity.categories:
        yield "c", "categories", "missing", "no categories of people and of data"
    for row in activity.categories:
        if not row.data_categories:
            message = f"of {row.subject_category} no categories of data are named"
            yield "c", "categories", "missing", message


def _recipients(activity: Activity) -> Iterator[Found]:
    if not activity.recipients:
        message = "no recipient is named; nothing is missing only if nobody receives the data"
        yield "d", "recipients", "where applicable", message


def _transfers(register: Register, activity: Activity, letter: str) -> Iterator[Found]:
    for transfer in activity.transfers:
        place = transfer.country or transfer.organisation
        if place is None:
            yield letter, "transfers", "missing", "a transfer names no country or organisation"
        if transfer.mechanism is None:
            message = f"the transfer to {place or 'somewhere'} names no mechanism (art. 45-49)"
            yield letter, "transfers", "missing", message
        elif transfer.mechanism == DOCUMENTED and transfer.document_sha256 is None:
            message = f"the safeguards of the transfer to {place or 'somewhere'} are not documented"
            yield letter, "transfers", "missing", message
    told = {transfer.country for transfer in activity.transfers}
    told |= {transfer.organisation for transfer in activity.transfers}
    for party in activity.recipients:
        known = register.organisation(party.organisation)
        country = party.country or (None if known is None else known.country)
        if country is None or country in EEA or told & {country, party.organisation} - {None}:
            continue
        name = party.organisation or party.category or party.role
        message = f"recipient {name} is in {country}, and no transfer is named"
        yield letter, "transfers", "missing", message


def _time_limits(activity: Activity) -> Iterator[Found]:
    limited = {term.category for term in activity.retention}
    for category in sorted({each for row in activity.categories for each in row.data_categories}):
        if category not in limited:
            yield "f", "retention", "where possible", f"no time limit for {category}"
    for term in activity.retention:
        if term.period is None:
            message = f"the time limit for {term.category} has no period"
            yield "f", "retention", "where possible", message
    if not activity.categories and not activity.retention:
        yield "f", "retention", "where possible", "no time limits"


def _measures(activity: Activity, letter: str) -> Iterator[Found]:
    if not activity.measures:
        yield letter, "measures", "where possible", "no security measures (art. 32(1))"


def _served(register: Register, activity: Activity) -> Iterator[Found]:
    """Letter (a) of art. 30(2): each controller on whose behalf is processed."""
    named = activity.parties(*CONTROLLERS)
    if not any(party.organisation or party.category for party in named):
        yield "a", "controllers", "missing", "no controller is named on whose behalf it processes"
    for party in named:
        known = register.organisation(party.organisation)
        if party.organisation is not None and (known is None or not known.contact):
            message = f"no contact details of controller {party.organisation}"
            yield "a", "controllers", "missing", message


def _processing(activity: Activity) -> Iterator[Found]:
    """Letter (b) of art. 30(2): the categories of processing for each controller."""
    if not activity.purposes and not activity.categories:
        yield "b", "purposes", "missing", "no categories of processing"
