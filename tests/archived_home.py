"""A sealed log with an archive of small segments, in a folder beside it."""

from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from ledger.archive import Archive, layout, open_archive
from ledger.archive.place import ArchivePlace
from ledger.archive.writing import ArchiveWriter
from ledger.archiving import carry_out, movable, record_decision, undone
from ledger.ledger import Ledger
from ledger.store.archived import ArchivedTable
from tests.sealed_home import ORIGIN, SealedHome, without_passphrase

SEGMENT: Final = 64
"""Records in each segment: many segments of a log that is made in no time."""


class ArchivedHome(SealedHome):
    """A log whose first records are in an archive."""

    def __init__(self, database_url: str, folder: Path, patch: pytest.MonkeyPatch) -> None:
        super().__init__(database_url, folder)
        patch.setattr(layout, "SEGMENT_RECORDS", SEGMENT)
        self.place = str(folder / "archive")

    def write_archive(self) -> int:
        """Writes every full segment; how many records those hold."""
        with closing(self.open()) as ledger:
            place = ArchivePlace(self.place)
            writer = ArchiveWriter(
                ledger.log,
                self.signing.terms(),
                lambda: self.signing.current(without_passphrase),
                place,
            )
            planned = writer.planned(None, unfinished=False)
            for segment in planned:
                writer.write(segment)
            ArchivedTable(ledger.log.engine, ledger.log.log_id).remember(place.absolute)
        return planned[-1].stop

    def archive(self) -> Archive:
        """The archive, opened."""
        return open_archive(self.place, ORIGIN, self.signing.terms())

    def move(self) -> None:
        """Lets the sealed bytes of all full segments leave the database."""
        self.decide()
        self.carry_out()

    def decide(self) -> None:
        """A signed decision to move the sealed bytes of all full segments."""
        archive = self.archive()
        with closing(self.open()) as ledger:
            segments = movable(ledger.log, archive)
            record_decision(ledger, archive, segments, decided_by="person:dpo", reason=None)
        self.seal()

    def carry_out(self) -> int:
        """Of how many records the newest decision moved the bytes."""
        with closing(self.open()) as ledger:
            decision = undone(ledger.log)
            if decision is None:
                return 0
            return carry_out(ledger, self.archive(), decision, self.signing.terms())

    def size(self) -> int:
        """How many records there are."""
        with closing(self.open()) as ledger:
            return _size(ledger)


def _size(ledger: Ledger) -> int:
    return int(ledger.head().size)
