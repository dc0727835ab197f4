"""Gives rows their sealed bytes again where those are in an archive.

A row of `zegel_record` whose bytes were moved has an empty `sealed`. Whoever reads rows gets them
complete from here and need not know of any archive. The file of a segment must have the hash that
its manifest says, and is read by row groups: some of them are kept, so that memory is flat.

Whether the bytes are those that were sealed, the leaf hash beside them says, as for any row:
verification compares.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from operator import itemgetter
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import WeakKeyDictionary, ref

from sqlalchemy import Engine

from ledger.errors import FormatError, StoreUnavailable, VerificationError
from ledger.store.archived import ArchivedTable
from ledger.stored import RawRecord, StoredSegment

if TYPE_CHECKING:  # imported once something is archived: pyarrow takes as long as a small command
    from ledger.archive.manifest import SegmentManifest
    from ledger.archive.segment_file import SegmentReader

KEPT_FILES: Final = 4
KEPT_GROUPS: Final = 3
"""About 8,000 records each."""

_INDEX: Final = RawRecord._fields.index("index")
_SEALED: Final = RawRecord._fields.index("sealed")
_sealed_of = itemgetter(_SEALED)

Row = tuple[Any, ...]


class _File(NamedTuple):
    """The open file of a segment."""

    segment: StoredSegment
    reader: "SegmentReader | None"
    """`None`: it cannot be read at all."""
    fault: VerificationError | None
    """Why it is not the file that its manifest names."""
    stack: ExitStack


class _Run(NamedTuple):
    """Sealed bytes of consecutive records."""

    first: int
    sealed: Sequence[bytes]


class ArchivedBytes:
    """The sealed bytes of one log that its database does not hold; safe for many threads."""

    def __init__(self, engine: Engine, log_id: int) -> None:
        """Reads nothing before a row without bytes is met."""
        # Whoever reads holds the engine; held here too, it would never be given back.
        self._engine = ref(engine)
        self._log_id = log_id
        self._lock = Lock()
        self._files: OrderedDict[int, _File] = OrderedDict()
        self._reached: dict[int, int] = {}
        """Of each open file, the record that was asked for last."""
        self._groups: OrderedDict[tuple[int, int], _Run] = OrderedDict()

    def complete(self, rows: Sequence[Row], *, as_found: bool = False) -> Iterable[Row]:
        """The same rows; those whose bytes are in the archive with them.

        Args:
            rows: As the database has them.
            as_found: Also from a file that is not the one its manifest names, for whoever compares
                every byte; what cannot be read stays empty.

        Raises:
            StoreUnavailable: the archive cannot be reached.
            VerificationError: a file of it is not the one that its manifest names (MODIFIED).
        """
        if all(map(_sealed_of, rows)):
            return rows
        return self._completed(rows, as_found=as_found)

    def _completed(self, rows: Sequence[Row], *, as_found: bool) -> Iterator[Row]:
        run = _Run(0, ())
        for row in rows:
            index = row[_INDEX]
            if row[_SEALED] or not isinstance(index, int):
                yield row
                continue
            place = index - run.first
            if not 0 <= place < len(run.sealed):
                with self._lock:
                    run = self._run_with(index, as_found=as_found)
                place = index - run.first
            yield (*row[:_SEALED], run.sealed[place], *row[_SEALED + 1 :])

    def _run_with(self, index: int, *, as_found: bool) -> "_Run":
        """A run with this record; its bytes are empty where no archive holds them."""
        file = self._file(index, as_found=as_found)
        if file is None:  # somebody took them away
            return _Run(index, (b"",))
        if file.fault is not None and not as_found:
            self._forget(file)
            raise file.fault
        self._reached[file.segment.first] = index
        if file.reader is None:
            return _Run(index, (b"",))
        group, place = file.reader.place_of(index - file.segment.first)
        key = (file.segment.first, group)
        found = self._groups.get(key)
        if found is None:
            found = self._groups[key] = _Run(
                index - place, self._sealed(file.reader, group, as_found=as_found)
            )
            if len(self._groups) > KEPT_GROUPS:
                self._groups.popitem(last=False)
        else:
            self._groups.move_to_end(key)
        return found if place < len(found.sealed) else _Run(index, (b"",))

    @staticmethod
    def _sealed(reader: "SegmentReader", group: int, *, as_found: bool) -> Sequence[bytes]:
        try:
            return reader.sealed(group)
        except VerificationError:
            if not as_found:
                raise
            return ()

    def _forget(self, file: _File) -> None:
        self._files.pop(file.segment.first, None)
        self._reached.pop(file.segment.first, None)
        for key in [key for key in self._groups if key[0] == file.segment.first]:
            del self._groups[key]
        file.stack.close()

    def _open_file(self, index: int, *, as_found: bool) -> _File | None:
        """The open file with this record; a faulty one only for the reading that goes on in it."""
        for first, file in self._files.items():
            if file.segment.first <= index < file.segment.stop:
                goes_on = as_found and index > self._reached.get(first, -1)
                if file.fault is not None and not goes_on:
                    self._forget(file)  # it may have been put right: a new reading looks again
                    return None
                self._files.move_to_end(first)
                return file
        return None

    def _file(self, index: int, *, as_found: bool) -> _File | None:
        known = self._open_file(index, as_found=as_found)
        if known is not None:
            return known
        engine = self._engine()
        if engine is None:
            raise StoreUnavailable(f"record {index}: expected an open database, found a closed one")
        table = ArchivedTable(engine, self._log_id)
        segment = table.segment_of(index)
        if segment is None:
            return None
        opened = _opened(table, segment)
        self._files[segment.first] = opened
        if len(self._files) > KEPT_FILES:
            self._forget(next(iter(self._files.values())))
        return opened


def _opened(table: ArchivedTable, segment: StoredSegment) -> _File:
    from ledger.archive.archive import opened_records  # noqa: PLC0415 - see above
    from ledger.archive.place import ArchivePlace  # noqa: PLC0415 - likewise

    url = table.url()
    if url is None:
        raise StoreUnavailable(
            f"records {segment.first} to {segment.stop - 1}: expected the place of the archive "
            "that holds them, found none; `zegel archive place` says it"
        )
    with ExitStack() as stack:
        try:
            manifest = manifest_of(segment)
            reader, fault = stack.enter_context(opened_records(ArchivePlace(url), manifest))
        except (FormatError, VerificationError) as error:
            message = str(error)
            return _File(
                segment,
                None,
                VerificationError("MODIFIED", segment.first, message),
                stack.pop_all(),
            )
        return _File(segment, reader, fault, stack.pop_all())


def manifest_of(segment: StoredSegment) -> "SegmentManifest":
    """What the manifest of a stored segment says, whoever signed it.

    Raises:
        FormatError: it is none.
        VerificationError: it is that of other records (MODIFIED).
    """
    from ledger.archive.manifest import read_manifest  # noqa: PLC0415 - see above

    manifest = read_manifest(segment.manifest)
    if (manifest.first, manifest.stop) != segment[:2]:
        raise VerificationError(
            "MODIFIED",
            segment.first,
            f"zegel_archived_segment: expected a manifest of records {segment.first} to "
            f"{segment.stop - 1}, found one of {manifest.first} to {manifest.stop - 1}",
        )
    return manifest


_KNOWN: Final[WeakKeyDictionary[Engine, dict[int, ArchivedBytes]]] = WeakKeyDictionary()
_KNOWN_LOCK: Final = Lock()


def archived_bytes(engine: Engine, log_id: int) -> ArchivedBytes:
    """The archived bytes of a log, shared by whoever reads it through this engine."""
    with _KNOWN_LOCK:
        return _KNOWN.setdefault(engine, {}).setdefault(log_id, ArchivedBytes(engine, log_id))
