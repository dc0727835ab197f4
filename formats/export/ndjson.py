"""Native NDJSON: the records as `zegel log --json` shows them, and a last line about them.

The last line is the only one with the key `export`; it says whether all records are there, and of
which log, size and root they are.
"""

from collections.abc import Iterator
from typing import Final

from formats.export.writing import ExportFormat, Provenance, Records, closing_facts
from formats.json_form import encode_json
from formats.visible import visible_json

CLOSING: Final = "export"


def write(records: Records, provenance: Provenance) -> Iterator[bytes]:
    """One line of bytes for each record, then the closing line; UTF-8."""
    for record in records:
        yield _line(record.document)
    yield _line({CLOSING: closing_facts(provenance, records.ending)})


def _line(document: object) -> bytes:
    return f"{visible_json(encode_json(document))}\n".encode()


EXPORT: Final = ExportFormat(
    name="ndjson",
    title="the records as zegel log --json shows them, one a line",
    suffix=".ndjson",
    media_type="application/x-ndjson",
    write=write,
)
