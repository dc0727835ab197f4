"""What a metric measured, put together: spread of values, counts by group, and what is above."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from ledger.events.promise import Measure, PromiseRule
from ledger.opening import instant_of
from ledger.personal import WITHHELD
from ledger.units import Index
from projections.promises.answers import Figures, Item
from projections.promises.conditions import Parameters
from projections.promises.limits import LimitUnknownError, amount_of
from projections.promises.program import JudgedRule
from projections.promises.tables import VERDICT
from projections.reader import Reader

COUNTED: Final = frozenset({"events", "distinct"})
"""Metrics whose groups have verdicts, and not the single events."""
_SHOWN_GROUPS: Final = 5
_EVERYTHING: Final = "all"
_NOBODY: Final = "unnamed"


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric with the verdicts of its groups, where groups are what is judged."""

    figures: Figures
    within: int = 0
    above: int = 0
    unknown: int = 0
    doubts: tuple[str, ...] = ()
    """Why some groups cannot be told, beside a limit that is not set."""
    first_above: Item | None = None
    """The event by which a group first went above the limit."""


def is_counted(rule: PromiseRule) -> bool:
    """Whether a rule judges groups of events."""
    return rule.measure is not None and rule.measure.of in COUNTED


def measured(reader: Reader, rule: JudgedRule, parameters: Parameters) -> Measured:
    """What a metric measured up to the moment asked.

    Args:
        reader: The rows.
        rule: Of kind `metric`.
        parameters: What is set of the open parameters.
    """
    measure = rule.rule.measure or Measure(of="events")
    limit, reason = _limit(measure, parameters)
    if measure.of in COUNTED:
        return _counted(reader, rule, measure, limit, reason)
    return Measured(_spread(reader, rule, measure, limit, reason))


def _limit(measure: Measure, parameters: Parameters) -> tuple[int | None, str | None]:
    if measure.limit is None:
        return None, None
    try:
        return amount_of(measure.limit, parameters)[0], None
    except LimitUnknownError as error:
        return None, str(error)


def _spread(
    reader: Reader, rule: JudgedRule, measure: Measure, limit: int | None, reason: str | None
) -> Figures:
    value = VERDICT.c.measure
    mine = (reader.standing(VERDICT), VERDICT.c.rule == rule.number, value.is_not(None))
    spread = select(func.count(), func.min(value), func.max(value)).where(*mine)
    number, least, most = reader.connection.execute(spread).one()

    def percentile(share: int) -> int | None:
        if not number:
            return None
        place = ceil(number * share / 100) - 1
        query = select(value).where(*mine).order_by(value).limit(1).offset(max(place, 0))
        return reader.connection.scalar(query)

    return Figures(
        part=rule.part,
        part_name=rule.rule.name,
        of=measure.of,
        unit=_unit(measure),
        count=number,
        least=least,
        p50=percentile(50),
        p95=percentile(95),
        most=most,
        limit=limit,
        limit_reason=reason,
    )


@dataclass(slots=True)
class _Group:
    """What was counted under one name."""

    size: int = 0
    values: set[str] = field(default_factory=set)
    is_above: bool = False
    is_open: bool = False
    """Whether something of it cannot be told."""


@dataclass(slots=True)
class _Count:
    """The groups of a metric, counted event by event."""

    measure: Measure
    groups: dict[str, _Group] = field(default_factory=dict)
    doubts: dict[str, None] = field(default_factory=dict)
    number: int = 0
    first: tuple[Mapping[str, Any], int, int] | None = None
    """The event by which a group first went above: how many it then had, and the limit."""

    def add(self, row: Mapping[str, Any], name: str, limit: int | None, reason: str | None) -> None:
        """Counts an event under a limit that was in force at its moment."""
        self.number += 1
        group = self.groups.setdefault(name, _Group())
        group.is_open = group.is_open or reason is not None
        if self._is_silent(row, group):
            return
        if self.measure.of == "distinct":
            group.values.add(str(row["counted"]))
            more = len(group.values) > group.size
            group.size = len(group.values)
        else:
            group.size, more = group.size + 1, True
        if more and limit is not None and group.size > limit:
            group.is_above = True
            self.first = self.first or (row, group.size, limit)

    def _is_silent(self, row: Mapping[str, Any], group: _Group) -> bool:
        """Whether an event does not say whom or what it counts for."""
        paths = [(self.measure.group, row["grouped"])]
        paths += [(self.measure.field, row["counted"])] if self.measure.of == "distinct" else []
        silent = [path for path, value in paths if path and value in {None, WITHHELD}]
        if silent and self.measure.limit is not None:
            group.is_open = True
            if any(value == WITHHELD for _, value in paths):
                self.doubts["who or what some counted events are about was erased"] = None
            else:
                self.doubts[f"the event gives no {silent[0]} (record {row['idx']})"] = None
        # Without a limit they are only shown, under a name of their own.
        return bool(silent) and self.measure.limit is not None


def _counted(
    reader: Reader, rule: JudgedRule, measure: Measure, limit: int | None, reason: str | None
) -> Measured:
    row = VERDICT.c
    query = (
        select(row.idx, row.moment, row.grouped, row.counted)
        .where(reader.standing(VERDICT), row.rule == rule.number, row.measure.is_not(None))
        .order_by(row.moment, row.idx)
    )
    zone = ZoneInfo(rule.declaration.zone)
    limits = _limits(reader, rule, measure)
    count = _Count(measure)
    for each in reader.rows(query):
        count.add(each, _group(measure, each, zone), *_limit_at(limits, each["moment"]))
    sizes = {name: group.size for name, group in count.groups.items()}
    above = sum(group.is_above for group in count.groups.values())
    unknown = sum(group.is_open and not group.is_above for group in count.groups.values())
    worst = sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0]))
    figures = Figures(
        part=rule.part,
        part_name=rule.rule.name,
        of=measure.of,
        unit=_unit(measure),
        count=count.number,
        least=min(sizes.values(), default=None),
        most=max(sizes.values(), default=None),
        limit=limit,
        limit_reason=reason,
        groups=tuple(worst[:_SHOWN_GROUPS]),
    )
    return Measured(
        figures,
        within=len(sizes) - above - unknown,
        above=above,
        unknown=unknown,
        doubts=tuple(count.doubts),
        first_above=None if count.first is None else _item(rule, *count.first),
    )


_Limits = Sequence[tuple[int, int, int | None, str | None]]


def _limits(reader: Reader, rule: JudgedRule, measure: Measure) -> _Limits:
    """From when until when which limit was in force, or why there was none."""
    return [
        (each.valid_from, each.valid_to, *_limit(measure, each.parameters))
        for each in rule.editions
        if each.is_known(reader.known_size)
    ]


def _limit_at(limits: _Limits, moment: int) -> tuple[int | None, str | None]:
    found = ((limit, reason) for since, until, limit, reason in limits if since <= moment < until)
    return next(found, (None, None))


def _item(rule: JudgedRule, row: Mapping[str, Any], value: int, limit: int) -> Item:
    return Item(
        promise_id=rule.declaration.event.promise_id,
        part=rule.part,
        part_name=rule.rule.name,
        reading=rule.reading,
        rule_kind=rule.rule.rule_kind,
        verdict="broken",
        reason=f"{value} is more than {limit}",
        index=Index(row["idx"]),
        occurred_at=instant_of(row["moment"]),
        measure=value,
        rests_on=(row["idx"],),
    )


def _group(measure: Measure, row: Mapping[str, Any], zone: ZoneInfo) -> str:
    """What an event is counted under: its group, its month or year, or both."""
    parts = [] if measure.group is None else [str(row["grouped"] or _NOBODY)]
    if measure.per is not None:
        local = instant_of(row["moment"]).astimezone(zone)
        parts.append(f"{local:%Y}" if measure.per == "year" else f"{local:%Y-%m}")
    return " ".join(parts) or _EVERYTHING


def _unit(measure: Measure) -> str:
    if measure.of == "elapsed":
        return "seconds"
    if measure.limit is not None and measure.limit.unit is not None:
        return measure.limit.unit
    if measure.of == "field":
        field = measure.field or ""
        return "bytes" if field.endswith("bytes") else field
    return "events" if measure.of == "events" else "people"
