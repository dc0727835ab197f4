"""Declares during which stretches systems were watched: then their silence means something.

A system is covered while all its watched sources are connected and read to their end. A stretch is
declared when it ends and at least every hour, no moment twice, and never one for which nobody can
say it: after a kill, a stretch ends where it was last noted.
"""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from cli.watching.recorder import COLLECTOR
from ledger.errors import StoreUnavailable
from ledger.events.log_integrity import LogSourceCoverageDeclared
from ledger.own_records import SOURCES
from ledger.private_files import replace_file

if TYPE_CHECKING:
    from ledger.ledger import Ledger

FOLDER: Final = "_coverage"
"""Beside the folders of sources, whose names never begin like this."""

DECLARED_EVERY: Final = timedelta(hours=1)
NOTED_EVERY: Final = timedelta(seconds=30)
LAG: Final = timedelta(seconds=5)
"""How long a fact may be on its way from the program that tells it to where it is read."""


class Stretch(Struct, kw_only=True, omit_defaults=True):
    """What is remembered of the coverage of one system in one log."""

    origin: str
    begins: datetime | None = None
    """Of what is not declared yet; `None`: nothing is covered now."""
    until: datetime | None = None
    """Up to when it was seen."""
    declaring: tuple[datetime, datetime] | None = None
    """What is about to be recorded: decided before, so that a crash tells it once."""


class Coverage:
    """The coverage of one system; safe to use from the threads of its sources."""

    def __init__(self, ledger: "Ledger", home: Path, system: str, sources: Sequence[str]) -> None:
        """Reads what an earlier run noted; records nothing.

        Args:
            ledger: Where stretches are declared.
            home: The folder of the home.
            system: Whose coverage it is.
            sources: The names of all its sources.
        """
        self._ledger, self._system = ledger, system
        self._path = home / "watch" / FOLDER / f"{system}.json"
        self._reached: dict[str, datetime | None] = dict.fromkeys(sources)
        self._alone = threading.Lock()
        self._stretch = self._kept()
        self._noted_until = self._stretch.until
        self._was_interrupted = self._stretch.begins is not None

    def reached(self, source: str, until: datetime | None) -> None:
        """Takes up to when a source was read to its end; `None`: it is not there.

        Raises:
            StoreUnavailable: the database or the disk cannot be written; call again.
        """
        with self._alone:
            self._declare_planned()
            if self._was_interrupted:
                self._end()  # the stretch of a run that ended without a word
                self._was_interrupted = False
            self._reached[source] = until
            every = list(self._reached.values())
            common = None if None in every else min(each for each in every if each is not None)
            if common is None:
                self._end()
            else:
                self._extend(common)

    def end(self) -> None:
        """Declares what is left, as nothing is watched any more.

        Raises:
            StoreUnavailable: as `reached`.
        """
        with self._alone:
            self._end()

    def _extend(self, reached: datetime) -> None:
        stretch = self._stretch
        begins = stretch.begins = stretch.begins or reached
        until = stretch.until = max(begins, reached - LAG)
        if until - begins >= DECLARED_EVERY:
            self._declare(begins, until)
            stretch.begins = until
            self._note()
        elif self._noted_until is None or until - self._noted_until >= NOTED_EVERY:
            self._note()

    def _end(self) -> None:
        self._declare_planned()
        stretch = self._stretch
        if stretch.begins is None or stretch.until is None:
            return
        if stretch.begins < stretch.until:
            self._declare(stretch.begins, stretch.until)
        stretch.begins = stretch.until = None
        self._note()

    def _declare_planned(self) -> None:
        """Records the stretch that was decided on, where a crash or a database came between."""
        stretch = self._stretch
        if stretch.declaring is not None:
            _, until = stretch.declaring
            self._declare(*stretch.declaring)
            if stretch.begins is not None:
                stretch.begins = max(stretch.begins, until)

    def _declare(self, begins: datetime, until: datetime) -> None:
        """Records one stretch, once: its id follows from where it begins."""
        self._stretch.declaring = (begins, until)
        self._note()
        identity = f"coverage\0{self._system}\0{begins.isoformat()}".encode()
        self._ledger.record_own_once(
            LogSourceCoverageDeclared(
                event_id=self._ledger.derive_id(None, sha256(identity).digest()),
                occurred_at=until,
                system=SOURCES,
                collector=COLLECTOR,
                source=self._system,
                covered_from=begins,
                covered_until=until,
            )
        )
        self._stretch.declaring = None

    def _note(self) -> None:
        self._noted_until = self._stretch.until
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(self._path, msgspec.json.encode(self._stretch))
        except OSError as error:
            raise StoreUnavailable(f"{self._path} cannot be written: {error.strerror}") from error

    def _kept(self) -> Stretch:
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=Stretch)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return Stretch(origin=self._ledger.origin)
        return kept if kept.origin == self._ledger.origin else Stretch(origin=self._ledger.origin)


def not_declared(_until: datetime | None) -> None:
    """Of a source whose owner does not want its coverage declared: nothing is."""
