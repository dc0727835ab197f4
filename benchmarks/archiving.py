"""Writing and verifying an archive, beside reading the same rows and one SHA-256 each."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import reading
from benchmarks.comparison import Comparison, Footprint, constant
from benchmarks.databases import ORIGIN, Place
from benchmarks.histories import History
from benchmarks.measuring import Side, Work, in_turns
from benchmarks.storage import table_bytes
from ledger.archive.archive_check import check_archive
from ledger.archive.place import ArchivePlace
from ledger.archive.writing import ArchiveWriter


def archive(log: History, name: str, rounds: int) -> Comparison:
    """A whole log into segments, and those segments verified."""
    with TemporaryDirectory(prefix="zegel-bench-") as folder:
        write_archive(log.place, folder)
        sides = [
            Side("Zegel: segments written and signed", partial(_writing, log.place)),
            Side("Zegel: segments verified", partial(_verifying, log.place, folder)),
            Side(
                "same driver, rows and one SHA-256",
                constant(lambda: reading.rows_hashed(log.place)),
            ),
        ]
        rates = in_turns(sides, rounds)
    return Comparison(f"Archive, {log.name}, {name}", "records/s", rates)


def database_bytes(log: History, name: str) -> Footprint:
    """What the tables of a log take with their indexes."""
    return Footprint("stored in the database", name, log.size, sum(table_bytes(log.place).values()))


def archive_bytes(log: History, name: str) -> Footprint:
    """What its sealed records take in an archive."""
    with TemporaryDirectory(prefix="zegel-bench-") as folder:
        write_archive(log.place, folder)
        found = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    return Footprint("stored in an archive", name, log.size, found)


def write_archive(place: Place, folder: str) -> int:
    """How many records stand in a new archive of a log."""
    signing = place.signing
    with closing(place.open_ledger()) as ledger:
        writer = ArchiveWriter(
            ledger.log, signing.terms(), lambda: signing.current(lambda: None), ArchivePlace(folder)
        )
        planned = writer.planned(None, unfinished=True)
        return sum(writer.write(one).manifest.size for one in planned)


@contextmanager
def _writing(place: Place) -> Iterator[Work]:
    with TemporaryDirectory(prefix="zegel-bench-") as folder:
        yield lambda: write_archive(place, folder)


@contextmanager
def _verifying(place: Place, folder: str) -> Iterator[Work]:
    yield lambda: check_archive(folder, ORIGIN, place.signing.terms()).records_checked
