"""Retention rules: what each concerns, and which version of each is in force.

A rule concerns an event that meets everything it names: one of its kinds, its category among the
data categories of the event (the category `any` is that of every event), one of its systems, its
dataset, its organisation. A rule that names nothing but `any` is about data elsewhere and concerns
no event. What the log needs about itself is concerned only by a rule that names its kind or, where
that is a kind as others have it (who has which role), its system.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from ledger.events import KINDS
from ledger.legal_hold import in_dataset, is_of_kind
from ledger.own_records import is_reserved
from ledger.retention.terms import Term
from ledger.stored import StoredRecord

ANY_CATEGORY: Final = "any"
OCCURRED: Final = "occurred"
RECORDED: Final = "recorded"
_OWN_GROUPS: Final = ("log.", "legal_hold.", "retention.")
"""Events by which the log accounts for itself."""
_ORGANISATION_FIELDS: Final = ("organisation", "on_behalf_of", "controller")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What rules ask of one record."""

    record: StoredRecord
    public: Mapping[str, Any]
    """The sealed part of the event."""
    subject_ids: frozenset[UUID]
    """Of its disclosures."""
    data_subjects: frozenset[UUID] = frozenset()
    """Those whom it names as data subjects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One version of a retention rule."""

    rule_id: str
    index: int
    """Of the record that set it."""
    event_id: UUID
    set_at: datetime
    effective_from: datetime
    category: str
    kinds: tuple[str, ...] = ()
    systems: frozenset[str] = frozenset()
    dataset: str | None = None
    scope: str | None = None
    organisation: str | None = None
    customer: UUID | None = None
    """The only data subject whose values it concerns."""
    names_customer: bool = False
    """Whether it names one, also if who that was is erased."""
    term: Term = field(default_factory=Term)
    trigger: str = OCCURRED
    """`occurred`, `recorded`, or the kind of event from which is counted."""
    basis: str | None = None
    decided_by: str | None = None
    """A token."""
    overrides: frozenset[str] = frozenset()

    @property
    def trigger_kinds(self) -> tuple[str, ...]:
        """The kinds from whose events is counted; none: from the record itself."""
        return kinds_named(self.trigger)

    @property
    def problem(self) -> str | None:
        """Why its end cannot be computed; what it concerns is then kept."""
        if self.term == Term():
            return "no period or duration"
        if self.trigger not in {OCCURRED, RECORDED} and not self.trigger_kinds:
            return f"trigger {self.trigger}: not occurred, recorded or a kind of event"
        return None

    @property
    def names_anything(self) -> bool:
        """Whether it can concern events of the log at all."""
        return bool(
            self.kinds
            or self.systems
            or self.dataset
            or self.organisation
            or self.names_customer
            or self.category != ANY_CATEGORY
        )

    def concerns(self, facts: Facts) -> bool:
        """Whether the rule is about an event, whatever its time."""
        public = facts.public
        return (
            self.names_anything
            and self._concerns_kind(facts.record)
            and (
                self.category == ANY_CATEGORY or self.category in _texts(public, "data_categories")
            )
            and (not self.systems or facts.record.system in self.systems)
            and (self.dataset is None or in_dataset(public, self.dataset))
            and (self.scope is None or public.get("scope") == self.scope)
            and (
                self.organisation is None
                or any(public.get(name) == self.organisation for name in _ORGANISATION_FIELDS)
            )
        )

    def _concerns_kind(self, record: StoredRecord) -> bool:
        is_own = record.kind.startswith(_OWN_GROUPS)
        if is_reserved(record.system) and not is_own and record.system not in self.systems:
            return False
        if not self.kinds:
            return not is_own
        return any(is_of_kind(record.kind, name) for name in self.kinds)

    def concerns_values_of(self, subject_id: UUID) -> bool:
        """Whether the rule is about the values of a subject, in an event that it concerns."""
        return not self.names_customer or self.customer == subject_id


@cache
def kinds_named(name: str) -> tuple[str, ...]:
    """The kinds of the vocabulary that a name with or without version means."""
    return tuple(kind for kind in KINDS if is_of_kind(kind, name))


def _texts(public: Mapping[str, Any], name: str) -> Collection[str]:
    found = public.get(name)
    return found if isinstance(found, list) else ()


def rules_in_force(
    versions: Iterable[Rule], taken_back: Collection[UUID], at: datetime
) -> list[Rule]:
    """The version of each rule that is in force at a moment, by the id of the rule.

    Args:
        versions: Every version that was set.
        taken_back: The event ids that corrections name.
        at: Aware.
    """
    newest: dict[str, Rule] = {}
    for rule in versions:
        if rule.effective_from > at or rule.event_id in taken_back:
            continue
        known = newest.get(rule.rule_id)
        if known is None or _order(rule) > _order(known):
            newest[rule.rule_id] = rule
    return [newest[rule_id] for rule_id in sorted(newest)]


def _order(rule: Rule) -> tuple[datetime, datetime, int]:
    return rule.effective_from, rule.set_at, rule.index
