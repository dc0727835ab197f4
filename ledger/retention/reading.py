"""Rules, trigger events and due records, read from the database a page at a time.

A record is looked at where an index leads to it and only while it has disclosures left: what was
erased costs one look into an index. Memory holds one page, the rules, and one instant for each case
and person that a trigger event named.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from ledger.body import read_body
from ledger.errors import MalformedRecord
from ledger.events import PLANS
from ledger.events.log_keeping import LogCorrectionRecorded
from ledger.events.retention import RetentionRuleSet
from ledger.holds import standing_holds, taken_back
from ledger.opening import OpenedRecord, instant_of
from ledger.personal import parse_token
from ledger.retention.candidates import candidate_indexes
from ledger.retention.due import Due, Triggers, TriggerTimes, due_of
from ledger.retention.rules import OCCURRED, Facts, Rule, rules_in_force
from ledger.retention.terms import Term
from ledger.store.query import RecordQuery
from ledger.store.row_reader import RowReader
from ledger.store.rows import pages
from ledger.stored import StoredDisclosure, StoredRecord

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from ledger.legal_hold import Hold

PAGE_RECORDS: Final = 500
_RULE_KIND: Final = str(RetentionRuleSet.__struct_config__.tag)
_CORRECTION_KIND: Final = str(LogCorrectionRecorded.__struct_config__.tag)
_SUPERSEDES: Final = b'"supersedes":'
_REPORTERS: Final = frozenset({"actor", "origin", "decided_by"})
"""Fields of a trigger event that name who reported it, not whom it is about."""


def rules_at(ledger: "Ledger", at: datetime, *, known_size: int | None = None) -> list[Rule]:
    """The rules in force at a moment, by their id.

    Args:
        ledger: The log.
        at: As of when, aware.
        known_size: By the records below this index only; `None`: by all.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    rows = ledger.log.find(RecordQuery(kinds={_RULE_KIND, _CORRECTION_KIND}, stop=known_size))
    opened = list(ledger.open_records(rows))
    versions = [
        _rule(each, each.event) for each in opened if isinstance(each.event, RetentionRuleSet)
    ]
    return rules_in_force(versions, taken_back(opened), at)


def _rule(opened: OpenedRecord, event: RetentionRuleSet) -> Rule:
    customer = parse_token(event.customer_id or "")
    decided_by = event.decided_by or event.actor
    return Rule(
        rule_id=event.rule_id,
        index=opened.stored.index,
        event_id=opened.stored.event_id or opened.stored.stream,
        set_at=event.occurred_at,
        effective_from=event.effective_from or event.occurred_at,
        category=event.category,
        kinds=event.kinds,
        systems=frozenset(event.systems),
        dataset=event.dataset,
        scope=event.scope,
        organisation=event.organisation,
        customer=None if customer is None else customer[1],
        names_customer=event.customer_id is not None,
        term=Term(event.period, event.duration),
        trigger=event.trigger or OCCURRED,
        basis=event.basis,
        decided_by=decided_by if decided_by and parse_token(decided_by) else None,
        overrides=frozenset(event.overrides),
    )


class DueValues(NamedTuple):
    """The values of one subject in one record that are due."""

    record: StoredRecord
    subject_id: UUID
    due: Due
    hold: "Hold | None"
    """A standing hold that keeps them."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What it takes to tell what is due: rules, what they count from, and whose calendar counts."""

    rules: Sequence[Rule]
    triggers: Triggers
    zone: tzinfo

    @property
    def trigger_kinds(self) -> frozenset[str]:
        """The kinds from whose events any rule counts."""
        return frozenset(chain.from_iterable(rule.trigger_kinds for rule in self.rules))


def read_terms(ledger: "Ledger", at: datetime, zone: tzinfo) -> Terms:
    """The rules in force at a moment with the events that they count from."""
    rules = rules_at(ledger, at)
    names = {rule.trigger for rule in rules if rule.trigger_kinds}
    return Terms(rules, {name: _trigger_times(ledger, name, rules, at) for name in names}, zone)


def _trigger_times(
    ledger: "Ledger", name: str, rules: Iterable[Rule], at: datetime
) -> TriggerTimes:
    kinds = {kind for rule in rules if rule.trigger == name for kind in rule.trigger_kinds}
    asked = RecordQuery(kinds=kinds)
    gone = set(_named_by_corrections(ledger.log.find(asked)))
    gone |= set(_named_by_corrections(ledger.log.find(RecordQuery(kinds={_CORRECTION_KIND}))))
    times = TriggerTimes()
    for page in pages(ledger.log.find(asked), PAGE_RECORDS):
        disclosures = ledger.log.disclosures_of([record.index for record in page])
        for record in page:
            occurred = record.occurred_at_us
            if occurred is None or str(record.event_id) in gone or instant_of(occurred) > at:
                continue
            about = [
                each.subject_id
                for each in disclosures.get(record.index, ())
                if _names(record.kind, each, besides=_REPORTERS)
            ]
            times.add(record.stream, about, occurred)
    return times


def _named_by_corrections(records: Iterable[StoredRecord]) -> Iterator[object]:
    for record in records:
        if record.kind == _CORRECTION_KIND or _SUPERSEDES in record.sealed:
            public = _public(record)
            yield public.get("supersedes")
            yield public.get("corrected_event_id")


def _public(record: StoredRecord) -> Mapping[str, Any]:
    try:
        return read_body(record.sealed.partition(b"\n\n")[2])
    except MalformedRecord:
        return {}  # verification reports it; no rule concerns what cannot be read


def _names(kind: str, disclosure: StoredDisclosure, *, besides: Collection[str]) -> bool:
    """Whether a disclosure names its subject in a field that is not one of those."""
    plan = PLANS.get(kind)
    names = {path.partition("/")[0] for path in disclosure.fields.split(",")} - set(besides)
    fields = [plan.field(name) for name in names] if plan else []
    return any(field is not None and field.personal == "subject" for field in fields)


def due_values(
    ledger: "Ledger", terms: Terms, limit: datetime, *, only: Collection[str] | None = None
) -> Iterator[DueValues]:
    """What is due at a moment and still there, each value once, with the hold that keeps it.

    Holds are asked for anew with every page, so one that is placed meanwhile binds.

    Args:
        ledger: The log.
        terms: The rules and what they count from.
        limit: What is due by then, aware.
        only: Decided by one of these rules; `None`: by any.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    for rule in terms.rules:
        if rule.problem is None and (only is None or rule.rule_id in only):
            yield from _due_by(ledger, terms, rule, limit)


def _due_by(ledger: "Ledger", terms: Terms, rule: Rule, limit: datetime) -> Iterator[DueValues]:
    """What a rule decides about: the walks of two rules never give the same value."""
    reader = RowReader(ledger.log.engine, ledger.log.log_id)
    for page in pages(candidate_indexes(ledger, reader, rule, limit, terms.zone), PAGE_RECORDS):
        holds = standing_holds(ledger, ledger.clock())
        disclosures = ledger.log.disclosures_of(page)
        for record in reader.records_among(sorted(page), RecordQuery()):
            facts = facts_of(record, disclosures.get(record.index, ()))
            hold = next((each for each in holds if each.covers(record, facts.subject_ids)), None)
            for subject_id in sorted(facts.subject_ids):
                due = due_of(facts, subject_id, terms.rules, terms.triggers, terms.zone)
                if due is not None and due.rule is rule and due.due_at <= limit:
                    yield DueValues(record, subject_id, due, hold)


def facts_of(record: StoredRecord, disclosures: Sequence[StoredDisclosure]) -> Facts:
    """What rules ask of a record with these disclosures."""
    return Facts(
        record=record,
        public=_public(record),
        subject_ids=frozenset(each.subject_id for each in disclosures),
        data_subjects=frozenset(
            each.subject_id for each in disclosures if _is_data_subject(record.kind, each)
        ),
    )


def _is_data_subject(kind: str, disclosure: StoredDisclosure) -> bool:
    plan = PLANS.get(kind)
    paths = disclosure.fields.split(",") if plan else ()
    fields = [plan.field(path.partition("/")[0]) for path in paths] if plan else []
    return any(field is not None and field.namespace == "data-subject" for field in fields)
