"""The steps of an erasure, in the order in which a crash between any two can be resumed.

1. holds are asked; the request is recorded, and a job row with it in one transaction;
2. disclosures, keys and index entries are destroyed in one transaction, the keys' generation
   before it;
3. views are swept;
4. the files of the database are scrubbed, once for all erasures of a run;
5. keys and database take one more generation, so that a database from before is two behind;
6. the confirmation is recorded, and the job row deleted with it in one transaction.

Invariants: a job row stands exactly while an erasure is requested and not confirmed, so `resume`
finds every one; each step may be repeated; what is stored is a valid history after each.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from ledger.draft import Conflict, Receipt
from ledger.erasure.commitment import commitment_of
from ledger.erasure.destroying import destroy, digests_in
from ledger.erasure.naming import ErasableSubject
from ledger.erasure.terms import ErasedPlace, ErasureOutcome, ErasureSweep, Sweep, Tell
from ledger.errors import BadRequest, StoreUnavailable, SubjectErased, VerificationError
from ledger.events.log_keeping import LogErasureConfirmed, LogErasureRequested, SubjectKind
from ledger.holds import require_no_hold, unheld
from ledger.own_records import ERASURES
from ledger.store.erasing import Destruction, begin_erasure, end_erasure, under_way
from ledger.store.scrubbing import scrub
from ledger.store.tombstones import PendingErasure
from ledger.stored import StoredDisclosure

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.ledger import Ledger

NAMED_KEYS: Final = 200
"""A confirmation names that many destroyed keys at most, so that it always fits one record."""

PLACES_AT_ONCE: Final = 20_000

_KINDS: Final[Mapping[str, SubjectKind]] = {
    "person": "person",
    "ip": "ip",
    "data-subject": "data-subject",
    "case": "case",
}

ViewTables = Callable[[], Sequence[str]]
"""The tables of views in the database, for scrubbing."""


@dataclass(frozen=True, slots=True)
class RequestedBy:
    """Who wants an erasure, and why."""

    person: str
    """`person:…`"""
    reason: str | None = None
    request_id: str | None = None
    """The request that it answers, by its source's own id."""


class ErasureSteps:
    """Carries out erasures of one log."""

    def __init__(
        self,
        ledger: "Ledger",
        sweep: Sweep,
        view_tables: ViewTables,
        *,
        horizon: datetime | None = None,
        tell: Tell | None = None,
    ) -> None:
        """Does nothing yet.

        Args:
            ledger: The log.
            sweep: Clears the views.
            view_tables: What else is to be scrubbed.
            horizon: When the last backup that could hold the keys has expired, were they destroyed
                now; `None`: not known. The time that the work takes is added to it.
            tell: Told what is being done.
        """
        self._ledger = ledger
        self._sweep = sweep
        self._view_tables = view_tables
        self._horizon = horizon
        self._asked_at = ledger.clock()
        self._tell: Tell = tell or (lambda _: None)

    def erase_subjects(
        self, subjects: Sequence[ErasableSubject], by: RequestedBy
    ) -> list[ErasureOutcome]:
        """Erases each of them; one outcome each, in order.

        Raises:
            LegalHoldStands: a hold is on one of them; none was erased.
            SubjectErased: another run erases one of them; none of the others was erased.
            BadRequest: the reason names one of them; none was erased.
            StoreUnavailable: the database cannot be used; what was begun is finished by `resume`.
        """
        unique = list({each.subject_id: each for each in subjects}.values())
        self._tell("asking for legal holds")
        for subject in unique:
            _refuse_named(by, subject)
            require_no_hold(self._ledger, subject.subject_id)
        pending = self._request(unique, by)
        self._destroy_subjects(pending)
        return self._finish(pending)

    def erase_disclosures(self, places: Iterable[ErasedPlace], rule_id: str) -> ErasureOutcome:
        """Erases single disclosures, as a retention rule asks for, but for those that a hold keeps.

        Raises:
            StoreUnavailable: the database cannot be used; what was begun is finished by `resume`.
        """
        pending = self._request_by_rule(rule_id)
        self._tell("destroying disclosures")
        remaining = iter(places)
        while some := list(islice(remaining, PLACES_AT_ONCE)):
            self._ledger.vault.load({each.subject_id for each in some})
            destroy(self._ledger, pending.requested_index, partial(self._erase_unheld, places=some))
        (outcome,) = self._finish([pending])
        return outcome

    def _erase_unheld(self, destruction: Destruction, *, places: Sequence[ErasedPlace]) -> None:
        # The log is locked: no hold can come in any more between this question and the erasure.
        doomed = unheld(self._ledger, [(each.index, each.subject_id) for each in places])
        destruction.erase_places(doomed, self._digests_of)

    def resume(self) -> list[ErasureOutcome]:
        """Finishes whatever was requested and is not confirmed; one outcome each, oldest first.

        What a retention rule had not destroyed when it was interrupted stays, and is due again.

        Raises:
            StoreUnavailable: the database cannot be used.
        """
        pending = self._ledger.log.erasures.pending()
        self._destroy_subjects(pending)
        return self._finish(pending)

    def _request(
        self, subjects: Sequence[ErasableSubject], by: RequestedBy
    ) -> list[PendingErasure]:
        """Records every request, with its job row in the same transaction."""
        now = self._ledger.clock()
        events = [
            LogErasureRequested(
                event_id=(event_id := uuid7()),
                occurred_at=now,
                system=ERASURES,
                actor=by.person,
                actor_kind="person",
                erasure_id=str(event_id),
                subject_kind=_KINDS.get(subject.namespace),
                request_id=by.request_id,
                reason=by.reason,
            )
            for subject in subjects
        ]
        pending: list[PendingErasure] = []

        def begin(connection: "Connection", outcomes: Sequence[Receipt | Conflict]) -> None:
            pending.clear()  # called again if the transaction was undone for somebody else's error
            # The log is locked: no hold, and no other erasure of theirs, can come in between.
            for subject, outcome in zip(subjects, outcomes, strict=True):
                require_no_hold(self._ledger, subject.subject_id)
                self._refuse_second(connection, subject)
                job = PendingErasure(int(outcome.index), subject.subject_id, None)
                begin_erasure(connection, self._ledger.log.log_id, job)
                pending.append(job)

        self._tell("recording the request")
        self._ledger.record_own_many(events, also=begin)
        return pending

    def _request_by_rule(self, rule_id: str) -> PendingErasure:
        event_id = uuid7()
        event = LogErasureRequested(
            event_id=event_id,
            occurred_at=self._ledger.clock(),
            system=ERASURES,
            erasure_id=str(event_id),
            rule_id=rule_id,
        )
        pending: list[PendingErasure] = []

        def begin(connection: "Connection", outcomes: Sequence[Receipt | Conflict]) -> None:
            pending.clear()
            job = PendingErasure(int(outcomes[0].index), None, rule_id)
            begin_erasure(connection, self._ledger.log.log_id, job)
            pending.append(job)

        self._tell("recording the request")
        self._ledger.record_own_many([event], also=begin)
        return pending[-1]

    def _refuse_second(self, connection: "Connection", subject: ErasableSubject) -> None:
        index = under_way(connection, self._ledger.log.log_id, subject.subject_id)
        if index is not None:
            raise SubjectErased(
                f"{subject.token}: expected nobody who erases them already, found the request of "
                f"record {index}; nothing else was erased"
            )

    def _destroy_subjects(self, pending: Iterable[PendingErasure]) -> None:
        for job in pending:
            subject_id = job.subject_id
            if subject_id is None or self._is_destroyed(subject_id):
                continue
            self._tell("destroying keys and disclosures")
            work = partial(
                Destruction.erase_subject, subject_id=subject_id, digests_of=self._digests_of
            )
            destroy(self._ledger, job.requested_index, work)

    def _is_destroyed(self, subject_id: UUID) -> bool:
        row = self._ledger.vault.subjects.row(subject_id)
        return row is None or row.erased_at_index is not None

    def _finish(self, pending: Sequence[PendingErasure]) -> list[ErasureOutcome]:
        """Sweeps, scrubs and confirms what is destroyed."""
        if not pending:
            return []
        erasures = self._ledger.log.erasures
        for job in pending:
            self._tell("clearing views")
            self._sweep(
                ErasureSweep(
                    job.requested_index,
                    partial(erasures.erased_subjects, job.requested_index),
                    partial(erasures.indexes, job.requested_index),
                )
            )
        self._tell("scrubbing the files of the database")
        scrub(self._ledger.log.engine, self._view_tables())
        # A database from before the erasure is now two generations behind its keys, so it is never
        # taken for one whose last step was interrupted.
        destroy(self._ledger, pending[-1].requested_index, _nothing)
        self._tell("recording the confirmation")
        return [self._confirm(job) for job in pending]

    def _confirm(self, job: PendingErasure) -> ErasureOutcome:
        index = job.requested_index
        erasures = self._ledger.log.erasures
        commitment = commitment_of(erasures.of_erasure(index))
        keys = erasures.keys_destroyed(index)
        named: tuple[UUID, ...] = ()
        if keys <= NAMED_KEYS:
            named = tuple(chain.from_iterable(erasures.erased_subjects(index)))
        request = self._ledger.log.record_at(index)
        if request is None or request.event_id is None:
            raise VerificationError("MISSING", index, "expected the request of an erasure")
        now = self._ledger.clock()
        horizon = self._horizon_at(now)
        event = LogErasureConfirmed(
            occurred_at=now,
            system=ERASURES,
            erasure_id=str(request.event_id),
            subject_kind=self._subject_kind(job),
            erasure_horizon=horizon,
            key_ids=named,
            keys_destroyed=keys,
            disclosures_destroyed=commitment.tombstones,
            records_affected=commitment.records,
            erased_sha256=commitment.hex(),
        )
        return ErasureOutcome(
            requested_index=index,
            confirmed_index=self._record_confirmation(job, event),
            key_ids=named,
            keys_destroyed=keys,
            disclosures_destroyed=commitment.tombstones,
            records=commitment.records,
            horizon=horizon,
        )

    def _horizon_at(self, now: datetime) -> datetime | None:
        """The horizon of what is destroyed by now: a backup made meanwhile may still hold it."""
        return None if self._horizon is None else self._horizon + (now - self._asked_at)

    def _record_confirmation(self, job: PendingErasure, event: LogErasureConfirmed) -> int:
        """Where an erasure is confirmed, by this run or by another that was faster."""

        def end(connection: "Connection", _: Sequence[Receipt | Conflict]) -> None:
            if not end_erasure(connection, self._ledger.log.log_id, job.requested_index):
                raise _ConfirmedMeanwhileError

        try:
            (receipt,) = self._ledger.record_own_many([event], also=end)
        except _ConfirmedMeanwhileError:
            index = self._ledger.log.erasures.confirmation_of(job.requested_index)
            if index is None:
                raise StoreUnavailable(
                    f"{self._ledger.origin}: the erasure of record {job.requested_index} is not "
                    "under way any more, and no record confirms it"
                ) from None
            return index
        return int(receipt.index)

    def _subject_kind(self, job: PendingErasure) -> SubjectKind | None:
        row = None if job.subject_id is None else self._ledger.vault.subjects.row(job.subject_id)
        return None if row is None else _KINDS.get(row.namespace.partition(":")[0])

    def _digests_of(self, disclosure: StoredDisclosure, event_id: UUID | None) -> bytes:
        return digests_in(self._ledger, disclosure, event_id)


def _nothing(_: Destruction) -> None:
    """What there is to destroy when everything is destroyed."""


class _ConfirmedMeanwhileError(Exception):
    """Another run confirmed the same erasure first."""


def _refuse_named(by: RequestedBy, subject: ErasableSubject) -> None:
    """Returns only if the reason, which is kept, does not name whom it is about.

    Raises:
        BadRequest: it does.
    """
    if by.reason is None or subject.identity is None:
        return
    name = subject.identity.partition(":")[2].rpartition(":")[2]
    if name.casefold() in by.reason.casefold():
        raise BadRequest(
            "reason: expected words that do not name whom is to be erased, because they are kept; "
            "nothing was erased"
        )
