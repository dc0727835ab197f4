"""A C2SP witness for tests: HTTP on loopback, status codes of tlog-witness v1.0.0.

It shares with the client only what makes and reads notes. Invariant: it checks and persists under
one lock, and persists (written beside, synced, renamed, folder synced) before it answers.
"""

import json
import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ledger.errors import FormatError, VerificationError
from ledger.notes.checkpoint import VerifiedCheckpoint, open_checkpoint
from ledger.notes.note_keys import VerifierKey
from ledger.notes.note_signing import Cosigner
from ledger.notes.signed_note import encode_signature_line
from ledger.notes.spelling import decode_decimal, decode_hash
from ledger.proofs import verify_consistency
from ledger.units import Clock, Hash32, utc_now
from tests.loopback_server import Answer, Request


@dataclass(frozen=True)
class AddCheckpoint:
    """A parsed request."""

    old: int
    proof: list[Hash32]
    note: bytes


def parse_request(body: bytes) -> AddCheckpoint:
    """The parts of an `add-checkpoint` body.

    Raises:
        FormatError: it has another form.
    """
    head, separator, note = body.partition(b"\n\n")
    first, *hashes = head.decode("ascii", "replace").split("\n")
    if not separator or not first.startswith("old "):
        raise FormatError("request", "old size, proof, empty line, checkpoint", repr(body[:40]))
    if len(hashes) > 63:
        raise FormatError("request", "at most 63 hashes", str(len(hashes)))
    return AddCheckpoint(
        decode_decimal(first.removeprefix("old "), "old size"),
        [decode_hash(line, "proof") for line in hashes],
        note,
    )


@dataclass
class WitnessState:
    """The latest cosigned checkpoint of each origin, in a file."""

    path: Path

    def read(self) -> dict[str, tuple[int, bytes]]:
        """Size and root by origin."""
        if not self.path.exists():
            return {}
        found = json.loads(self.path.read_text())
        return {origin: (size, bytes.fromhex(root)) for origin, (size, root) in found.items()}

    def write(self, latest: dict[str, tuple[int, bytes]]) -> None:
        """Durable on return, or unchanged."""
        content = json.dumps({name: (size, root.hex()) for name, (size, root) in latest.items()})
        beside = self.path.with_suffix(".new")
        with beside.open("w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@dataclass
class TestWitness:
    """A witness that knows these log keys, by origin."""

    __test__ = False

    cosigner: Cosigner
    state: WitnessState
    log_keys: Iterable[VerifierKey]
    clock: Clock = utc_now
    requests: list[AddCheckpoint] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def respond(self, request: Request) -> Answer:
        """The answer to an HTTP request."""
        if request.path != "/add-checkpoint":
            return Answer(404)
        try:
            asked = parse_request(request.body)
            self.requests.append(asked)
            origin = asked.note.partition(b"\n")[0].decode()
            keys = [key for key in self.log_keys if key.name == origin]
            if not keys:
                return Answer(404, b"unknown origin\n")
            checkpoint = open_checkpoint(asked.note, keys)
        except (FormatError, UnicodeDecodeError) as error:
            return Answer(400, f"{error}\n".encode())
        except VerificationError as error:
            return Answer(403, f"{error}\n".encode())
        with self.lock:
            return self._checked(asked, checkpoint)

    def _checked(self, asked: AddCheckpoint, checkpoint: VerifiedCheckpoint) -> Answer:
        if asked.old > checkpoint.size:
            return Answer(400, b"old is larger than the checkpoint\n")
        latest = self.state.read()
        size, root = latest.get(checkpoint.origin, (0, b""))
        if asked.old != size or (size and size == checkpoint.size and root != checkpoint.root):
            return Answer(409, f"{size}\n".encode(), "text/x.tlog.size")
        try:
            _check_proof(asked, root, checkpoint)
        except VerificationError as error:
            return Answer(422, f"{error}\n".encode())
        self.state.write({**latest, checkpoint.origin: (checkpoint.size, checkpoint.root)})
        line = self.cosigner.cosign(checkpoint.note.text, int(self.clock().timestamp()))
        return Answer(200, encode_signature_line(line).encode())


def _check_proof(asked: AddCheckpoint, root: bytes, checkpoint: VerifiedCheckpoint) -> None:
    if asked.old:
        verify_consistency(asked.old, root, checkpoint.size, checkpoint.root, asked.proof)
    elif asked.proof:
        raise VerificationError("FORK", None, "a proof from nothing must be empty")
