"""What can be asked by SQL: the table of records, and one table for each question of each view."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final, Literal

from ledger.personal import WITHHELD
from projections.query import VIEWS
from projections.view import Column, Section, Unit, View

SqlType = Literal[
    "BIGINT", "BLOB", "BOOLEAN", "INTERVAL", "JSON", "TIMESTAMP WITH TIME ZONE", "UUID", "VARCHAR",
    "BIGINT[]", "VARCHAR[]",
]  # fmt: skip
Stage = Literal["row", "body", "tokens"]
"""What a column of the records is made of: the columns of the stored row, its sealed bytes, or
these together with the tokens of the people whom the record names."""

EVENTS: Final = "events"


@dataclass(frozen=True, slots=True)
class SqlColumn:
    """One column of a table."""

    name: str
    type: SqlType
    summary: str
    stage: Stage = "row"


@dataclass(frozen=True, slots=True)
class SqlTable:
    """One table."""

    name: str
    summary: str
    columns: tuple[SqlColumn, ...]
    view: View | None = None
    """Whose question it answers; `None`: the records themselves."""
    section: str = ""
    """Which of the questions of that view."""


_PUBLIC: Final[tuple[tuple[str, SqlType, str], ...]] = (
    ("actor_kind", "VARCHAR", "person, service, or what else acted"),
    ("actor_organisation", "VARCHAR", "for which organisation"),
    ("action", "VARCHAR", "what was done"),
    ("outcome", "VARCHAR", "how it ended"),
    ("purpose", "VARCHAR", "what for"),
    ("legal_basis", "VARCHAR", "on which ground of Art. 6 GDPR"),
    ("processing_activity_id", "VARCHAR", "entry of the register, by its URI"),
    ("data_categories", "VARCHAR[]", "which personal data"),
    ("object_kind", "VARCHAR", "what sort of thing it was done to"),
    ("subject_count", "BIGINT", "how many people it is about"),
    ("organisation", "VARCHAR", "organisation that it is about"),
    ("resource", "VARCHAR", "what was accessed"),
    ("scope", "VARCHAR", "where it holds"),
)
_RECORD_COLUMNS: Final = (
    SqlColumn("index", "BIGINT", "place in the log, from 0"),
    SqlColumn("recorded_at", "TIMESTAMP WITH TIME ZONE", "when it was recorded"),
    SqlColumn("occurred_at", "TIMESTAMP WITH TIME ZONE", "when it happened in the world"),
    SqlColumn("kind", "VARCHAR", "kind with its version, such as access.used.v1"),
    SqlColumn("stream", "UUID", "the case that it belongs to"),
    SqlColumn("version", "BIGINT", "its place in that stream"),
    SqlColumn("event_id", "UUID", "the id that its source gave, or that it got"),
    SqlColumn("system", "VARCHAR", "which system reported it"),
    SqlColumn("leaf_hash", "BLOB", "SHA-256 that stands for it in the tree"),
    SqlColumn("actor", "VARCHAR", "token of who did it", "tokens"),
    SqlColumn("subjects", "VARCHAR[]", "tokens of those whom it is about", "tokens"),
    SqlColumn("ip", "VARCHAR", "token of the address that it is about", "tokens"),
    SqlColumn("origin", "VARCHAR", "token of the address that it came from", "tokens"),
    *(SqlColumn(name, kind, summary, "body") for name, kind, summary in _PUBLIC),
    SqlColumn(
        "fields", "JSON", f"every field as zegel log shows it; words read {WITHHELD}", "tokens"
    ),
)

_TYPES: Final[Mapping[Unit, SqlType]] = MappingProxyType(
    {
        "text": "VARCHAR",
        "token": "VARCHAR",
        "instant": "TIMESTAMP WITH TIME ZONE",
        "duration": "INTERVAL",
        "count": "BIGINT",
        "bytes": "BIGINT",
        "index": "BIGINT",
        "indexes": "BIGINT[]",
        "list": "VARCHAR[]",
        "flag": "BOOLEAN",
    }
)


@cache
def sql_tables() -> Mapping[str, SqlTable]:
    """Every table by name: `events`, then the views in their order, each by its first question."""
    records = SqlTable(EVENTS, "every record of the log, one a row", _RECORD_COLUMNS)
    found = {EVENTS: records}
    for view in VIEWS.values():
        for name, section in view.sections.items():
            table = _view_table(view, name, section)
            found[table.name] = table
    return MappingProxyType(found)


def _view_table(view: View, name: str, section: Section) -> SqlTable:
    is_first = name == next(iter(view.sections))
    table = view.name if is_first else f"{view.name}_{name}"
    return SqlTable(
        table.replace("-", "_"),
        section.summary,
        tuple(_view_column(column) for column in section.columns),
        view,
        name,
    )


def _view_column(column: Column) -> SqlColumn:
    return SqlColumn(column.name, _TYPES[column.unit], column.heading)
