"""What the verifications of a home found last: a file that is replaced as a whole.

    verification/last.json

It is a note of the verifier to itself and to whoever shows how the log stands. It proves nothing:
whoever doubts it verifies the log.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import msgspec

from ledger.errors import StoreUnavailable
from ledger.events.log_integrity import AnchorKind
from ledger.private_files import read_private_file, replace_file
from ledger.verdicts import Verdict
from ledger.verification.findings import Finding, Outcome

_WHAT: Final = "verification record"


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """The first thing that was not as it was sealed."""

    verdict: Verdict
    index: int | None
    """The record that it is about; `None`: the head."""
    last_index: int | None
    """The last record of a range that begins at `index`; `None`: that one record."""
    place: str
    expected: str
    found: str

    @classmethod
    def of(cls, finding: Finding) -> "Fault":
        """The fault that a finding tells of."""
        return cls(
            verdict=finding.verdict,
            index=finding.index,
            last_index=finding.last_index,
            place=finding.place,
            expected=finding.expected,
            found=finding.found,
        )


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One verification that came to its end."""

    began_at: datetime
    ended_at: datetime
    outcome: Outcome
    first_index: int
    """Where it began; the records before were taken for verified."""
    size: int
    """How many records the log had when it began."""
    root: str | None
    """Of the tree of all of them, 64 hexadecimal digits; `None` where nobody could tell."""
    records_checked: int
    disclosures_checked: int
    signed_size: int | None
    """The size of the newest checkpoint that holds; `None` without one."""
    fault: Fault | None = None
    faults: int = 0
    through: "SeenThrough | None" = None
    """Up to where a log of checkpoints anchors the log; `None`: none does."""


class SeenThrough(msgspec.Struct, frozen=True, kw_only=True):
    """The largest checkpoint that independent parties saw through a log of checkpoints."""

    size: int
    anchored_at: datetime
    parties: int
    """How many of them saw it."""


class AnchoredBy(msgspec.Struct, frozen=True, kw_only=True):
    """The last checkpoint that an independent party saw, as its evidence says."""

    kind: AnchorKind
    authority: str
    size: int
    anchored_at: datetime


class Anchored(msgspec.Struct, frozen=True, kw_only=True):
    """Up to where independent parties vouch for the log."""

    asked: int
    """How many parties the settings name."""
    size: int
    """Records that as many parties saw as the settings ask for; 0: none."""
    anchored_at: datetime | None
    """When the last of these parties saw them, by its own clock."""
    by: tuple[AnchoredBy, ...]
    waiting_since: datetime | None
    """When the first record after them was recorded; `None`: there is none."""


class VerificationRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What was found last, by each kind of verification."""

    format: Literal["zegel/verification-record"] = "zegel/verification-record"
    version: Literal[1] = 1
    origin: str
    note: str | None = None
    """The newest checkpoint that was found to hold: from there the next verification goes on."""
    since: Run | None = None
    """The last one of what was new."""
    full: Run | None = None
    """The last one of everything."""
    anchored: Anchored | None = None


class RecordKeeper:
    """The record of one log: in memory, and in its file for who comes later."""

    def __init__(self, path: Path, origin: str) -> None:
        """Reads nothing yet."""
        self.path = path
        self._origin = origin
        self._lock = threading.Lock()
        self._unwritten: VerificationRecord | None = None

    def read(self) -> VerificationRecord:
        """What was found last; a record of nothing where there is none, or one of another log.

        Raises:
            StoreUnavailable: it cannot be read, or others can.
        """
        if self._unwritten is not None:
            return self._unwritten
        fresh = VerificationRecord(origin=self._origin)
        if not self.path.exists():
            return fresh
        try:
            found = _DECODER.decode(read_private_file(self.path, _WHAT))
        except msgspec.DecodeError:  # what it would tell is found anew by verifying
            return fresh
        return found if found.origin == self._origin else fresh

    def change(self, changed: Callable[[VerificationRecord], VerificationRecord]) -> None:
        """Puts something else in the place of what was found last; durable on return.

        Raises:
            StoreUnavailable: it cannot be written; until it can, this process remembers it.
        """
        with self._lock:
            new = changed(self.read())
            self._unwritten = new
            try:
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                replace_file(self.path, msgspec.json.format(msgspec.json.encode(new)))
            except OSError as error:
                raise StoreUnavailable(
                    f"{_WHAT} {self.path} cannot be written: {error.strerror}"
                ) from error
            self._unwritten = None


def keeper_of(folder: Path, origin: str) -> RecordKeeper:
    """The keeper of the record in the folder of a home."""
    return RecordKeeper(folder / "verification" / "last.json", origin)


_DECODER: Final = msgspec.json.Decoder(VerificationRecord)
