"""When the disclosures of a record are due, and by which rule; nothing is read here.

Where several rules concern the same values, the one that keeps them longest decides, unless another
one overrides it. A rule that concerns them and whose end cannot be told keeps them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Protocol, TypeVar
from uuid import UUID

from ledger.events import PLANS
from ledger.legal_hold import is_of_kind
from ledger.opening import instant_of
from ledger.retention.rules import OCCURRED, RECORDED, Facts, Rule


@dataclass(frozen=True, slots=True)
class TriggerTimes:
    """When the newest event of the kind that a rule counts from occurred, in microseconds."""

    by_stream: dict[UUID, int] = field(default_factory=dict)
    by_subject: dict[UUID, int] = field(default_factory=dict)

    def add(self, stream: UUID, subject_ids: Iterable[UUID], occurred_at_us: int) -> None:
        """One such event, with its case and whom it is about."""
        self.by_stream[stream] = max(occurred_at_us, self.by_stream.get(stream, occurred_at_us))
        for each in subject_ids:
            self.by_subject[each] = max(occurred_at_us, self.by_subject.get(each, occurred_at_us))


class _Overrides(Protocol):
    """What deciding between rules asks of each."""

    @property
    def rule_id(self) -> str: ...

    @property
    def overrides(self) -> frozenset[str]: ...


Overriding = TypeVar("Overriding", bound=_Overrides)

Triggers = Mapping[str, TriggerTimes]
"""By what `Rule.trigger` says."""


@dataclass(frozen=True, slots=True)
class Due:
    """When values are due, and by which rule."""

    rule: Rule
    due_at: datetime


def due_of(
    facts: Facts, subject_id: UUID, rules: Sequence[Rule], triggers: Triggers, zone: tzinfo
) -> Due | None:
    """When the values of one subject in a record are due; `None`: not by any rule.

    Args:
        facts: The record.
        subject_id: One of its subjects.
        rules: Those in force.
        triggers: When events occurred that rules count from.
        zone: Whose calendar counts.
    """
    concerned = [
        rule for rule in rules if rule.concerns(facts) and rule.concerns_values_of(subject_id)
    ]
    ends = []
    for rule in without_overridden(concerned):
        end = _end(rule, facts, triggers, zone)
        if end is None:
            return None
        ends.append((end, rule.rule_id, rule))
    if not ends:
        return None
    end, _, rule = max(ends)
    floors = [
        floor
        for each in rules
        if each.problem is None and is_of_kind(facts.record.kind, each.trigger)
        if (floor := _end_from(each, facts.record.occurred_at_us, zone)) is not None
    ]
    return Due(rule, max([end, *floors]))


def without_overridden(concerned: Sequence[Overriding]) -> list[Overriding]:
    """The rules that no other of them overrides; of two that override each other both stay."""
    by_id = {rule.rule_id: rule for rule in concerned}
    gone = {
        name
        for rule in concerned
        for name in rule.overrides
        if name in by_id and rule.rule_id not in by_id[name].overrides
    }
    return [rule for rule in concerned if rule.rule_id not in gone]


def _end(rule: Rule, facts: Facts, triggers: Triggers, zone: tzinfo) -> datetime | None:
    if rule.problem is not None:
        return None
    record = facts.record
    if rule.trigger == OCCURRED:
        return _end_from(rule, record.occurred_at_us, zone)
    if rule.trigger == RECORDED:
        return _end_from(rule, record.recorded_at_us, zone)
    begun = _triggered(facts, triggers.get(rule.trigger, TriggerTimes()))
    # An event before the record is of an earlier contract, or whatever it may be, than this one.
    if begun is None or (record.occurred_at_us is not None and begun < record.occurred_at_us):
        return None
    return _end_from(rule, begun, zone)


def _end_from(rule: Rule, beginning_us: int | None, zone: tzinfo) -> datetime | None:
    return None if beginning_us is None else rule.term.end(instant_of(beginning_us), zone)


def _triggered(facts: Facts, times: TriggerTimes) -> int | None:
    """When what the record waits for occurred last; `None`: it has not, as far as is known."""
    of_cases = [
        times.by_stream[stream]
        for stream in (facts.record.stream, *_cases(facts.record.kind, facts.public))
        if stream in times.by_stream
    ]
    if of_cases:
        return max(of_cases)
    if facts.data_subjects:
        # What is over for one customer may go on for the other.
        if not facts.data_subjects <= times.by_subject.keys():
            return None
        return max(times.by_subject[each] for each in facts.data_subjects)
    return max(
        (times.by_subject[each] for each in facts.subject_ids if each in times.by_subject),
        default=None,
    )


def _cases(kind: str, public: Mapping[str, Any]) -> Iterable[UUID]:
    """The streams of the cases that an event names."""
    plan = PLANS.get(kind)
    for each in plan.fields if plan else ():
        if each.personal != "case":
            continue
        found = public.get(each.name)
        for text in found if isinstance(found, list) else [found]:
            try:
                yield UUID(text)
            except (ValueError, TypeError, AttributeError):
                continue  # nothing there, or not what we sealed: verification reports it
