"""What the log knows of the answers that a person is owed who asks for their data.

Each answer is taken from the records about the person and from the entries of the register that
these records name. What the log does not know stays empty, which is no statement that there is
nothing.

Source: GDPR art. 15(1) and 15(2).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from msgspec import Struct

from ledger.events.organisation import DpoDesignated, DpoDesignationEnded
from ledger.events.retention import RetentionRuleSet
from ledger.ledger import Ledger
from ledger.query import EventQuery
from projections.query import state

Found = TypeVar("Found")
Fact = Mapping[str, Any]
"""The public members of one event, with its `kind`."""

_PARTY: Final = ("role", "organisation", "category", "country")
_DELIVERING: Final = frozenset(
    ("exchange.performed.v1", "file.delivered.v1", "log.export_issued.v1")
)
"""Kinds by which data reached somebody."""


class PurposeFound(Struct, frozen=True, kw_only=True):
    """A purpose, and the bases on which it was pursued."""

    purpose: str | None
    """`None`: a basis was recorded without a purpose."""
    legal_bases: tuple[str, ...]


class RecipientFound(Struct, frozen=True, kw_only=True):
    """An organisation that got data, or a kind of them."""

    role: str | None = None
    organisation: str | None = None
    category: str | None = None
    country: str | None = None
    is_planned: bool = False
    """The register names it; that it got data about this person was not recorded."""


class TransferFound(Struct, frozen=True, kw_only=True):
    """A third country to which data may go, and what makes that lawful."""

    country: str | None = None
    organisation: str | None = None
    mechanism: str | None = None


class TermFound(Struct, frozen=True, kw_only=True):
    """How long a category of data is kept."""

    category: str
    period: str | None = None
    trigger: str | None = None
    basis: str | None = None


class Answers(Struct, frozen=True, kw_only=True):
    """By the letters of art. 15(1); 15(2) for transfers."""

    controllers: tuple[str, ...] = ()
    officers: tuple[str, ...] = ()
    """Offices that were designated as data protection officer of a controller."""
    purposes: tuple[PurposeFound, ...] = ()
    """(a)."""
    categories: tuple[str, ...] = ()
    """(b)."""
    recipients: tuple[RecipientFound, ...] = ()
    """(c)."""
    transfers: tuple[TransferFound, ...] = ()
    """15(2)."""
    terms: tuple[TermFound, ...] = ()
    """(d)."""
    sources: tuple[str, ...] = ()
    """(g): systems that reported, and who sent data."""
    automated: tuple[int, ...] = ()
    """(h): indexes of records that say a decision was made automatically."""
    activities: tuple[str, ...] = ()
    """Of the register, named by the records."""


def answers_about(ledger: Ledger, facts: Mapping[int, Fact]) -> Answers:
    """What the log knows, given the records about a person.

    Args:
        ledger: The log; the view of the register catches up with it.
        facts: Public members of the records about the person, by index.
    """
    said = list(facts.values())
    activities = _texts(fact.get("processing_activity_id") for fact in said)
    entries = _register_entries(ledger, activities)
    categories = _categories(said, entries)
    controllers = _texts(
        [fact.get("controller") for fact in said]
        + [entry["organisation"] for entry in entries if entry["role"] != "processor"]
        + [_organisation(party) for entry in entries for party in entry["controllers"]]
    )
    return Answers(
        controllers=controllers,
        officers=_officers(ledger, controllers),
        purposes=_purposes(said, entries),
        categories=categories,
        recipients=_recipients(said, entries),
        transfers=_unique(
            TransferFound(**_only(each, "country", "organisation", "mechanism"))
            for entry in entries
            for each in entry["transfers"]
        ),
        terms=_terms(ledger, said, categories, entries),
        sources=_texts(
            [fact.get(name) for fact in said for name in ("system", "source")]
            + [_organisation(fact.get("sender")) for fact in said]
        ),
        automated=tuple(index for index, fact in facts.items() if _is_automatic(fact)),
        activities=activities,
    )


def _register_entries(ledger: Ledger, activities: Sequence[str]) -> list[dict[str, Any]]:
    """What the register says now of these activities."""
    if not activities:
        return []
    return list(state(ledger, "register", activity=list(activities)).rows)


def _categories(said: Iterable[Fact], entries: Iterable[Fact]) -> tuple[str, ...]:
    recorded = [
        name
        for fact in said
        for member in ("data_categories", "content_classes")
        for name in _listed(fact.get(member))
    ]
    planned = [
        name
        for entry in entries
        for row in entry["categories"]
        for name in _listed(row.get("data_categories"))
    ]
    return _texts(recorded + planned)


def _purposes(said: Iterable[Fact], entries: Iterable[Fact]) -> tuple[PurposeFound, ...]:
    bases: dict[str | None, dict[str, None]] = {}
    pairs = [(fact.get("purpose"), fact.get("legal_basis")) for fact in said]
    pairs += [
        (one.get("id"), one.get("legal_basis")) for entry in entries for one in entry["purposes"]
    ]
    for purpose, basis in pairs:
        if purpose or basis:
            known = bases.setdefault(str(purpose) if purpose else None, {})
            known.update(dict.fromkeys([str(basis)] if basis else []))
    return tuple(
        PurposeFound(purpose=purpose, legal_bases=tuple(known)) for purpose, known in bases.items()
    )


def _recipients(said: Iterable[Fact], entries: Iterable[Fact]) -> tuple[RecipientFound, ...]:
    parties = [fact.get("recipient") for fact in said if fact.get("kind") in _DELIVERING]
    parties += [{"organisation": name} for fact in said for name in _listed(fact.get("recipients"))]
    parties += [{"organisation": fact.get("grantee_organisation")} for fact in said]
    got = [RecipientFound(**_only(party, *_PARTY)) for party in parties if _names_somebody(party)]
    planned = [
        RecipientFound(**_only(party, *_PARTY), is_planned=True)
        for entry in entries
        for party in entry["recipients"]
        if _names_somebody(party)
    ]
    named = {(each.organisation, each.category) for each in got}
    return _unique(
        [*got, *(each for each in planned if (each.organisation, each.category) not in named)]
    )


def _terms(
    ledger: Ledger, said: Iterable[Fact], categories: Sequence[str], entries: Iterable[Fact]
) -> tuple[TermFound, ...]:
    """Terms of the register, and the newest form of each rule about what is recorded here."""
    kinds = {str(fact.get("kind")) for fact in said}
    rules: dict[str, RetentionRuleSet] = {}
    for opened in ledger.read(EventQuery(kinds=("retention.rule_set.v1",))):
        if isinstance(opened.event, RetentionRuleSet):
            rules[opened.event.rule_id] = opened.event
    applied = [
        TermFound(
            category=rule.category,
            period=rule.period or (None if rule.duration is None else str(rule.duration)),
            trigger=rule.trigger,
            basis=rule.basis,
        )
        for rule in rules.values()
        if rule.category in categories or kinds & set(rule.kinds)
    ]
    registered = [
        TermFound(**_only(each, "category", "period", "trigger", "basis"))
        for entry in entries
        for each in entry["retention"]
    ]
    return _unique([*registered, *applied])


def _officers(ledger: Ledger, controllers: Sequence[str]) -> tuple[str, ...]:
    """The offices that are data protection officer of these organisations now."""
    offices: dict[str, str | None] = {}
    kinds = ("dpo.designated.v1", "dpo.designation_ended.v1")
    for opened in ledger.read(EventQuery(kinds=kinds)):
        event = opened.event
        if isinstance(event, DpoDesignated):
            offices[event.organisation] = event.office
        elif isinstance(event, DpoDesignationEnded):
            offices.pop(event.organisation, None)
    return _texts(offices.get(name) for name in controllers)


def _is_automatic(fact: Fact) -> bool:
    return fact.get("automatic") is True or fact.get("decided_by") == "automatic"


def _organisation(party: object) -> object:
    return party.get("organisation") if isinstance(party, Mapping) else None


def _names_somebody(party: object) -> bool:
    return isinstance(party, Mapping) and bool(party.get("organisation") or party.get("category"))


def _only(found: Any, *names: str) -> dict[str, Any]:  # noqa: ANN401 - a JSON object, by the schema
    return {name: found[name] for name in names if found.get(name) is not None}


def _listed(value: object) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    """Each text once, in the order in which they came."""
    return tuple(dict.fromkeys(str(value) for value in values if value))


def _unique(found: Iterable[Found]) -> tuple[Found, ...]:
    return tuple(dict.fromkeys(found))
