"""A question to the record table, as SQL."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from ledger.store.requests import microseconds
from ledger.stored import StoredRecord

SubjectGroup = tuple[Collection[UUID], Collection[str] | None]
"""Subjects, any of which a record must name, and the fields it may stand in (`None`: any field)."""

RECORD_FIELDS: Final = ", ".join(("idx", *StoredRecord._fields[1:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordQuery:
    """Which records; everything given must hold."""

    kinds: Collection[str] | None = None
    without: Collection[str] = ()
    """Of none of these kinds."""
    system: str | None = None
    since: datetime | None = None
    """Occurred at or after this instant."""
    until: datetime | None = None
    """Occurred before this instant."""
    subject_ids: tuple[SubjectGroup, ...] = ()
    """Each group must be met."""
    start: int = 0
    """From this index on."""
    stop: int | None = None
    """Below this index."""
    limit: int | None = None
    reverse: bool = False
    """Newest first."""

    def after(self, index: int, found: int) -> Self:
        """What remains of the question once `found` records up to `index` were given."""
        limit = None if self.limit is None else self.limit - found
        if self.reverse:
            return replace(self, stop=index, limit=limit)
        return replace(self, start=index + 1, limit=limit)


class Condition:
    """A growing WHERE clause with its parameters, in the order they stand in the text."""

    def __init__(self, log: int) -> None:
        """Starts with the log, which leads every index."""
        self._texts = ["log = ?"]
        self.parameters: list[Any] = [log]

    def add(self, text: str, *parameters: object) -> None:
        """One more condition that must hold."""
        self._texts.append(text)
        self.parameters.extend(parameters)

    def __str__(self) -> str:
        """The text after WHERE."""
        return " AND ".join(self._texts)


def places(count: int) -> str:
    """As many placeholders, parted by commas."""
    return ",".join("?" * count)


def any_of(
    column: str, values: Collection[object], *, postgresql: bool
) -> tuple[str, list[object]]:
    """A condition that a column has one of the values, with its parameters."""
    if not values:
        return "1 = 0", []
    if len(values) == 1:
        # A planner with old statistics takes a list of one for a filter, and reads all of a block.
        return f"{column} = ?", list(values)
    if postgresql:
        return f"{column} = ANY(?)", [list(values)]
    return f"{column} IN ({places(len(values))})", list(values)


def condition_of(query: RecordQuery, log: int, *, postgresql: bool) -> Condition:
    """The WHERE clause of a query on the record table, to be walked by index."""
    # The unary plus keeps SQLite, which knows no statistics, from sorting by another index.
    plus = "" if postgresql else "+"
    condition = Condition(log)
    add_range(condition, query)
    if query.kinds is not None:
        text, kinds = any_of(f"{plus}kind", sorted(query.kinds), postgresql=postgresql)
        condition.add(text, *kinds)
    if query.without:
        text, kinds = any_of("kind", sorted(query.without), postgresql=postgresql)
        condition.add(f"NOT ({text})", *kinds)
    if query.system is not None:
        condition.add(f"{plus}system = ?", query.system)
    add_window(condition, query, plus=plus)
    for group in query.subject_ids:
        inner = Condition(log)
        inner.add("idx = zegel_record.idx")
        add_subjects(inner, group, postgresql=postgresql)
        condition.add(
            f"EXISTS (SELECT 1 FROM zegel_disclosure WHERE {inner})",  # noqa: S608 - placeholders
            *inner.parameters,
        )
    return condition


def add_range(condition: Condition, query: RecordQuery) -> None:
    """The part of the log that a query is about; from 0 on is all, whatever somebody put there."""
    if query.start > 0:
        condition.add("idx >= ?", query.start)
    if query.stop is not None:
        condition.add("idx < ?", query.stop)


def add_window(condition: Condition, query: RecordQuery, *, plus: str = "") -> None:
    """The time of occurrence that a query is about."""
    if query.since is not None:
        condition.add(f"{plus}occurred_at_us >= ?", microseconds(query.since))
    if query.until is not None:
        condition.add(f"{plus}occurred_at_us < ?", microseconds(query.until))


def add_subjects(condition: Condition, group: SubjectGroup, *, postgresql: bool) -> None:
    """A disclosure of one of the subjects, with one of the fields."""
    subject_ids, fields = group
    ids = [found if postgresql else found.bytes for found in sorted(subject_ids)]
    text, parameters = any_of("subject_id", ids, postgresql=postgresql)
    condition.add(text, *parameters)
    if fields is None:
        return
    position = "strpos" if postgresql else "instr"
    # The names stand between commas, an element of a tuple as `subjects/0`.
    match = f"{position}(',' || fields || ',', ?) > 0"
    names = [name for field in sorted(fields) for name in (f",{field},", f",{field}/")]
    condition.add(f"({' OR '.join([match] * len(names)) or '1 = 0'})", *names)
