"""What a signer has signed last: a file outside the database, changed by compare-and-swap.

Invariants: a file is replaced as a whole and durable before anything relies on it; one process at a
time works with it; a state is only replaced by whoever read it.
"""

import fcntl
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Self

import msgspec

from ledger.errors import StoreUnavailable, VerificationError
from ledger.merkle import Frontier
from ledger.private_files import read_private_file, replace_file, write_new_file
from ledger.record import NO_PREVIOUS
from ledger.units import HASH_BYTES, Hash32
from ledger.verification.start import BEFORE_ALL_TIME, Start

LOCK_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.02
_WHAT: Final = "signer state"


@dataclass(frozen=True, slots=True)
class SignerState:
    """The last checkpoint of a signer, with all it needs to continue from there."""

    origin: str
    start: Start
    """The tree that was signed, the leaf hash of its last record, and the time of that."""
    note: bytes | None
    """The signed note; `None` before the first."""
    signed_at_us: int
    """When, microseconds since 1970-01-01T00:00:00Z; 0 before the first."""

    @classmethod
    def initial(cls, origin: str) -> Self:
        """That of a signer that has signed nothing yet."""
        return cls(origin, Start(Frontier.empty(), NO_PREVIOUS, BEFORE_ALL_TIME), None, 0)

    @property
    def size(self) -> int:
        """How many records were signed."""
        return self.start.frontier.size


class _Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file holds; bytes in base64."""

    format: Literal["zegel/signer-state"] = "zegel/signer-state"
    version: Literal[1] = 1
    origin: str
    size: int
    root: str
    frontier: str
    last_leaf: str
    recorded_at_us: int
    signed_at_us: int
    note: str | None


class StateFile:
    """The state of one signer on disk."""

    def __init__(self, path: Path, lock_seconds: float = LOCK_SECONDS) -> None:
        """Touches nothing yet."""
        self.path = path
        self._lock_seconds = lock_seconds

    def create(self, origin: str) -> None:
        """Makes the state of a signer that has signed nothing; an existing one stays.

        Raises:
            StoreUnavailable: it cannot be written.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_new_file(self.path, _encode(SignerState.initial(origin)))
        except OSError as error:
            if not self.path.exists():
                raise self._unwritable(error) from error

    @contextmanager
    def locked(self) -> Iterator[SignerState]:
        """The state, which no other process changes before the block ends.

        Raises:
            StoreUnavailable: there is none, it is damaged, or another signer does not let go.
        """
        if not self.path.exists():
            raise StoreUnavailable(
                f"{_WHAT} {self.path}: expected what was signed last, found no file; restore it "
                "from its backup: a signer without it could be led to sign another history"
            )
        with self.path.with_suffix(".lock").open("wb") as lock:
            self._acquire(lock.fileno())
            yield self.read()

    def read(self) -> SignerState:
        """The state as it stands.

        Raises:
            StoreUnavailable: it cannot be read, is open to others, or damaged.
        """
        content = read_private_file(self.path, _WHAT)
        try:
            return _decode(content)
        except (ValueError, VerificationError) as error:  # both of msgspec's are ValueErrors
            raise StoreUnavailable(
                f"{_WHAT} {self.path}: expected a state of this version, found: {error}"
            ) from error

    def replace(self, expected: SignerState, new: SignerState) -> None:
        """Puts the new state in the place of the expected one; durable on return.

        Raises:
            StoreUnavailable: another state stands there, or it cannot be written.
        """
        found = self.read()
        if found != expected:
            raise StoreUnavailable(
                f"{_WHAT} {self.path}: expected size {expected.size} as it was read, found size "
                f"{found.size}: another signer uses it; nothing was signed"
            )
        try:
            replace_file(self.path, _encode(new))
        except OSError as error:
            raise self._unwritable(error) from error

    def _acquire(self, descriptor: int) -> None:
        until = time.monotonic() + self._lock_seconds
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() >= until:
                    raise StoreUnavailable(
                        f"{_WHAT} {self.path}: another signer holds it; nothing was signed"
                    ) from error
                time.sleep(_POLL_SECONDS)
            else:
                return

    def _unwritable(self, error: OSError) -> StoreUnavailable:
        return StoreUnavailable(f"{_WHAT} {self.path} cannot be written: {error.strerror}")


def _encode(state: SignerState) -> bytes:
    start = state.start
    document = _Document(
        origin=state.origin,
        size=start.frontier.size,
        root=_text(start.frontier.root()),
        frontier=_text(start.frontier.to_bytes()),
        last_leaf=_text(start.last_leaf),
        recorded_at_us=start.recorded_at_us,
        signed_at_us=state.signed_at_us,
        note=None if state.note is None else state.note.decode("utf-8"),
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _decode(content: bytes) -> SignerState:
    document = msgspec.json.decode(content, type=_Document)
    frontier = Frontier.from_bytes(document.size, _bytes(document.frontier))
    last_leaf = Hash32(_bytes(document.last_leaf))
    if len(last_leaf) != HASH_BYTES or frontier.root() != _bytes(document.root):
        raise ValueError("its frontier does not lead to its root")
    note = None if document.note is None else document.note.encode()
    start = Start(frontier, last_leaf, document.recorded_at_us)
    return SignerState(document.origin, start, note, document.signed_at_us)


def _text(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")


def _bytes(text: str) -> bytes:
    return b64decode(text, validate=True)
