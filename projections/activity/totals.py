"""What each kind and system came to: how many, from when to when, between which records."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Table, func, select

from projections.activity.counting import Asked, Counts, Group
from projections.activity.days import DAY_US
from projections.reader import Reader


def totals(reader: Reader, table: Table, asked: Asked) -> list[Group]:
    """One group per kind and system, the most frequent first.

    First and last are exact too. So a day that an end of the window cuts through is read from the
    records, unless everything of a kind and a system in it lies inside the window.
    """
    counts = Counts(reader, table, asked)
    found: dict[tuple[str, str], Group] = {}
    cut = (
        Group(each.kind, each.system, 1, each.occurred, each.occurred, each.index, each.index)
        for each in counts.cut
    )
    for group in (*_inner(reader, table, counts), *_edges(reader, table, asked, counts), *cut):
        key = (group.kind, group.system)
        found[key] = _joined(found[key], group) if key in found else group
    return sorted(found.values(), key=lambda group: (-group.count, group.kind, group.system))


def _inner(reader: Reader, table: Table, counts: Counts) -> Iterator[Group]:
    column = table.c
    query = select(
        column.kind,
        column.system,
        func.sum(column.count),
        func.min(column.first),
        func.max(column.last),
        func.min(column.first_idx),
        func.max(column.last_idx),
    ).where(*counts.told(*counts.is_inner()))
    for row in reader.connection.execute(query.group_by(column.kind, column.system)):
        kind, system, count, *rest = row
        yield Group(kind, system, int(count), *rest)


def _edges(reader: Reader, table: Table, asked: Asked, counts: Counts) -> Iterator[Group]:
    """The days that an end of the window cuts through."""
    column = table.c
    query = select(
        column.day,
        column.kind,
        column.system,
        column.count,
        column.first,
        column.last,
        column.first_idx,
        column.last_idx,
    ).where(*counts.told(column.day.in_(counts.edge_days())))
    by_day: dict[int, list[Group]] = {}
    for day, *figures in reader.connection.execute(query):
        by_day.setdefault(day, []).append(Group(*figures))
    for day, groups in by_day.items():
        split = {(one.kind, one.system) for one in groups if not _lies_inside(one, asked)}
        yield from (one for one in groups if (one.kind, one.system) not in split)
        if any(asked.overlaps(one.first, one.last) for one in groups):
            stretch: Iterable[Group] = counts.stretch(day * DAY_US, (day + 1) * DAY_US)
            yield from (one for one in stretch if (one.kind, one.system) in split)


def _lies_inside(group: Group, asked: Asked) -> bool:
    return asked.holds(group.first) and asked.holds(group.last)


def _joined(left: Group, right: Group) -> Group:
    return Group(
        left.kind,
        left.system,
        left.count + right.count,
        min(left.first, right.first),
        max(left.last, right.last),
        min(left.first_index, right.first_index),
        max(left.last_index, right.last_index),
    )
