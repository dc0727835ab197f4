"""Carrying out retention: what is due is erased rule by rule, and each execution is recorded.

What is true when a run stops anywhere, and who repairs it: what was erased is explained by its
`log.erasure_requested`, and the next run confirms that erasure, records its execution, and goes on
with what is still due.

Events that rules count from, such as the end of a contract, go last, and not while a hold keeps
anything: without them nobody could tell when the rest is due.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import chain
from typing import Any, Final
from uuid import UUID

from ledger.body import read_body
from ledger.erasure.terms import ErasedPlace, Tell
from ledger.events.log_keeping import (
    LogErasureConfirmed,
    LogErasureRequested,
    LogRetentionExecuted,
)
from ledger.ledger import Ledger
from ledger.own_records import ERASURES, PRUNINGS, RETENTION
from ledger.retention.reading import Terms, due_values, read_terms
from ledger.retention.rules import OCCURRED, Rule
from ledger.store.query import RecordQuery
from ledger.stored import StoredRecord
from projections.erasing import erase_disclosures, resume_erasures

_REQUESTED: Final = str(LogErasureRequested.__struct_config__.tag)
_CONFIRMED: Final = str(LogErasureConfirmed.__struct_config__.tag)
_EXECUTED: Final = str(LogRetentionExecuted.__struct_config__.tag)


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """What one rule erased in one erasure."""

    rule_id: str
    index: int
    """Of the `log.retention_executed` record."""
    erasure_index: int
    """Of the `log.erasure_requested` record."""
    disclosures_destroyed: int
    keys_destroyed: int
    held: int | None
    """Values that stayed because of a hold; `None`: an earlier run knew."""
    horizon: datetime | None
    """When the last backup that could hold what was erased has expired; `None`: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRun:
    """How a run is to go about it."""

    zone: tzinfo
    """Whose calendar counts."""
    decided_by: str
    """`person:…`: who runs it."""
    only: Collection[str] | None = None
    """The ids of the rules to carry out; `None`: all."""
    horizon: datetime | None = None
    """When the last backup that could hold what is erased has expired; `None`: not known."""
    tell: Tell | None = None
    """Told what is being done."""
    progress: Callable[[int], None] | None = None
    """Told of how many records values were looked up so far to be erased."""

    def execute(self, ledger: Ledger) -> list[Execution]:
        """What was executed: first what an earlier run left undone, then what is due now.

        Raises:
            StoreUnavailable: the database cannot be used; what was begun is finished by the next.
        """
        done = finish_interrupted(ledger, self)
        now = ledger.clock()
        terms = read_terms(ledger, now, self.zone)
        counting = _Counting(self.progress)
        for are_triggers in (False, True):
            if are_triggers and counting.held:
                break
            for rule in terms.rules:
                if self.only is not None and rule.rule_id not in self.only:
                    continue
                found = self._erased(ledger, terms, rule, now, counting, are_triggers=are_triggers)
                done += found
        return done

    def _erased(
        self,
        ledger: Ledger,
        terms: Terms,
        rule: Rule,
        now: datetime,
        counting: "_Counting",
        *,
        are_triggers: bool,
    ) -> list[Execution]:
        held_before = counting.held
        places = counting.places(ledger, terms, rule, now, are_triggers=are_triggers)
        first = next(places, None)
        if first is None:
            return []
        outcome = erase_disclosures(
            ledger,
            chain([first], places),
            rule_id=rule.rule_id,
            horizon=self.horizon,
            progress=self.tell,
        )
        before = rule.term.begun_before(now, self.zone) if rule.trigger == OCCURRED else None
        event = LogRetentionExecuted(
            occurred_at=ledger.clock(),
            system=RETENTION,
            rule_id=rule.rule_id,
            category=rule.category,
            before=before,
            disclosures_destroyed=outcome.disclosures_destroyed,
            keys_destroyed=outcome.keys_destroyed,
            held=counting.held - held_before,
            erasure_index=outcome.requested_index,
            decided_by=self.decided_by,
        )
        return [_recorded(ledger, event, outcome.requested_index, outcome.horizon)]


class _Counting:
    """The places to erase, counted as they are handed out."""

    def __init__(self, progress: Callable[[int], None] | None) -> None:
        self.held = 0
        self._records = 0
        self._progress = progress

    def places(
        self, ledger: Ledger, terms: Terms, rule: Rule, now: datetime, *, are_triggers: bool
    ) -> Iterator[ErasedPlace]:
        """What the rule has erased now, without what is held."""
        last = -1
        for each in due_values(ledger, terms, now, only={rule.rule_id}):
            if (each.record.kind in terms.trigger_kinds) is not are_triggers:
                continue
            if each.hold is not None:
                self.held += 1
                continue
            if each.record.index != last:
                last = each.record.index
                self._records += 1
                if self._progress is not None:
                    self._progress(self._records)
            yield ErasedPlace(each.record.index, each.subject_id)


def finish_interrupted(ledger: Ledger, run: RetentionRun) -> list[Execution]:
    """The executions that an earlier run left unconfirmed or unrecorded, now recorded."""
    resumed = {
        each.requested_index: each for each in resume_erasures(ledger, run.horizon, run.tell)
    }
    requested, confirmed, executed = _erasures(ledger)
    done = []
    for index, (stream, rule_id) in requested.items():
        counts = confirmed.get(stream)
        if counts is None or index in executed:
            continue
        event = LogRetentionExecuted(
            occurred_at=ledger.clock(),
            system=RETENTION,
            rule_id=rule_id,
            disclosures_destroyed=counts.get("disclosures_destroyed"),
            keys_destroyed=counts.get("keys_destroyed"),
            erasure_index=index,
            decided_by=run.decided_by,
        )
        outcome = resumed.get(index)
        horizon = run.horizon if outcome is None else outcome.horizon
        done.append(_recorded(ledger, event, index, horizon))
    return done


def _erasures(
    ledger: Ledger,
) -> tuple[dict[int, tuple[UUID, str]], dict[UUID, dict[str, Any]], set[int]]:
    """Erasures by a rule, confirmations by stream, and erasures whose execution is recorded."""
    requested: dict[int, tuple[UUID, str]] = {}
    confirmed: dict[UUID, dict[str, Any]] = {}
    executed: set[int] = set()
    for record in ledger.log.find(RecordQuery(kinds={_REQUESTED, _CONFIRMED, _EXECUTED})):
        if record.system not in {ERASURES, RETENTION, PRUNINGS}:
            continue  # what a source says of erasures executes nothing
        public = _public(record)
        if record.kind == _REQUESTED and "rule_id" in public:
            requested[record.index] = record.stream, public["rule_id"]
        elif record.kind == _CONFIRMED:
            confirmed[record.stream] = public
        elif "erasure_index" in public:
            executed.add(public["erasure_index"])
    return requested, confirmed, executed


def _public(record: StoredRecord) -> dict[str, Any]:
    return read_body(record.sealed.partition(b"\n\n")[2])


def _recorded(
    ledger: Ledger, event: LogRetentionExecuted, erasure_index: int, horizon: datetime | None
) -> Execution:
    receipt = ledger.record_own(event)
    return Execution(
        rule_id=event.rule_id,
        index=receipt.index,
        erasure_index=erasure_index,
        disclosures_destroyed=event.disclosures_destroyed or 0,
        keys_destroyed=event.keys_destroyed or 0,
        held=event.held,
        horizon=horizon,
    )
