"""The columns of records in tables: what CSV, workbooks and Parquet have in common.

Whatever `zegel log --json` shows of a record stands in one of them.
"""

from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple

from formats.export.writing import Exported
from formats.json_form import encode_json
from formats.visible import visible_json

ColumnType = Literal["whole", "instant", "text", "json"]


class Column(NamedTuple):
    """One column: its name, what its cells are, and the cell of a record."""

    name: str
    type: ColumnType
    of: Callable[[Exported], Any]
    """An `int`, an aware `datetime` in UTC, a `str`; `None` where there is nothing."""
    meaning: str


def _shown(name: str) -> Callable[[Exported], Any]:
    """What stands under a name in the shown JSON."""
    return lambda record: record.document.get(name)


def _json(name: str) -> Callable[[Exported], str | None]:
    def text(record: Exported) -> str | None:
        found = record.document.get(name)
        return visible_json(encode_json(found)) if found else None

    return text


COLUMNS: Final = (
    Column("index", "whole", lambda record: record.index, "place in the log, from 0"),
    Column("occurred_at", "instant", lambda record: record.occurred_at, "when it happened, UTC"),
    Column("recorded_at", "instant", lambda record: record.recorded_at, "when it was recorded"),
    Column("kind", "text", lambda record: record.kind, "with its version"),
    Column("system", "text", lambda record: record.system, "which reported it"),
    Column("actor", "text", lambda record: record.actor, "who did it: token or identity"),
    Column("sentence", "text", lambda record: record.sentence, "what happened, in words"),
    Column(
        "event_id",
        "text",
        lambda record: None if record.event_id is None else str(record.event_id),
        "id of the fact",
    ),
    Column("stream", "text", _shown("stream"), "the case that it belongs to"),
    Column("version", "whole", _shown("version"), "its place in the stream, from 0"),
    Column("leaf_hash", "text", lambda record: record.leaf_hash.hex(), "what the log proves"),
    Column("event", "json", _json("event"), "every field of the event"),
    Column("personal", "json", _json("personal"), "what is shown of each personal value"),
    Column("erased", "json", _json("erased"), "what was erased, and the record that says so"),
    Column("looked_at", "text", _shown("looked_at"), "with --looked-at: how sure that is"),
)
CLOSING_KIND: Final = "zegel.export"
"""In the column `kind` of a row that is no record but says how the export ended."""
