"""The ledger: typed events go in, sealed records and opened events come out.

This file is the only place that joins the vault and the store. Invariants: a receipt is given only
after the commit is durable; a reader is shown identities only after the reading was recorded.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from msgspec.structs import replace

from ledger.draft import Conflict, Draft, Receipt
from ledger.erased_meanwhile import ATTEMPTS, never_stored
from ledger.errors import EventIdReused
from ledger.events import Event
from ledger.evidence import Reading, clock_skew_recorded, conflict_recorded, identifier
from ledger.founding import complete_log, create_log, open_log
from ledger.opening import OpenedRecord
from ledger.own_records import refuse_facts, refuse_reserved
from ledger.placing import each_in_place
from ledger.query import EventQuery, matching_subject
from ledger.reading import (
    Opening,
    ShowsField,
    every_field,
    open_rows,
    read_records,
    record_reading,
    resolve_subjects,
)
from ledger.role_grants import GrantsInForce
from ledger.role_names import Role
from ledger.rows_to_verify import VaultOpener, erased_of, raw_disclosures, raw_records
from ledger.store.requests import Also, StaleVault
from ledger.store.sealed_log import SealedLog
from ledger.stored import Head, StoredRecord
from ledger.undoing import Undone, known_before, reused, undo_conflicts
from ledger.units import Clock, Size, utc_now
from ledger.vault.key_stores import KeyPlace
from ledger.vault.vault import Vault
from ledger.verification.checkpoint_check import CheckpointCheck
from ledger.verification.findings import Report
from ledger.verification.log_check import ignore_progress, verify_log
from ledger.verification.start import Start


class Ledger:
    """One log with its vault."""

    def __init__(self, log: SealedLog, vault: Vault, clock: Clock, key_file: KeyPlace) -> None:
        """Use `create`, `complete` or `open`."""
        self.log = log
        self.vault = vault
        self.clock = clock
        self.key_file = key_file
        """Where its keys were read, for another process that opens the same log."""
        self.origin = log.origin
        self.of_checkpoints = False
        """Whether it holds checkpoints of other logs, and refuses whatever else comes in."""
        self.grants = GrantsInForce(self)
        """Who may do what, as it is in the log now."""
        log.skew_draft = self._skew_draft

    @classmethod
    def create(
        cls, *, database: str, key_file: KeyPlace, origin: str, clock: Clock = utc_now
    ) -> Self:
        """A new log with new keys; durable on return, and neither is ever overwritten.

        Raises:
            StoreUnavailable: the key file exists, or key file or database cannot be written.
            BadRequest: the database has a log of that name, or the origin is no name.
        """
        made = create_log(database=database, key_file=key_file, origin=origin, clock=clock)
        return cls(*made, clock, key_file)

    @classmethod
    def complete(
        cls, *, database: str, key_file: KeyPlace, origin: str | None = None, clock: Clock = utc_now
    ) -> Self:
        """The log of an existing key file, with whatever an interrupted `create` left undone.

        Raises:
            StoreUnavailable: key file or database cannot be used, or do not belong together.
        """
        completed = complete_log(database=database, key_file=key_file, origin=origin, clock=clock)
        return cls(*completed, clock, key_file)

    @classmethod
    def open(
        cls, *, database: str, key_file: KeyPlace, origin: str | None = None, clock: Clock = utc_now
    ) -> Self:
        """An existing log; without an origin, the one that the keys belong to.

        Raises:
            StoreUnavailable: key file or database cannot be used, or do not belong together.
        """
        opened = open_log(database=database, key_file=key_file, origin=origin, clock=clock)
        return cls(*opened, clock, key_file)

    def close(self) -> None:
        """Gives the database connections back; the ledger cannot be used any more."""
        self.vault.forget()
        self.log.engine.dispose()

    def record(self, event: Event, *, expected_version: int | None = None) -> Receipt:
        """The receipt of one event; durable on return.

        Args:
            event: As the source reports it; without an id it gets one.
            expected_version: The version of its stream that the writer built on.

        Raises:
            MalformedEvent: a field is not what the kind asks for.
            EventIdReused: the id is in the log with other content; that was recorded as evidence.
            StreamConflict: the stream is at another version.
            StoreUnavailable: the database cannot be written; nothing was stored.
        """
        self.refuse_foreign(event)
        return self._record(event, expected_version)

    def record_own(self, event: Event) -> Receipt:
        """As `record`, for what the log reports about itself and no source may.

        Nothing that came from outside may be given here: see `ledger.own_records`.
        """
        return self._record(event, None)

    def record_own_many(
        self, events: Sequence[Event], *, also: Also | None = None
    ) -> list[Receipt]:
        """As `record_own`, in one transaction.

        Args:
            events: With fresh ids.
            also: Asked inside the transaction, while the log is locked; its error undoes all.
        """
        _, outcomes = self._append(events, None, also=also)
        return [outcome for outcome in outcomes if isinstance(outcome, Receipt)]

    def _record(self, event: Event, expected_version: int | None) -> Receipt:
        drafts, (outcome,) = self._append([event], [expected_version])
        if isinstance(outcome, Conflict):
            evidence = self._record_conflicts([(drafts[0], outcome)])
            raise EventIdReused(outcome.event_id, outcome.index, evidence[0])
        return outcome

    def record_own_once(self, event: Event) -> int:
        """Where the event of this id stands: as `record_own`, but what is there already stays.

        For what the log notes about something that may come again, at another time.

        Args:
            event: With an event id that follows from what it is about.
        """
        _, (outcome,) = self._append([event], None)
        return int(outcome.index)

    def record_many(
        self,
        events: Sequence[Event],
        *,
        expected_versions: Sequence[int | None] | None = None,
        refuse_conflicts: bool = False,
    ) -> list[Receipt | Conflict]:
        """One outcome per event, in order, after one durable transaction; all or nothing.

        An event whose id is in the log with other content gives a `Conflict`, which is recorded as
        evidence; the other events are stored.

        Args:
            events: As their source reports them.
            expected_versions: For each event, the version of its stream that the writer built on.
            refuse_conflicts: Store none of the events where one is a conflict.

        Raises:
            MalformedEvent: an event is not what its kind asks for; none was stored.
            EventIdReused: with `refuse_conflicts`, ids are in the log with other content; that was
                recorded as evidence, and nothing else was stored.
            BatchRefused: with `refuse_conflicts`, an id stands twice among the events, with
                contents that differ; none was stored.
            StreamConflict: a stream is at another version than expected; none was stored.
            StoreUnavailable: the database cannot be written; none was stored.
        """
        each_in_place(self.refuse_foreign, events)
        also = undo_conflicts if refuse_conflicts else None
        drafts, outcomes = self._append(events, expected_versions, also=also)
        if refuse_conflicts:
            conflicts = known_before(outcomes)
            if conflicts:
                evidence = self._record_conflicts([(drafts[at], conflicts[at]) for at in conflicts])
                raise reused(conflicts, evidence)
            return outcomes
        self._record_conflicts(
            [
                (draft, outcome)
                for draft, outcome in zip(drafts, outcomes, strict=True)
                if isinstance(outcome, Conflict)
            ]
        )
        return outcomes

    def derive_id(self, occurred_at: datetime | None, identity: bytes) -> UUID:
        """The event id of a fact without one: the same each time it is imported, and opaque.

        Args:
            occurred_at: Aware; orders the id in time. `None` where the source has an id of its own:
                the same id with another time is a conflict then, not another fact.
            identity: What makes the fact this one and no other, such as source, line and place.
        """
        return identifier(occurred_at, self.vault.derived_bytes(b"event\x00" + identity))

    def read(self, query: EventQuery, *, reading: Reading | None = None) -> Iterator[OpenedRecord]:
        """The records that a query asks for: with tokens for people, or with identities.

        Args:
            query: Which records, in which order.
            reading: Who is to be shown identities, and why. The query is then recorded, once and
                before the first record is given, as `log.read` that tells which records they are.

        Raises:
            NotAuthorised: the reader may not see identities; the attempt was recorded.
            BadRequest: the query, or the purpose, cannot be understood.
            StoreUnavailable: the database cannot be used.
        """
        return read_records(self, query, reading)

    def record_reading(
        self,
        reading: Reading,
        question: str,
        rows: Iterable[StoredRecord],
        *,
        subject_ids: Collection[UUID] | None = None,
        fields: ShowsField = every_field,
        role: Role = "resolve",
        lines: int | None = None,
    ) -> Opening:
        """Records a reading, for a caller that opens records itself.

        See `ledger.reading.record_reading`.
        """
        return record_reading(
            self,
            reading,
            question,
            rows,
            subject_ids=subject_ids,
            fields=fields,
            role=role,
            lines=lines,
        )

    def open_records(
        self, rows: Iterable[StoredRecord], *, identities: Opening | None = None
    ) -> Iterator[OpenedRecord]:
        """Rows as opened records, in the order given: with tokens for people, or with identities.

        Args:
            rows: Records of this log.
            identities: The recorded reading that tells of these records, from `record_reading`.

        Raises:
            ReadingNotRecorded: a record of which that reading does not tell.
        """
        return open_rows(self, rows, identities)

    def subjects_matching(self, identity: str) -> list[UUID]:
        """The subject ids of an identity (`person:…`, `ip:…`, `data-subject:…`) or a token.

        Raises:
            BadRequest: the text is neither.
        """
        found = matching_subject(identity, self.vault.subjects.find)
        return [] if found is None else [found]

    def case_stream(self, namespace: str, source_id: str) -> UUID | None:
        """The stream of a case by its source's own id, or `None` when no event named it."""
        return self.vault.cases.find((namespace, source_id))

    def verify(
        self,
        progress: Callable[[int], None] | None = None,
        *,
        start: Start | None = None,
        evidence: CheckpointCheck | None = None,
    ) -> Report:
        """Checks every stored record and every disclosure that can be decrypted.

        Args:
            progress: Told how many records are checked so far.
            start: What is known of the records before the first one to check; without it, all that
                are kept are checked.
            evidence: The checkpoints and tiles that the records must lead to.
        """
        self.vault.refresh()
        start = self.log.beginning() if start is None else start
        head, first = self.log.head(), start.frontier.size
        return verify_log(
            self.origin,
            head,
            raw_records(self.log, first, head.size),
            raw_disclosures(self.log, first, head.size),
            VaultOpener(self.vault),
            progress or ignore_progress,
            start,
            evidence,
            erased_of(self.log, first, head.size),
        )

    def head(self) -> Head:
        """How far the log goes and the hashes that commit to all of it."""
        return self.log.head()

    def size_at(self, recorded_at: datetime) -> Size:
        """How many records were recorded at or before an instant."""
        return self.log.size_at(recorded_at)

    def resolve(
        self, subject_ids: Sequence[UUID], question: str, reading: Reading
    ) -> dict[UUID, str]:
        """The identities of subjects, such as those in the rows of a view; recorded as one reading.

        Args:
            subject_ids: Whose identity is asked for; one that was erased is left out of the answer.
            question: What was asked, without identities in it.
            reading: Who is shown the identities, and what for.

        Raises:
            NotAuthorised: the reader may not see identities; the attempt was recorded.
        """
        return resolve_subjects(self, subject_ids, question, reading)

    def refuse_foreign(self, event: Event) -> None:
        """Passes unless the event may not come from outside into this log.

        Raises:
            MalformedEvent: it may not.
        """
        refuse_reserved(event)
        if self.of_checkpoints:
            refuse_facts(event)

    def _append(
        self,
        events: Sequence[Event],
        expected_versions: Sequence[int | None] | None,
        *,
        also: Also | None = None,
    ) -> tuple[list[Draft], list[Receipt | Conflict]]:
        drafts: list[Draft] = []
        for _ in range(ATTEMPTS):
            generation = (
                self.vault.generation
            )  # before the drafts: keys may change while we encrypt
            try:
                drafts = self.vault.drafts(events)
                if expected_versions is not None:
                    drafts = [
                        draft if expected is None else replace(draft, expected_version=expected)
                        for draft, expected in zip(drafts, expected_versions, strict=True)
                    ]
                return drafts, self.log.append(drafts, vault_generation=generation, also=also)
            except Undone as undone:
                return drafts, undone.outcomes
            except StaleVault:
                self.vault.refresh()
        raise never_stored(self.origin)

    def _record_conflicts(self, conflicts: Sequence[tuple[Draft, Conflict]]) -> list[int]:
        """Where the evidence of each conflict stands, in order; recorded at the first time only."""
        if not conflicts:
            return []
        evidence: dict[UUID, Event] = {}
        ids = []
        for draft, conflict in conflicts:
            text = b"conflict\x00" + conflict.event_id.bytes + (draft.sameness or b"")
            event_id = identifier(draft.occurred_at, self.vault.derived_bytes(text))
            ids.append(event_id)
            evidence[event_id] = conflict_recorded(
                draft, conflict, event_id=event_id, now=self.clock()
            )
        # The same conflict again differs from its evidence in the time only: what is there stays.
        _, found = self._append(list(evidence.values()), None)
        indexes = {event_id: each.index for event_id, each in zip(evidence, found, strict=True)}
        return [indexes[event_id] for event_id in ids]

    def _skew_draft(self, offset: timedelta) -> Draft:
        # Called while the log is locked: an event without personal values asks no database.
        (draft,) = self.vault.drafts([clock_skew_recorded(offset, self.clock())])
        return draft
