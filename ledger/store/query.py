"""A question to the record table, as SQL."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from ledger.store.requests import microseconds

SubjectGroup = tuple[Collection[UUID], Collection[str] | None]
"""Subjects, any of which a record must name, and the fields it may stand in (`None`: any field)."""

RECORD_FIELDS: Final = "idx, sealed, leaf_hash, stream, version, kind, event_id, recorded_at_us, occurred_at_us, system"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordQuery:
    """Which records; everything given must hold."""

    kinds: Collection[str] | None = None
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


def condition_of(query: RecordQuery, log: int, *, postgresql: bool) -> Condition:
    """The WHERE clause of a query."""
    condition = Condition(log)
    _add_range(condition, query)
    if query.kinds is not None:
        condition.add(f"kind IN ({places(len(query.kinds))})", *sorted(query.kinds))
    if query.system is not None:
        condition.add("system = ?", query.system)
    if query.since is not None:
        condition.add("occurred_at_us >= ?", microseconds(query.since))
    if query.until is not None:
        condition.add("occurred_at_us < ?", microseconds(query.until))
    for group in query.subject_ids:
        inner = _named_subjects(query, group, log, postgresql=postgresql)
        condition.add(
            f"idx IN (SELECT idx FROM zegel_disclosure WHERE {inner})",  # noqa: S608 - placeholders
            *inner.parameters,
        )
    return condition


def _add_range(condition: Condition, query: RecordQuery) -> None:
    condition.add("idx >= ?", query.start)
    if query.stop is not None:
        condition.add("idx < ?", query.stop)


def _named_subjects(
    query: RecordQuery, group: SubjectGroup, log: int, *, postgresql: bool
) -> Condition:
    subject_ids, fields = group
    ids = [found if postgresql else found.bytes for found in sorted(subject_ids)]
    condition = Condition(log)
    condition.add(f"subject_id IN ({places(len(ids))})" if ids else "1 = 0", *ids)
    _add_range(condition, query)
    if fields is not None:
        position = "strpos" if postgresql else "instr"
        # The names stand between commas, an element of a tuple as `subjects/0`.
        match = f"{position}(',' || fields || ',', ?) > 0"
        names = [name for field in sorted(fields) for name in (f",{field},", f",{field}/")]
        condition.add(f"({' OR '.join([match] * len(names)) or '1 = 0'})", *names)
    return condition
