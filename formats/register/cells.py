"""What stands in the cells of a row: one activity and one of its purposes, by the key of a column.

Pure. A cell holds a text, a whole number, a date, or nothing. Several values stand in one cell,
parted by semicolons.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from types import MappingProxyType
from typing import Final

from formats.register.telling import (
    category_line,
    contacts,
    named_organisation,
    officers,
    party_line,
    responsible,
    safeguard_line,
    term_line,
)
from formats.register.words import Language, day_of, told, word, words
from formats.subject_copy.words import harmless
from ledger.events.register import Transfer
from ledger.units import LegalBasis
from projections.art30.content import CONTROLLERS, Activity, Purpose, Register

Cell = str | int | date | None
_BETWEEN: Final = "; "
_ALWAYS: Final = ("access", "rectification", "restriction")
_RIGHTS: Final[Mapping[LegalBasis, tuple[str, ...]]] = MappingProxyType(
    {
        "consent": ("erasure", "portability", "withdrawal"),
        "contract": ("erasure", "portability"),
        "legal-obligation": (),
        "vital-interests": ("erasure",),
        "public-task": ("objection",),
        "legitimate-interests": ("erasure", "objection"),
    }
)
"""What a person has on a basis. Source: GDPR art. 7(3), 15-16, 17(3)(b), 18, 20(1)(a), 21(1)."""


@dataclass(frozen=True, slots=True)
class Place:
    """One row: an activity of a register with one of its purposes, in a language and a zone."""

    register: Register
    activity: Activity
    purpose: Purpose | None
    language: Language
    zone: tzinfo


def cell(key: str, place: Place) -> Cell:
    """What stands in the column of that key."""
    found = CELLS[key](place)
    return found if found is None or not isinstance(found, str) else harmless(found) or None


def _joined(values: Iterable[str]) -> str:
    return _BETWEEN.join(value for value in values if value)


def _parties(place: Place, *roles: str) -> str:
    named = place.activity.parties(*roles)
    return _joined(
        named_organisation(place.register, each.organisation, place.language)
        if each.organisation
        else each.category or ""
        for each in named
    )


def _text(text: str | None, place: Place) -> str:
    return "" if text is None else told(text, place.language)


def _served(place: Place) -> str:
    return _parties(place, *CONTROLLERS) if place.activity.part == "processor" else ""


def _joint(place: Place) -> str:
    return _parties(place, "joint-controller") if place.activity.part == "controller" else ""


def _purpose(place: Place) -> str:
    purpose = place.purpose
    return "" if purpose is None else _text(purpose.text, place) or purpose.id


def _others(place: Place) -> str:
    return _joined(each.id for each in place.activity.purposes if each != place.purpose)


def _basis(place: Place) -> str:
    basis = None if place.purpose is None else place.purpose.legal_basis
    return "" if basis is None else word("legal_basis", basis, place.language)


def _article_9(place: Place) -> str:
    ground = None if place.purpose is None else place.purpose.article_9
    return "" if ground is None else word("article_9", ground, place.language)


def _data(place: Place) -> str:
    rows = place.activity.categories
    return _joined(dict.fromkeys(each for row in rows for each in row.data_categories))


def _data_with_limits(place: Place) -> str:
    """Each category of data, with its own time limit where it has one."""
    limits = {term.category: term_line(term, place.language) for term in place.activity.retention}
    rows = place.activity.categories
    named = dict.fromkeys(each for row in rows for each in row.data_categories)
    return _joined((*(limits.get(each, each) for each in named), *_beyond(limits, named)))


def _beyond(limits: Mapping[str, str], named: Iterable[str]) -> list[str]:
    known = set(named)
    return [line for category, line in limits.items() if category not in known]


def _processors(place: Place) -> str:
    roles = {"processor", "sub-processor"}
    return _joined(
        party_line(each, place.register, place.language)
        for each in place.activity.recipients
        if each.role in roles
    )


def _agreements(place: Place) -> str:
    """The agreements with those who process for it."""
    roles = {"processor", "sub-processor"}
    named = {each.organisation for each in place.activity.recipients if each.role in roles}
    if place.activity.part == "processor":
        named |= {each.organisation for each in place.activity.parties(*CONTROLLERS)}
    return _joined(
        told(each.reference or each.agreement, place.language)
        for each in place.register.agreements
        if named & {party.organisation for party in each.parties} - {None}
    )


def _countries(place: Place) -> str:
    return _joined(
        " ".join(each for each in (transfer.organisation, transfer.country) if each)
        for transfer in place.activity.transfers
    )


def _safeguards(place: Place) -> str:
    def line(transfer: Transfer) -> str:
        where = transfer.country or transfer.organisation or "?"
        how = safeguard_line(transfer, place.language)
        return f"{where}: {how}" if how else ""

    return _joined(line(each) for each in place.activity.transfers)


def _rights(place: Place) -> str:
    basis = None if place.purpose is None else place.purpose.legal_basis
    if basis is None or place.activity.part == "processor":
        return ""
    return _joined(words("right", (*_ALWAYS, *_RIGHTS[basis]), place.language))


CELLS: Final[Mapping[str, Callable[[Place], Cell]]] = MappingProxyType(
    {
        "reference": lambda place: place.activity.activity,
        "version": lambda place: place.activity.version,
        "record": lambda place: place.activity.index,
        "role": lambda place: word("role", place.activity.role, place.language),
        "name": lambda place: _text(place.activity.name, place),
        "description": lambda place: _text(place.activity.description, place),
        "created": lambda place: day_of(place.activity.created_at, place.zone),
        "updated": lambda place: day_of(place.activity.entered_at, place.zone),
        "in_force": lambda place: day_of(place.activity.effective_from, place.zone),
        "responsible": lambda place: _joined(
            responsible(place.register, place.activity, place.language)
        ),
        "contact": lambda place: _joined(contacts(place.register, place.activity, place.language)),
        "joint": _joint,
        "representatives": lambda place: _parties(place, "representative"),
        "officer": lambda place: _joined(officers(place.register, place.activity, place.language)),
        "served": _served,
        "purpose": _purpose,
        "purpose_id": lambda place: None if place.purpose is None else place.purpose.id,
        "other_purposes": _others,
        "legal_basis": _basis,
        "article_9": _article_9,
        "subjects": lambda place: _joined(
            each.subject_category for each in place.activity.categories
        ),
        "data": _data,
        "data_with_limits": _data_with_limits,
        "matrix": lambda place: _joined(map(category_line, place.activity.categories)),
        "recipients": lambda place: _joined(
            party_line(each, place.register, place.language) for each in place.activity.recipients
        ),
        "recipient_kinds": lambda place: _joined(
            dict.fromkeys(
                word("role", each.role, place.language) for each in place.activity.recipients
            )
        ),
        "processors": _processors,
        "agreements": _agreements,
        "countries": _countries,
        "safeguards": _safeguards,
        "documents": lambda place: _joined(
            each.document_sha256 or "" for each in place.activity.transfers
        ),
        "retention": lambda place: _joined(
            term_line(each, place.language) for each in place.activity.retention
        ),
        "measures": lambda place: _joined(place.activity.measures),
        "rights": _rights,
        "breaches": lambda place: len(place.activity.breaches),
        "breach_records": lambda place: _joined(place.activity.breaches),
        "unrecorded": lambda _place: None,
    }
)
"""By key; `unrecorded` is a column of a template of which the log knows nothing."""
