"""What the register says of one thing, each as a line for people: a party, a transfer, a term.

Nothing here decides anything; a value that is not there is left out or said to be not named.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from formats.register.words import Language, told, word
from formats.spans import term_words
from ledger.events.parties import Party
from ledger.events.register import RetentionTerm, SubjectCategory, Transfer
from projections.art30.content import Activity, Officer, Purpose, Register


def named_organisation(
    register: Register, name: str, language: Language, *, contact: bool = True
) -> str:
    """An organisation by its id, with its name, country and contact where they are known.

    Args:
        register: Which knows it, or not.
        name: Its id.
        language: In which words.
        contact: Whether its contact details are told here.
    """
    known = register.organisation(name)
    if known is None:
        return name
    beside = [
        *([told(known.legal_name, language)] if known.legal_name else []),
        *([known.country] if known.country else []),
        *([told(known.contact, language)] if known.contact and contact else []),
    ]
    return " · ".join((name, *beside))


def party_line(party: Party, register: Register, language: Language) -> str:
    """A party: who, in which part, where."""
    who = party.organisation or party.category
    role = word("role", party.role, language)
    known = register.organisation(party.organisation)
    country = party.country or (None if known is None else known.country)
    beside = ", ".join((role, country) if country else (role,))
    return f"{who} ({beside})" if who else beside


def officer_line(officer: Officer, language: Language) -> str:
    """A data protection officer: the person or office, and how to reach them."""
    named = [officer.officer, officer.office, officer.contact]
    return " · ".join(told(each, language) for each in named if each)


def officers(register: Register, activity: Activity, language: Language) -> list[str]:
    """The officers of an activity: the one that it names, else those of its organisation."""
    if activity.officer is not None:
        return [told(activity.officer, language)]
    found = register.officers_of(activity.organisation)
    return [officer_line(each, language) for each in found]


def responsible(register: Register, activity: Activity, language: Language) -> list[str]:
    """Who keeps this register: the controller or processor itself, with the parties so named."""
    role = "processor" if activity.part == "processor" else "controller"
    own = [] if activity.organisation is None else [activity.organisation]
    others = [party.organisation for party in activity.parties(role) if party.organisation]
    names = dict.fromkeys((*own, *others))
    return [named_organisation(register, name, language, contact=False) for name in names]


def contacts(register: Register, activity: Activity, language: Language) -> list[str]:
    """How to reach them: as the activity says, else as the organisation does."""
    if activity.contacts:
        return [told(each, language) for each in activity.contacts]
    known = register.organisation(activity.organisation)
    return [told(known.contact, language)] if known is not None and known.contact else []


def purpose_line(purpose: Purpose, language: Language) -> str:
    """A purpose in its words beside its id."""
    return f"{purpose.id}: {told(purpose.text, language)}" if purpose.text else purpose.id


def bases(purpose: Purpose, language: Language) -> list[str]:
    """The legal basis of a purpose, and the ground for special categories."""
    found = []
    if purpose.legal_basis is not None:
        found.append(word("legal_basis", purpose.legal_basis, language))
    if purpose.article_9 is not None:
        found.append(word("article_9", purpose.article_9, language))
    return found


def category_line(row: SubjectCategory) -> str:
    """One row of the matrix: of whom, which data."""
    return f"{row.subject_category}: {', '.join(row.data_categories)}"


def transfer_line(transfer: Transfer, language: Language) -> str:
    """A transfer: where to, and what makes it lawful."""
    where = " ".join(each for each in (transfer.organisation, transfer.country) if each)
    how = safeguard_line(transfer, language)
    return f"{where or '?'}: {how}" if how else where or "?"


def safeguard_line(transfer: Transfer, language: Language) -> str:
    """What makes a transfer lawful, with the document that shows it."""
    how = "" if transfer.mechanism is None else word("mechanism", transfer.mechanism, language)
    if transfer.document_sha256 is None:
        return how
    return f"{how} (SHA-256 {transfer.document_sha256})".strip()


def term_line(term: RetentionTerm, language: Language) -> str:
    """A time limit: of which data, how long, from when, why."""
    parts = [
        *([term_words(term.period, language)] if term.period is not None else ["?"]),
        *([f"{_FROM[language]} {term.trigger}"] if term.trigger is not None else []),
        *([f"({term.basis})"] if term.basis is not None else []),
    ]
    return f"{term.category}: {' '.join(parts)}"


_TELLERS: Final[Mapping[str, Callable[[Any, Register, Language], str]]] = MappingProxyType(
    {
        "purposes": lambda item, _register, language: "; ".join(
            (
                purpose_line(found := msgspec.convert(item, Purpose), language),
                *bases(found, language),
            )
        ),
        "categories": lambda item, _register, _language: category_line(
            msgspec.convert(item, SubjectCategory)
        ),
        "transfers": lambda item, _register, language: transfer_line(
            msgspec.convert(item, Transfer), language
        ),
        "retention": lambda item, _register, language: term_line(
            msgspec.convert(item, RetentionTerm), language
        ),
        **dict.fromkeys(
            ("controllers", "recipients", "parties"),
            lambda item, register, language: party_line(
                msgspec.convert(item, Party), register, language
            ),
        ),
    }
)


def item_line(field: str, item: object, register: Register, language: Language) -> str:
    """One item of a list of the register, as JSON has it, as a line for people."""
    teller = _TELLERS.get(field)
    return told(str(item), language) if teller is None else teller(item, register, language)


_FROM: Final[dict[Language, str]] = {"en": "from", "nl": "vanaf", "fr": "à compter de"}
