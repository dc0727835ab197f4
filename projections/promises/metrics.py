"""What a metric measured, put together: spread of values, counts by group, and what is above."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from ledger.events.promise import Measure, PromiseRule
from ledger.opening import instant_of
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


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric with the verdicts of its groups, where groups are what is judged."""

    figures: Figures
    within: int = 0
    above: int = 0
    unknown: int = 0
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
    groups: dict[str, int] = {}
    seen: set[tuple[str, str]] = set()
    first: Mapping[str, Any] | None = None
    number = 0
    for each in reader.rows(query):
        number += 1
        group = _group(measure, each, zone)
        if measure.of == "distinct":
            value = (group, str(each["counted"]))
            if value in seen:
                continue
            seen.add(value)
        groups[group] = groups.get(group, 0) + 1
        if limit is not None and groups[group] == limit + 1 and first is None:
            first = each
    above = sum(1 for value in groups.values() if limit is not None and value > limit)
    worst = sorted(groups.items(), key=lambda pair: (-pair[1], pair[0]))
    figures = Figures(
        part=rule.part,
        part_name=rule.rule.name,
        of=measure.of,
        unit=_unit(measure),
        count=number,
        least=min(groups.values(), default=None),
        most=max(groups.values(), default=None),
        limit=limit,
        limit_reason=reason,
        groups=tuple(worst[:_SHOWN_GROUPS]),
    )
    unlimited = measure.limit is not None and limit is None
    return Measured(
        figures,
        within=0 if unlimited else len(groups) - above,
        above=above,
        unknown=len(groups) if unlimited else 0,
        first_above=None if first is None else _item(rule, first, (limit or 0) + 1),
    )


def _item(rule: JudgedRule, row: Mapping[str, Any], value: int) -> Item:
    return Item(
        promise_id=rule.declaration.event.promise_id,
        part=rule.part,
        part_name=rule.rule.name,
        reading=rule.reading,
        rule_kind=rule.rule.rule_kind,
        verdict="broken",
        reason=f"{value} is more than {value - 1}",
        index=Index(row["idx"]),
        occurred_at=instant_of(row["moment"]),
        measure=value,
        rests_on=(row["idx"],),
    )


def _group(measure: Measure, row: Mapping[str, Any], zone: ZoneInfo) -> str:
    """What an event is counted under: its group, its month or year, or both."""
    parts = [] if measure.group is None else [str(row["grouped"] or "unnamed")]
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
