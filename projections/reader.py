"""What a view's questions read through: one generation, one moment, one state of knowledge."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, literal, or_

from ledger.units import ZoneName
from projections.tables import Scope

_encode_list = msgspec.json.Encoder().encode
_decode_list = msgspec.json.Decoder(list[Any]).decode


@dataclass(frozen=True, slots=True)
class Reader:
    """A snapshot of a view's rows, narrowed to what was known and held."""

    connection: Connection
    scope: Scope
    as_of: int
    """Microseconds since 1970."""
    known_size: int
    """Only records below this index count."""
    chosen: Mapping[str, Sequence[str]]
    """Filters by name, with the values of which one must match."""
    zone: ZoneName = "Europe/Amsterdam"
    """Whose calendar counts where a term ends with a day."""
    most: int | None = None
    """So many rows at most, the latest, of answers that have one for each fact; else all."""
    first_index: int = 0
    """Facts of records below this index are left out: 0 for none."""

    def known(self, table: Table) -> ColumnElement[bool]:
        """Rows of a line's table that were believed at this size, for whatever valid time."""
        return and_(
            self._mine(table),
            table.c.known_from < self.known_size,
            table.c.known_to >= self.known_size,
        )

    def standing(self, table: Table) -> ColumnElement[bool]:
        """Rows of a line's table that were believed at this size and hold at this moment."""
        return and_(
            self.known(table), table.c.valid_from <= self.as_of, table.c.valid_to > self.as_of
        )

    def begun(self, table: Table) -> ColumnElement[bool]:
        """Rows of a line's table that were believed at this size and began by this moment."""
        return and_(self.known(table), table.c.valid_from <= self.as_of)

    def counted(self, table: Table) -> ColumnElement[bool]:
        """Facts that were recorded and not taken back at this size, and had happened by now."""
        return and_(
            self._mine(table),
            *((table.c.idx >= self.first_index,) if self.first_index else ()),
            table.c.idx < self.known_size,
            table.c.known_to >= self.known_size,
            table.c.occurred <= self.as_of,
        )

    def matching(self, **columns: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
        """The chosen filters; each must match in at least one of the columns given for it."""
        conditions = [
            or_(*(column.in_(values) for column in columns[name]))
            for name, values in self.chosen.items()
            if name in columns
        ]
        return and_(True, *conditions)  # noqa: FBT003 - SQLAlchemy's neutral element of AND

    def rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        """The rows of a query as mappings."""
        return [dict(row) for row in self.connection.execute(query).mappings()]

    def facts(self, query: Select[Any], *order: ColumnElement[Any]) -> list[dict[str, Any]]:
        """The rows of a query with one for each fact, in order; of too many the last ones."""
        if self.most is None:
            return self.rows(query.order_by(*order))
        last = query.order_by(*(column.desc() for column in order)).limit(self.most)
        return self.rows(last)[::-1]

    def _mine(self, table: Table) -> ColumnElement[bool]:
        return and_(table.c.log == self.scope.log, table.c.generation == self.scope.generation)


def listing(cells: ColumnElement[Any], word: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the list of catalogue words that a cell holds has a word in it."""
    # An underline in a pattern stands for any character.
    escaped = func.replace(word, "_", "\\_")
    return cells.like(literal('%"') + escaped + literal('"%'), escape="\\")


def listed(cell: str | None) -> list[Any]:
    """The list that a cell holds as JSON text; empty for none."""
    return [] if cell is None else _decode_list(cell)


def json_cell(items: Iterable[Any]) -> str:
    """A list as a cell holds it, and as `listed` reads it."""
    return _encode_list(tuple(items)).decode()
