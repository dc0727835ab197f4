"""Promises as one state of the log judges them: their verdicts and judged events, read once."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from formats.promise_report.story import VERDICTS
from formats.promise_report.strip import strip_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from projections.promises.answers import Item, PromiseVerdict, Verdict
    from projections.promises.verdicts import JudgedPromise

ITEMS_SHOWN: Final = 20
"""So many judged events are told before `--all` is asked for."""

ITEMS_ON_PAGE: Final = 12
MOST_IN_STRIPS: Final = 50_000
"""With more judged events than this the page draws no strips: each event would have to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is read of each promise beside its verdict."""

    limit: int | None = 0
    """How many judged events; `None` for all, 0 for a list, which shows declarations only."""
    only: "Verdict | None" = None
    """Events of one verdict only."""
    with_strips: bool = False
    """Whether a page draws over time how they stood."""
    most_in_strips: int = MOST_IN_STRIPS
    """With more judged events than this there are no strips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Verdicts on promises with the judged events that are told of them."""

    verdicts: "tuple[PromiseVerdict, ...]"
    """In the order of telling."""
    wanted: Wanted = Wanted()
    items: "Mapping[str, tuple[Item, ...]]" = field(default_factory=dict)
    """By promise id: oldest first; where not all are told, the broken ones before the others."""
    strips: "Mapping[str, tuple[Verdict | None, ...]]" = field(default_factory=dict)
    """By promise id; empty where nothing was judged."""
    strips_since: datetime | None = None
    """Where the strips begin; `None`: there are none."""


def read_judged(promises: "Sequence[JudgedPromise]", wanted: Wanted, until: datetime) -> Judged:
    """Verdicts and judged events of promises, while the state of the log that has them is open.

    Args:
        promises: In the order of telling.
        wanted: What is read beside the verdicts.
        until: The moment asked about, aware, with which strips end.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    verdicts = tuple(each.verdict for each in promises)
    since = strips_since(verdicts, until, wanted.most_in_strips) if wanted.with_strips else None
    items: dict[str, tuple[Item, ...]] = {}
    strips: dict[str, tuple[Verdict | None, ...]] = {}
    for each in promises:
        every = None
        if since is not None and judged_count(each.verdict):
            every = each.items()
            strips[each.promise_id] = strip_of(every, since, max(since, until))
        if wanted.limit != 0:
            items[each.promise_id] = tuple(_told(each, wanted, every))
    return Judged(verdicts=verdicts, wanted=wanted, items=items, strips=strips, strips_since=since)


def strips_since(
    verdicts: "Sequence[PromiseVerdict]", until: datetime, most: int = MOST_IN_STRIPS
) -> datetime | None:
    """Where strips begin: with the oldest promise, or the oldest break before it; `None` for none.

    Where too many events were judged there are none.
    """
    if not verdicts or sum(map(judged_count, verdicts)) > most:
        return None
    starts = [each.since for each in verdicts if each.since > datetime.min.replace(tzinfo=UTC)]
    return min([*starts, until])


def judged_count(verdict: "PromiseVerdict", only: "Verdict | None" = None) -> int:
    """How many events were judged, or judged so."""
    if only is not None:
        found: int = getattr(verdict, only)
        return found
    return verdict.kept + verdict.broken + verdict.pending + verdict.undeterminable


def _told(promise: "JudgedPromise", wanted: Wanted, every: "Sequence[Item] | None") -> "list[Item]":
    """The oldest first; where not all are told, the broken ones before the others."""
    verdict, only, limit = promise.verdict, wanted.only, wanted.limit
    if only is not None or limit is None or judged_count(verdict) <= limit:
        return _oldest(promise, only, limit, every)
    found: list[Item] = []
    for each in VERDICTS:
        left = limit - len(found)
        # Under an open reading an event may stand otherwise than it counts.
        if left and (verdict.open_readings or judged_count(verdict, each)):
            found += _oldest(promise, each, left, every)
    return found


def _oldest(
    promise: "JudgedPromise",
    only: "Verdict | None",
    limit: int | None,
    every: "Sequence[Item] | None",
) -> "list[Item]":
    """From all judged events, where they were read already; else only these are read."""
    if every is None:
        return promise.items(only, limit)
    return [each for each in every if only in {None, each.verdict}][:limit]
