"""How many judged events keep or break which rule, as the tables say at a moment."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select

from ledger.opening import instant_of
from ledger.units import Index
from projections.bitemporal import FOREVER
from projections.promises.answers import Item, Verdict
from projections.promises.material import KEPT
from projections.promises.program import JudgedRule
from projections.promises.settling import settle_of
from projections.promises.tables import PATTERN, TALLY, VERDICT
from projections.reader import Reader, listed

VERDICTS: Final[tuple[Verdict, ...]] = ("broken", "undeterminable", "pending", "kept")
"""The worst first."""
EARLIEST: Final = -(2**63)
_OPEN: Final = f"INDEXED BY ix_{VERDICT.name}_open"


@dataclass(slots=True)
class Counts:
    """Verdicts about judged events, by rule."""

    by_rule: dict[int, Counter[str]] = field(default_factory=dict)
    due: dict[int, int] = field(default_factory=dict)
    """When the next pending event is due, in microseconds."""

    latest: dict[int, int] = field(default_factory=dict)
    """The latest judged event that was recorded."""

    def of(self, rules: Collection[int]) -> Counter[str]:
        """Of some rules together."""
        total: Counter[str] = Counter()
        for number in rules:
            total.update(self.by_rule.get(number, {}))
        return total

    def latest_of(self, rules: Collection[int]) -> int | None:
        """The latest judged event of some rules that was recorded."""
        return max((self.latest[number] for number in rules if number in self.latest), default=None)

    def next_due(self, rules: Collection[int]) -> int | None:
        """When the next pending event of some rules is due."""
        return min((self.due[number] for number in rules if number in self.due), default=None)


def count(reader: Reader, since: int = EARLIEST, until: int = FOREVER) -> Counts:
    """Verdicts about the events whose moments lie in [since, until), by rule."""
    counts = Counts()
    for rules, times, latest in _tallied(reader, since, until):
        for number in listed(rules):
            counts.by_rule.setdefault(number, Counter())[KEPT] += times
            counts.latest[number] = max(counts.latest.get(number, 0), latest)
    row = VERDICT.c
    query = (
        select(
            row.rule,
            row.verdict,
            func.count().label("number"),
            func.min(row.due).label("due"),
            func.max(row.idx).label("latest"),
        )
        .where(reader.standing(VERDICT), row.moment >= since, row.moment < until)
        .group_by(row.rule, row.verdict)
    )
    for each in reader.rows(query):
        counts.by_rule.setdefault(each["rule"], Counter())[each["verdict"]] += each["number"]
        latest = max(counts.latest.get(each["rule"], 0), each["latest"])
        counts.latest[each["rule"]] = latest
        if each["verdict"] == "pending" and each["due"] is not None:
            counts.due[each["rule"]] = each["due"]
    return counts


def _tallied(reader: Reader, since: int, until: int) -> Iterator[tuple[str, int, int]]:
    """How many events kept each set of rules, and the latest record among them."""
    tally, pattern = TALLY.c, PATTERN.c
    mine = (tally.log == reader.scope.log, tally.generation == reader.scope.generation)
    counted = (
        select(tally.pattern, func.count().label("number"), func.max(tally.idx).label("latest"))
        .where(
            *mine,
            tally.known_from < reader.known_size,
            tally.known_to >= reader.known_size,
            tally.occurred <= reader.as_of,
            tally.occurred >= since,
            tally.occurred < until,
        )
        .group_by(tally.pattern)
        .subquery()
    )
    query = select(pattern.rules, counted.c.number, counted.c.latest).join(
        counted,
        and_(
            counted.c.pattern == pattern.pattern,
            pattern.log == reader.scope.log,
            pattern.generation == reader.scope.generation,
        ),
    )
    for each in reader.rows(query):
        yield each["rules"], each["number"], each["latest"]


def items_of(
    reader: Reader,
    rules: Mapping[int, JudgedRule],
    *,
    verdict: str | None = None,
    since: int = EARLIEST,
    until: int = FOREVER,
    limit: int | None = None,
) -> list[Item]:
    """Judged events of some rules, oldest first.

    Args:
        reader: The rows.
        rules: By name.
        verdict: Only these; all, if not given.
        since: Only those whose moments lie at or after this one.
        until: Only those before this one.
        limit: At most so many.
    """
    row = VERDICT.c
    conditions: list[ColumnElement[bool]] = [
        reader.standing(VERDICT),
        row.rule.in_(sorted(rules)),
        row.moment >= since,
        row.moment < until,
    ]
    if verdict is not None:
        conditions.append(row.verdict == verdict)
    query = select(VERDICT).where(*conditions).order_by(row.moment, row.idx, row.rule).limit(limit)
    if verdict not in {None, KEPT}:
        query = _through_open(query)
    found = [_item(rules[each["rule"]], each) for each in reader.rows(query)]
    if verdict in {None, KEPT}:
        found += _tallied_items(reader, rules, since, until, limit)
        found.sort(key=lambda each: (each.occurred_at, each.index, each.part))
    return found if limit is None else found[:limit]


def broken_or_open(
    reader: Reader, rules: Collection[int], since: int, until: int
) -> Iterator[tuple[int, int, str]]:
    """Index, rule and verdict of each event of a stretch that some rules do not find kept."""
    row = VERDICT.c
    query = select(row.idx, row.rule, row.verdict).where(
        reader.standing(VERDICT),
        row.rule.in_(sorted(rules)),
        row.moment >= since,
        row.moment < until,
    )
    for each in reader.rows(_through_open(query)):
        yield each["idx"], each["rule"], each["verdict"]


def _through_open(query: Select[Any]) -> Select[Any]:
    """A query for what some rules do not find kept, through the index of it.

    SQLite, which knows no statistics, would walk all verdicts; it takes the index only if the
    condition of the index stands in the statement, word by word.
    """
    not_kept = VERDICT.c.verdict != literal_column(f"'{KEPT}'")
    return query.where(not_kept).with_hint(VERDICT, _OPEN, "sqlite")


def _tallied_items(
    reader: Reader, rules: Mapping[int, JudgedRule], since: int, until: int, limit: int | None
) -> list[Item]:
    tally, pattern = TALLY.c, PATTERN.c
    query = select(pattern.pattern, pattern.rules).where(
        pattern.log == reader.scope.log, pattern.generation == reader.scope.generation
    )
    mine: dict[int, list[JudgedRule]] = {}
    for each in reader.rows(query):
        kept = [rules[number] for number in listed(each["rules"]) if number in rules]
        if kept:
            mine[each["pattern"]] = kept
    if not mine:
        return []
    rows = (
        select(tally.idx, tally.occurred, tally.pattern)
        .where(
            tally.log == reader.scope.log,
            tally.generation == reader.scope.generation,
            tally.known_from < reader.known_size,
            tally.known_to >= reader.known_size,
            tally.occurred <= reader.as_of,
            tally.occurred >= since,
            tally.occurred < until,
            tally.pattern.in_(sorted(mine)),
        )
        .order_by(tally.occurred, tally.idx)
        .limit(limit)
    )
    return [
        Item(
            **_place(rule),
            verdict=KEPT,
            index=Index(each["idx"]),
            occurred_at=instant_of(each["occurred"]),
            rests_on=(each["idx"],),
        )
        for each in reader.rows(rows)
        for rule in mine[each["pattern"]]
    ]


def _item(rule: JudgedRule, row: Mapping[str, Any]) -> Item:
    promise_id = rule.declaration.event.promise_id
    reason = row["reason"]
    undeterminable = row["verdict"] == "undeterminable"
    return Item(
        **_place(rule),
        verdict=row["verdict"],
        reason=reason,
        settle=settle_of(promise_id, reason) if undeterminable else None,
        index=Index(row["idx"]),
        occurred_at=instant_of(row["moment"]),
        due_at=None if row["due"] is None else instant_of(row["due"]),
        measure=row["measure"],
        rests_on=tuple(sorted({row["idx"], *listed(row["evidence"])})),
    )


def _place(rule: JudgedRule) -> dict[str, Any]:
    return {
        "promise_id": rule.declaration.event.promise_id,
        "part": rule.part,
        "part_name": rule.rule.name,
        "reading": rule.reading,
        "rule_kind": rule.rule.rule_kind,
    }
