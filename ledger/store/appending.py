"""Seals drafts at the end of a log, inside one transaction that holds the lock of its head.

Crash order: rows, then head, then commit; before the commit returns nothing of it is in the log,
and no receipt was given. What needs no lock (texts, encryption, digests) was done before.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from sqlite3 import IntegrityError
from typing import Final

from msgspec.structs import replace

from ledger.draft import Conflict, Draft, Receipt
from ledger.errors import StoreUnavailable, StreamConflict, VerificationError
from ledger.merkle import Frontier
from ledger.record import format_recorded_at, leaf_hash, seal
from ledger.store.requests import (
    ERASED_DIGEST,
    AppendRequest,
    DatabaseUuid,
    Prepared,
    SkewDraft,
    StaleVault,
    instant_of,
    prepare,
)
from ledger.store.rows import HeadRow, Row, Rows
from ledger.units import Hash32, Index

SKEW_TOLERANCE: Final = timedelta(seconds=1)
"""How far the clock may go back before that is recorded: time daemons step less."""

Outcome = Receipt | Conflict


class Append:
    """One transaction's worth of new records: `add` requests, then `store` them."""

    def __init__(self, rows: Rows, *, log: int, origin: str, now_us: int) -> None:
        """Locks the head.

        Args:
            rows: The statements, on a connection inside a writing transaction.
            log: The number of the log in its database.
            origin: The name of the log, which every record carries.
            now_us: The present; a clock that went back is held at the last `recorded_at`.

        Raises:
            StoreUnavailable: the log has no head.
        """
        found = rows.lock_head()
        if found is None:
            raise StoreUnavailable(f"{origin}: expected a head in zegel_head, found none")
        self._rows = rows
        self._log = log
        self._origin = origin
        self._found = found
        self._index = found.size
        self._previous = found.last_leaf_hash
        last_us = found.last_recorded_at_us
        self._recorded_at_us = now_us if last_us is None else max(now_us, last_us)
        self._held_for = timedelta(microseconds=self._recorded_at_us - now_us)
        self._recorded_at = instant_of(self._recorded_at_us)
        self._recorded_text = format_recorded_at(self._recorded_at)
        self._known: dict[DatabaseUuid, tuple[bytes | None, int]] = {}
        self._versions: dict[DatabaseUuid, int] = {}
        self._asked: set[DatabaseUuid] = set()
        self._asked_streams: set[DatabaseUuid] = set()
        self._generation: int | None = None
        self._new: list[Receipt] = []
        self._leaves: list[Hash32] = []
        self._records: list[Row] = []
        self._disclosures: list[Row] = []
        self._sameness: list[Row] = []

    def note_skew(self, skew_draft: SkewDraft) -> None:
        """Adds the record of a clock that went back, once for as long as it is held."""
        if self._held_for <= SKEW_TOLERANCE:
            return
        draft = skew_draft(-self._held_for)
        # While the clock is held, every record has the same recorded_at: whoever noted it first
        # in this episode, in whatever process, is found by it.
        if self._rows.newest_recorded_at_us(draft.kind) == self._recorded_at_us:
            return
        request = AppendRequest([draft])
        prepare(request, self._rows.database_uuid)
        self.add(request)

    def add(self, request: AppendRequest) -> list[Outcome]:
        """The outcomes of a request, true once the transaction is committed.

        Raises:
            StaleVault: the keys changed since the drafts were encrypted.
            StreamConflict: a draft expected another version of its stream.
            RecordingRefused: a record would be longer than 65,535 bytes.
        """
        self._check_vault(request.vault_generation)
        self.look_up([request])
        if request.versions is not None:
            self._refuse_pruned_versions(request, request.versions)
        outcomes: list[Outcome | int] = []
        for place, each in enumerate(request.prepared):
            draft = each.draft
            if each.event_id is not None and not draft.fresh_event_id:
                first = self._known.get(each.event_id)
                if first is not None:
                    outcomes.append(_repeated(draft, first))
                    continue
            if draft.only_repeats:
                raise _not_there(draft)
            version = self._next_version(each, request.versions, place)
            outcomes.append(self._seal(each, version))
        return self._with_first_receipts(request, outcomes)

    def store(self) -> None:
        """Writes all rows and moves the head over them; nothing when all were in the log before."""
        if not self._records:
            return
        self._rows.insert(self._records, self._disclosures, self._sameness)
        frontier = Frontier.from_bytes(self._found.size, self._found.frontier)
        grown = frontier.extended(self._leaves)
        moved = HeadRow(self._index, self._previous, self._recorded_at_us, grown.to_bytes())
        if not self._rows.move_head(self._found, moved):
            raise StoreUnavailable(f"{self._origin}: the head moved while it was locked")

    def _check_vault(self, generation: int | None) -> None:
        if generation is None:
            return
        if self._generation is None:  # one look, after the head was locked, holds for all
            self._generation = self._rows.vault_generation()
        found = self._generation
        if found != generation:
            raise StaleVault(generation, -1 if found is None else found)

    def look_up(self, requests: Sequence[AppendRequest]) -> None:
        """Asks once what the log knows of the ids and streams of requests that are added next."""
        repeatable = {
            each.event_id
            for request in requests
            for each in request.prepared
            if each.event_id is not None and not each.draft.fresh_event_id
        } - self._asked
        if repeatable:
            self._asked |= repeatable
            # In order of the index, so that neighbouring ids are found on the same page.
            wanted = sorted(repeatable)
            for event_id, digest, index in self._rows.known(wanted):
                self._known[event_id] = (digest, index)
        growing = {
            each.stream
            for request in requests
            if request.versions is None
            for each in request.prepared
            if not each.draft.fresh_stream and each.stream not in self._versions
        } - self._asked_streams
        if growing:
            self._asked_streams |= growing
            self._versions.update(self._rows.versions(sorted(growing)))

    def _refuse_pruned_versions(self, request: AppendRequest, versions: Sequence[int]) -> None:
        """Refuses a version that was removed: the index of what is kept does not know it."""
        if not self._rows.minimum():
            return
        newest = dict(self._rows.versions(sorted({each.stream for each in request.prepared})))
        for each, version in zip(request.prepared, versions, strict=True):
            if version <= newest.get(each.stream, 0):
                # What the unique index raises of a version that is kept, as a driver says it.
                raise IntegrityError(
                    f"stream {each.draft.stream}: version {version} exists already"
                )

    def _next_version(self, each: Prepared, versions: Sequence[int] | None, place: int) -> int:
        if versions is not None:
            return versions[place]
        found = self._versions.get(each.stream, 0)
        expected = each.draft.expected_version
        if expected is not None and expected != found:
            raise StreamConflict(each.draft.stream, expected, found)
        self._versions[each.stream] = found + 1
        return found + 1

    def _seal(self, each: Prepared, version: int) -> Receipt:
        draft, event_id, index, log = each.draft, each.event_id, self._index, self._log
        sealed = seal(
            self._origin, index, self._previous, self._recorded_text,
            each.stream_text, version, draft.kind, draft.body,
        )  # fmt: skip
        leaf = leaf_hash(sealed)
        self._records.append(
            (log, index, sealed, leaf, each.stream, version, draft.kind, event_id,
             self._recorded_at_us, each.occurred_at_us, draft.system)
        )  # fmt: skip
        if event_id is not None:
            self._sameness.append((log, event_id, draft.sameness, index))
            if not draft.fresh_event_id:
                self._known[event_id] = (draft.sameness, index)
        for disclosure in each.disclosures:
            self._disclosures.append((log, index, *disclosure))
        self._previous = leaf
        self._index = index + 1
        receipt = Receipt(
            Index(index), leaf, self._recorded_at, draft.stream, version, draft.event_id
        )
        self._new.append(receipt)
        self._leaves.append(leaf)
        return receipt

    def _with_first_receipts(
        self, request: AppendRequest, outcomes: list[Outcome | int]
    ) -> list[Outcome]:
        """Puts the first receipt of a fact where only its index stands."""
        repeated = {outcome for outcome in outcomes if isinstance(outcome, int)}
        if not repeated:
            return outcomes  # type: ignore[return-value]  # just found to hold no int
        start = self._found.size
        first = {index: self._new[index - start] for index in repeated if index >= start}
        for receipt in self._rows.receipts(sorted(repeated - first.keys())):
            first[receipt.index] = receipt
        minimum = 0 if repeated <= first.keys() else self._rows.minimum()
        return [
            _again(first, outcome, draft, minimum) if isinstance(outcome, int) else outcome
            for outcome, draft in zip(outcomes, request.drafts, strict=True)
        ]


def _repeated(draft: Draft, first: tuple[bytes | None, int]) -> Conflict | int:
    digest, index = first
    # What was erased of an event cannot be compared any more: its id alone decides.
    if digest is not None and digest in {draft.sameness, ERASED_DIGEST}:
        return index
    if draft.event_id is None:
        raise TypeError("only a draft with an event id can repeat one")
    return Conflict(draft.event_id, Index(index))


def _not_there(draft: Draft) -> VerificationError:
    return VerificationError(
        "MISSING", None, f"expected event id {draft.event_id}, part of which was erased, found none"
    )


def _again(first: Mapping[int, Receipt], index: int, draft: Draft, minimum: int) -> Receipt:
    receipt = first.get(index)
    if receipt is None and index < minimum:
        return Receipt(Index(index), None, None, None, None, draft.event_id, duplicate=True)
    if receipt is None:
        raise VerificationError(
            "MISSING", index, "expected the record of a known event id, found none"
        )
    return replace(receipt, duplicate=True)
