"""OCSF 1.9 in Parquet: the folders of a security lake, a source for each class of events.

A lake wants the events of one class below one source, all of the same columns. Which attributes the
events of a class have is known after the last one, so events wait in a file without a name until
then. Objects of OCSF are structs; `unmapped`, whose members differ, is JSON. The events are those
of OCSF as NDJSON, chained over all classes in the order of the index (`metadata.sequence`), the
last one about the export itself. A file holds a class on a day, in the order in which things
occurred.

Source: OCSF 1.9.0; Amazon Security Lake, "Collecting data from custom sources".
"""

import io
import re
import tempfile
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import IO, Any, Final

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from formats.export.lake import (
    LAKE_SETTINGS,
    METADATA_KEY,
    PARQUET_SETTINGS,
    ending_file,
    lake_day,
    lake_path,
    part_facts,
)
from formats.export.ocsf import chained_events
from formats.export.writing import ExportFormat, Provenance, Records
from formats.json_form import encode_json
from ledger.errors import BadRequest

MOST_EVENTS: Final = 65_536
"""Of one file; a day with more has several."""
_WIDTH: Final = 4
"""Numbers kept of each event: its time, its place in the log, and where it waits."""
_PROBED: Final = 512
"""Events of a class whose attributes are looked at together."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NO_LETTERS: Final = re.compile(r"[^a-z0-9]+")
_decode = msgspec.json.Decoder(dict[str, Any]).decode

Event = dict[str, Any]
Schema = Any
"""Of Arrow; pyarrow has no types."""


def write(_records: Records, _provenance: Provenance) -> Iterator[bytes]:
    """Never anything: one file cannot hold classes with columns of their own.

    Raises:
        BadRequest: always.
    """
    raise BadRequest("ocsf-lake: expected a folder for the sources of a lake, found one file")


def write_tree(records: Records, provenance: Provenance) -> Iterator[tuple[str, bytes]]:
    """Path and content of each file, by class and day; then the one that says how it ended."""
    with tempfile.TemporaryFile() as spool:
        waiting = _Waiting(spool)
        for raw in chained_events(records, provenance):
            waiting.add(raw)
        yield from waiting.files(provenance)
    yield ending_file(records, provenance)


class _Waiting:
    """Events that wait until the columns of their class are known."""

    def __init__(self, spool: IO[bytes]) -> None:
        self._spool = spool
        self._end = 0
        self._places: defaultdict[tuple[str, str], array[int]] = defaultdict(lambda: array("q"))
        self._probes: defaultdict[str, list[Event]] = defaultdict(list)
        self._schemas: dict[str, Schema] = {}

    def add(self, raw: bytes) -> None:
        """Takes one event."""
        event = _row(raw)
        name = _NO_LETTERS.sub("-", event["class_name"].lower()).strip("-")
        time = event["time"]
        day = lake_day(_EPOCH + timedelta(milliseconds=time))
        numbers = (time, event["metadata"]["sequence"], self._end, len(raw))
        self._places[name, day].extend(numbers)
        self._spool.write(raw)
        self._end += len(raw)
        probe = self._probes[name]
        probe.append(event)
        if len(probe) >= _PROBED:
            self._probe(name)

    def _probe(self, name: str) -> None:
        """Adds the attributes of the events that were not looked at yet to those of their class."""
        found = pa.Table.from_pylist(self._probes.pop(name)).schema
        known = self._schemas.get(name)
        both = [found] if known is None else [known, found]
        self._schemas[name] = pa.unify_schemas(both, promote_options="permissive")

    def files(self, provenance: Provenance) -> Iterator[tuple[str, bytes]]:
        """The files of all classes and days."""
        for name in list(self._probes):
            self._probe(name)
        chosen = provenance.settings
        for (name, day), numbers in sorted(self._places.items(), key=lambda each: each[0]):
            rows = sorted(tuple(numbers[at : at + _WIDTH]) for at in range(0, len(numbers), _WIDTH))
            for start in range(0, len(rows), MOST_EVENTS):
                part = rows[start : start + MOST_EVENTS]
                indexes = [row[1] for row in part]
                source = f"{chosen['source']}-{name}"
                path = lake_path(chosen, source, day, min(indexes), max(indexes))
                yield path, self._file(self._schemas[name], part, provenance)

    def _file(
        self, schema: Schema, part: Sequence[tuple[int, ...]], provenance: Provenance
    ) -> bytes:
        memory = io.BytesIO()
        with pq.ParquetWriter(memory, schema, **PARQUET_SETTINGS) as writer:
            for start in range(0, len(part), _PROBED):
                events = [self._read(*row[2:]) for row in part[start : start + _PROBED]]
                writer.write_table(pa.Table.from_pylist(events, schema=schema))
            writer.add_key_value_metadata({METADATA_KEY: part_facts(provenance, len(part))})
        return memory.getvalue()

    def _read(self, start: int, length: int) -> Event:
        self._spool.seek(start)
        return _row(self._spool.read(length))


def _row(raw: bytes) -> Event:
    event = _decode(raw)
    if "unmapped" in event:
        event["unmapped"] = encode_json(event["unmapped"])
    return event


EXPORT: Final = ExportFormat(
    name="ocsf-lake",
    title="OCSF 1.9 in Parquet, the folders of a security lake, a source for each class",
    suffix=".parquet",
    media_type="application/vnd.apache.parquet",
    write=write,
    write_tree=write_tree,
    needs_folder=True,
    is_text=False,
    settings=LAKE_SETTINGS,
)
