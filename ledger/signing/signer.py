"""Signs the log: reads again what was added since the last checkpoint, then states the new root.

Before anything is signed: the records since the last checkpoint are hashed again and must follow
the last signed record; the log must not be shorter than what was signed; stored leaf hashes and
tiles must lead to the new root.

Crash order: tiles, state file, checkpoint row. Tiles are derived and can be written again. Once the
state is durable, the signer stands by that checkpoint and will never sign another history, even if
nobody has seen it yet; the next run publishes it first. The other way round, a crash could leave a
published checkpoint that the signer does not remember, and a restored database could lead it to
sign a fork of that.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.errors import StoreUnavailable, VerificationError
from ledger.merkle import Frontier
from ledger.notes.checkpoint import Checkpoint, decode_checkpoint, encode_checkpoint
from ledger.notes.note_signing import NoteSigner
from ledger.notes.signed_note import UnverifiedNote, decode_note, encode_note
from ledger.record import decode_record, leaf_hash
from ledger.signing.signer_state import SignerState, StateFile
from ledger.store.checkpoints import CheckpointTable
from ledger.store.requests import instant_of, microseconds
from ledger.store.sealed_log import SealedLog
from ledger.store.tiles import TileTable
from ledger.stored import Head, StoredCheckpoint
from ledger.units import Clock, Hash32, Size
from ledger.verification.body_copies import microseconds_of
from ledger.verification.log_check import verify_records
from ledger.verification.start import BEFORE_ALL_TIME, Start

CurrentKey = Callable[[], NoteSigner]
"""Gives the key that signs."""

Heartbeat = Callable[[SignerState], None]
"""Records that nothing happened since a checkpoint, so that there is something to sign."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one run of the signer gave."""

    checkpoint: Checkpoint
    note: bytes
    signed_at: datetime
    new_records: int
    """How many were read again and signed now; 0 when there was nothing new."""
    is_new: bool
    """Whether a checkpoint was made; otherwise this is the last one."""


class Signer:
    """Signs one log with its current key."""

    def __init__(self, log: SealedLog, key: CurrentKey, state: StateFile, clock: Clock) -> None:
        """Reads and writes nothing yet; the key is read each time, as it may be replaced."""
        self._log = log
        self._key = key
        self._state = state
        self._clock = clock
        self._checkpoints = CheckpointTable(log.engine, log.log_id)
        self._tiles = TileTable(log)

    def seal(
        self, *, heartbeat: Heartbeat | None = None, heartbeat_s: float = 3600.0
    ) -> Sealed | None:
        """A checkpoint over everything that is stored; durable and published on return.

        Args:
            heartbeat: Records that the log is idle, when the last checkpoint is too old and nothing
                is new; without it an idle log is not signed again.
            heartbeat_s: How old the last checkpoint may become, in seconds.

        Returns:
            The new checkpoint, the last one when nothing is new, or `None` for a log that has no
            records and was never sealed.

        Raises:
            VerificationError: the log is not a sound continuation of what was signed (TRUNCATED,
                ROLLED_BACK, FORK, MODIFIED, …); nothing was signed.
            StoreUnavailable: database, key or state cannot be used; nothing was signed.
        """
        with self._state.locked() as known:
            self._continue(known)
            if heartbeat is not None and self._is_idle(known, heartbeat_s):
                heartbeat(known)
            return self._seal(known, self._log.head(), ())

    def seal_boundary(self, successor: NoteSigner, hand_over: Callable[[Sealed], None]) -> Sealed:
        """A checkpoint that the current key and its successor sign both; see `seal`.

        Args:
            successor: The new key.
            hand_over: Makes it the current one; nothing else is signed before it returns.
        """
        with self._state.locked() as known:
            self._continue(known)
            sealed = self._seal(known, self._log.head(), (successor,))
            if sealed is None:
                raise StoreUnavailable(f"{self._log.origin}: expected records to sign, found none")
            hand_over(sealed)
            return sealed

    def _continue(self, known: SignerState) -> None:
        """Returns only if the log still holds what was signed, published or not."""
        if known.origin != self._log.origin:
            raise StoreUnavailable(
                f"signer state: expected that of {self._log.origin}, found that of {known.origin}"
            )
        head = self._log.head()
        if head.size < known.size:
            raise self._shorter(known, head)
        self._require_last_record(known, head)
        if known.note is not None:
            self._publish(known, known.note)

    def _shorter(self, known: SignerState, head: Head) -> VerificationError:
        return VerificationError(
            self._checkpoints.loss_of(known.size),
            head.size,
            f"expected at least the {known.size} records that were signed, found {head.size}; "
            "nothing was signed. A log that lost signed records cannot be continued: keep it as "
            "evidence and begin a new one",
        )

    def _require_last_record(self, known: SignerState, head: Head) -> None:
        """Returns only if the last signed record is there as it was signed.

        Its leaf hash commits to every record before it, so no rewritten history passes here.
        """
        if known.size == 0:
            return
        minimum = self._log.beginning().frontier.size
        if known.size <= minimum:
            raise StoreUnavailable(
                f"signer state: expected one over more than {minimum} records, as those were "
                f"pruned, found one over {known.size}: restore the newest state; nothing was signed"
            )
        rows = list(self._log.scan_raw(known.size - 1, known.size + 1))
        expected = known.start.last_leaf
        if not rows or rows[0].index != known.size - 1:
            raise VerificationError("MISSING", known.size - 1, "expected a record, found none")
        found = leaf_hash(rows[0].sealed)
        # What follows says which leaf the log of today believes in.
        follows = decode_record(rows[1].sealed).previous if rows[1:] else head.last_leaf_hash
        if found == expected == follows:
            return
        verdict = "MODIFIED" if follows == expected else "FORK"
        raise VerificationError(
            verdict,
            known.size - 1,
            f"expected the signed leaf hash {expected.hex()}, found {found.hex()}, "
            f"followed by {follows.hex()}; nothing was signed",
        )

    def _is_idle(self, known: SignerState, heartbeat_s: float) -> bool:
        age_s = (microseconds(self._clock()) - known.signed_at_us) / 1_000_000
        return (
            known.note is not None and age_s >= heartbeat_s and self._log.head().size == known.size
        )

    def _seal(
        self, known: SignerState, head: Head, successors: Sequence[NoteSigner]
    ) -> Sealed | None:
        frontier = self._verified(known, head)
        if head.size == known.size and not successors:
            return _last(known)
        signers = (self._key(), *successors)
        self._tiles.fill(frontier)
        checkpoint = Checkpoint(self._log.origin, head.size, frontier.root())
        text = encode_checkpoint(checkpoint)
        note = encode_note(UnverifiedNote(text, tuple(each.sign(text) for each in signers)))
        signed_at = self._clock()
        newest_us = (
            BEFORE_ALL_TIME
            if head.last_recorded_at is None
            else microseconds_of(head.last_recorded_at)
        )
        start = Start(frontier, head.last_leaf_hash, newest_us)
        state = SignerState(self._log.origin, start, note, microseconds(signed_at))
        self._state.replace(known, state)
        self._publish(state, note)
        return Sealed(checkpoint, note, signed_at, head.size - known.size, is_new=True)

    def _verified(self, known: SignerState, head: Head) -> Frontier:
        """The frontier of the whole log, once every record since the state was hashed again."""
        rows = self._log.scan_raw(known.size, head.size)
        report = verify_records(self._log.origin, head, rows, known.start)
        fault = report.first_fault
        if fault is not None:
            raise VerificationError(fault.verdict, fault.index, f"{fault}; nothing was signed")
        return Frontier(Size(head.size), tuple(map(Hash32, head.frontier)))

    def _publish(self, state: SignerState, note: bytes) -> None:
        """Stores the checkpoint of a state unless it is stored already."""
        if any(bytes(row.note) == note for row in self._checkpoints.of_size(state.size)):
            return
        root = state.start.frontier.root()
        self._checkpoints.add(StoredCheckpoint(state.size, state.signed_at_us, root, note))


def _last(known: SignerState) -> Sealed | None:
    if known.note is None:
        return None
    checkpoint = decode_checkpoint(decode_note(known.note).text)
    return Sealed(checkpoint, known.note, instant_of(known.signed_at_us), 0, is_new=False)
