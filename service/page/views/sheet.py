"""Rows of a view as a page shows them: columns that belong together in one cell, what differs.

Nothing is left out but columns in which no row says anything. A file of the same sheet has every
column by itself.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from formats.promise_report.measures import measured
from formats.view_words.words import heading_word, value_word
from projections.row_changes import Change, Row, RowChange
from projections.view import Column, Unit
from service.page.languages import Language

LED: Final[Mapping[str, tuple[str, ...]]] = {
    "actor": ("organisation",),
    "asked": ("undecided", "keep", "change", "revoke", "follow_up"),
    "bytes": ("unsized", "records"),
    "came_at": ("came_as", "processed_at", "delivered_at"),
    "category": ("kinds", "systems", "dataset", "scope", "organisation"),
    "completed_at": ("completed_by",),
    "content_classes": ("data_categories",),
    "count": ("blocked", "failed"),
    "customer": ("contract", "file"),
    "dataset": ("scope", "location"),
    "decided_at": ("decided_by",),
    "decision": ("follow_up",),
    "direction": ("exchange_kind",),
    "due_at": ("rule", "basis"),
    "dwell": ("dwell_seconds", "after_processing", "after_delivery", "still_there"),
    "effective_from": ("in_force_until",),
    "ended_at": ("released_by",),
    "everything": ("people", "kinds", "systems", "datasets", "cases"),
    "first": ("last",),
    "first_index": ("last_index",),
    "grant": ("ticket", "contract"),
    "grantee": ("organisation",),
    "held_from": ("held_until",),
    "legal_bases": ("purposes",),
    "period": ("duration", "trigger"),
    "placed_at": ("placed_by", "valid_until"),
    "purpose": ("activity", "legal_basis"),
    "reasons": ("reason_ended", "outlived_by", "still_in_force"),
    "recipient": ("recipient_role", "recipient_country"),
    "resource": ("acts", "act", "system"),
    "sender": ("sender_role", "sender_country"),
    "set_at": ("decided_by", "has_reason"),
    "since": ("valid_until",),
    "started_at": ("started_by",),
    "state": ("remarks", "held_by"),
    "stored_at": ("contract_ended_at",),
    "uses": ("last_used", "last_use_index"),
    "verified_at": ("remaining", "backup_expired_at"),
}
"""By column: those that stand in its cell below it, where the answer has both."""

UNNAMED: Final = frozenset(
    (
        *("organisation", "acts", "act", "system", "scope", "location", "exchange_kind", "basis"),
        *("sender_role", "sender_country", "recipient_role", "recipient_country"),
        *("data_categories", "remarks"),
    )
)
"""Columns that say below another one by themselves what they are."""


_LONG: Final = 40
"""Characters."""
_LINKED: Final[Mapping[str, str]] = {"sender": "party", "recipient": "party"}
"""Columns whose values narrow by a filter of another name."""


class Value(NamedTuple):
    """One field of a row, in the words of the visitor."""

    name: str
    heading: str
    unit: Unit
    value: Any
    """A word, words, an instant, a number: as the unit says; `None` for nothing."""
    was: Any = None
    differs: bool = False
    """Whether it was something else before: then `was` is told too."""
    url: str | None = None
    """The same page narrowed to this value."""


class Cell(NamedTuple):
    """Fields that are shown together, the first one large."""

    values: tuple[Value, ...]

    @property
    def is_long(self) -> bool:
        """Whether it needs room: a long text, or many words."""
        texts = (each.value for each in self.values if each.unit in {"text", "list"})
        lengths = (
            sum(map(len, text)) if isinstance(text, list) else len(str(text or ""))
            for text in texts
        )
        return max(lengths, default=0) > _LONG


class Line(NamedTuple):
    """One row."""

    what: Change
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a page shows of one question."""

    headings: tuple[tuple[str, Unit], ...]
    lines: tuple[Line, ...]
    counts: Mapping[Change, int]
    """How many rows there are of each sort, also of those that are not shown."""
    total: int
    """How many rows there are to be shown, on all pages."""
    first: int
    """How many come before those that are shown."""
    is_compared: bool


Narrowing = Callable[[str, str], str | None]
"""Gives the URL of the page narrowed by a filter to a value; `None`: there is no such filter."""


def sheet_of(
    columns: Sequence[Column],
    changes: Sequence[RowChange],
    language: Language,
    *,
    narrowed: Narrowing,
    is_compared: bool,
    changes_only: bool = False,
    first: int = 0,
    most: int,
) -> Sheet:
    """Rows as they are shown.

    Args:
        columns: Of the answer.
        changes: Its rows; all of them the same where nothing is compared.
        language: Of the visitor.
        narrowed: Where a value leads.
        is_compared: Whether rows say what became of them.
        changes_only: Whether rows that stayed the same are left out.
        first: How many rows come before those that are shown.
        most: How many rows are shown.
    """
    counts = Counter(each.what for each in changes)
    kept = shown_changes(changes, changes_only=changes_only)
    groups = _groups(_told(columns, kept))
    page = kept[first : first + most]
    return Sheet(
        headings=tuple(
            (heading_word(group[0].heading, language), group[0].unit) for group in groups
        ),
        lines=tuple(
            Line(
                change.what,
                tuple(Cell(tuple(_values(group, change, language, narrowed))) for group in groups),
            )
            for change in page
        ),
        counts=counts,
        total=len(kept),
        first=first,
        is_compared=is_compared,
    )


def unchanged(rows: Iterable[Row]) -> list[RowChange]:
    """Rows of an answer that nothing is compared with."""
    return [RowChange("same", row, row) for row in rows]


def shown_changes(changes: Sequence[RowChange], *, changes_only: bool) -> list[RowChange]:
    """The rows that a page or a file has: what differs, if nothing else is wanted."""
    return [each for each in changes if not changes_only or each.what != "same"]


def _told(columns: Sequence[Column], changes: Sequence[RowChange]) -> list[Column]:
    """The columns in which any row says something."""
    rows = [row for each in changes for row in (each.before, each.after) if row is not None]
    return [column for column in columns if any(_says(row.get(column.name)) for row in rows)]


def _says(value: object) -> bool:
    return value is not None and value not in ([], (), "")


def _groups(columns: Sequence[Column]) -> list[list[Column]]:
    """Columns with those below them, in the order of the answer; what it rests on comes last."""
    by_name = {column.name: column for column in columns}
    below: dict[str, list[Column]] = {}
    taken: set[str] = set()
    for column in columns:
        if column.name in taken:
            continue
        mine = [by_name[name] for name in LED.get(column.name, ()) if name in by_name]
        below[column.name] = [each for each in mine if each.name not in taken]
        taken |= {each.name for each in below[column.name]}
    groups = [[column, *below[column.name]] for column in columns if column.name not in taken]
    return sorted(groups, key=lambda group: group[0].unit in {"index", "indexes"})


def _values(
    group: Sequence[Column], change: RowChange, language: Language, narrowed: Narrowing
) -> Iterable[Value]:
    for place, column in enumerate(group):
        value = change.row.get(column.name)
        differs = column.name in change.fields
        was = change.before.get(column.name) if differs and change.before is not None else None
        if place and not differs and (not _says(value) or value == 0):
            continue  # of a count below another one, or a flag, nothing is news
        url = None
        if column.unit == "text" and isinstance(value, str):
            url = narrowed(_LINKED.get(column.name, column.name), value)
        heading = heading_word(column.heading, language)
        yield Value(
            name=column.name,
            heading="" if place and column.name in UNNAMED else heading,
            unit=column.unit,
            value=_worded(column, value, language),
            was=_worded(column, was, language),
            differs=differs,
            url=url,
        )


def _worded(column: Column, value: object, language: Language) -> object:
    match value:
        case str() if column.unit == "text":
            return value_word(column.name, value, language)
        case int() if column.unit == "bytes":
            return measured(value, "bytes", language)
        case list() | tuple() if column.unit == "list":
            return [value_word(column.name, str(each), language) for each in value]
        case _:
            return value
