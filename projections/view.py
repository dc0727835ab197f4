"""What a view is: the events it folds, the tables it keeps, and the questions it answers.

A view is disposable: its rows follow from the records alone, and a view whose `version` differs
from the stored one is rebuilt. So a change in what a view stores or how it folds is a new version.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from sqlalchemy import Connection, Table

from ledger.opening import OpenedRecord
from ledger.stored import StoredRecord
from ledger.units import Hash32, Size
from projections.forgetting import Forgetting
from projections.reader import Reader
from projections.tables import Scope, voided_table

Unit = Literal[
    "text", "token", "instant", "duration", "count", "bytes", "index", "indexes", "list", "flag"
]


@dataclass(frozen=True, slots=True)
class Void:
    """A correction: the record at `index` takes back the earlier record at `target`."""

    target: int
    index: int


@dataclass(frozen=True, slots=True)
class Batch:
    """A stretch of the log for one view, in the order of the log."""

    stored: Sequence[StoredRecord]
    """Every record of the stretch, unopened."""
    opened: Sequence[OpenedRecord]
    """Those that the view handles and that no earlier record took back."""
    voids: Sequence[Void]


class Part(Protocol):
    """One kind of thing that a view keeps, with its tables and its fold."""

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of events that it folds."""

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables that it fills."""

    def fold(self, connection: Connection, scope: Scope, batch: Batch) -> None:
        """Writes what the batch changes, in the transaction that moves the position."""

    def forget(self, connection: Connection, scope: Scope, forgetting: Forgetting) -> None:
        """Leaves no token of erased subjects in any cell."""

    def reread(self, connection: Connection, scope: Scope, records: Sequence[OpenedRecord]) -> None:
        """Makes the cells that rest on records that lost values what a rebuild gives.

        Args:
            connection: In a transaction that keeps others from folding.
            scope: Whose rows.
            records: As they open now; all of them were folded before.
        """


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an answer."""

    name: str
    heading: str
    unit: Unit = "text"


@dataclass(frozen=True, slots=True)
class Section:
    """One question that a view answers."""

    summary: str
    columns: tuple[Column, ...]
    rows: Callable[[Reader], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Filter:
    """A way to narrow an answer."""

    summary: str
    value: Literal["text", "identity", "case", "count"] = "text"
    """An identity or token of a subject, a source's own id of a case, a number, or plain text."""
    namespace: str = ""
    """Of the identity or the case: `person`, `ip`, `grant`."""


@dataclass(frozen=True, slots=True)
class View:
    """One view over the events."""

    name: str
    title: str
    version: int
    parts: tuple[Part, ...]
    sections: Mapping[str, Section]
    """By the word that chooses it (`only`); the first is the answer when none is chosen."""
    filters: Mapping[str, Filter]
    after: "tuple[View, ...]" = ()
    """Views whose rows it reads when it folds: they are kept in step first."""
    is_stale: Callable[[Connection, Scope], bool] | None = None
    """Whether a generation of it has to be built anew, because of what those views say now."""
    voided: Table = field(init=False)

    def __post_init__(self) -> None:
        """Adds the table of events that were taken back before they were recorded."""
        object.__setattr__(self, "voided", voided_table(self.name, self.version))

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of events that any part folds."""
        return frozenset().union(*(part.kinds for part in self.parts))

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table of the view."""
        return (*(table for part in self.parts for table in part.tables), self.voided)


@dataclass(frozen=True, slots=True)
class ViewAnswer:
    """The rows of one question, and up to where in the log they are true.

    They follow from the first `known_size` records alone. Those records are the beginning of the
    tree of `size` records with this `root`, the head of the log when the question was asked;
    records that came since play no part.
    """

    view: str
    section: str
    columns: tuple[Column, ...]
    rows: list[dict[str, Any]]
    as_of: datetime
    as_known: datetime | None
    known_size: Size
    size: Size
    root: Hash32
