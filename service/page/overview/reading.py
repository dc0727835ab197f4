"""What the overview shows, each part read within bounds, whatever the length of the log.

Clocks and promises are judged from many records, so they are remembered (`remembering`): each says
what state of the log it is true of. The rest is read anew for each visit.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from formats.promise_report.story import Story
from formats.promise_report.story_reader import StoryReader
from ledger.own_records import is_reserved
from projections.activity.histogram import ActivityQuestion, Bin, activity
from projections.blocks import BLOCKS, blocks_newest
from projections.cases.clock import Clock
from projections.cases.reading import Moment, moment_of
from projections.cases.view import CASES, newest_step
from projections.clocks import clocks, running
from projections.promises import judged_promises
from projections.promises.answers import PromiseVerdict, Verdict
from projections.query import state
from projections.snapshot import reader_at
from service.context import Context

MOST_CLOCKS: Final = 8
MOST_PROMISES: Final = 6
MOST_BLOCKS: Final = 6
MOST_SOURCES: Final = 8
HOURS: Final = 48
"""So many hours are drawn."""


@dataclass(frozen=True, slots=True)
class Running:
    """What somebody still has to do, as one state of the log has it."""

    moment: Moment
    shown: tuple[Clock, ...]
    """The most urgent first."""
    total: int


@dataclass(frozen=True, slots=True)
class Promises:
    """How the promises stand, as one state of the log judges them."""

    moment: Moment
    broken: tuple[Story, ...]
    """Those that were broken most often first."""
    counts: dict[Verdict, int]


@dataclass(frozen=True, slots=True)
class Source:
    """A source that is expected to report and has not."""

    system: str
    last_heard: datetime | None
    """`None`: never."""
    last_index: int | None
    silent_for: timedelta | None
    covered: bool
    """Whether somebody declared that its silence means that nothing happened."""
    rests_on: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Now:
    """What is read anew for each visit."""

    moment: Moment
    blocks: tuple[dict[str, Any], ...]
    blocked: int
    silent: tuple[Source, ...]
    silent_total: int
    sources: int
    """How many are expected to report."""
    hours: tuple[Bin, ...]
    newest_step: int
    """The last step of any case: another one may start or stop a clock."""
    day: int
    """How many events occurred in the last 24 hours."""


def running_clocks(context: Context) -> Running:
    """The clocks that run; blocking."""
    moment = moment_of(context.ledger)
    zone = context.home.settings().zone
    found = list(running(clocks(context.ledger, moment, zone=zone, ended=False)))
    return Running(moment, tuple(found[:MOST_CLOCKS]), len(found))


def promises_now(context: Context) -> Promises:
    """How the promises stand; blocking."""
    moment = moment_of(context.ledger)
    with judged_promises(context.ledger, moment) as standing:
        verdicts = [each.verdict for each in standing]
    counts: dict[Verdict, int] = {}
    for each in verdicts:
        counts[each.verdict] = counts.get(each.verdict, 0) + 1
    broken = sorted((each for each in verdicts if each.verdict == "broken"), key=_by_breaks)[
        :MOST_PROMISES
    ]
    zone = ZoneInfo(context.home.settings().zone)
    stories = StoryReader(context.ledger, moment, zone).listed(broken)
    return Promises(moment, tuple(stories), counts)


def _by_breaks(verdict: PromiseVerdict) -> tuple[int, str]:
    return -verdict.broken, verdict.promise_id


def read_now(context: Context) -> Now:
    """Blocked addresses, silent sources, and how much happened; blocking."""
    ledger = context.ledger
    moment = moment_of(ledger)
    with reader_at(ledger, BLOCKS, moment.as_of, moment.known_size) as reader:
        blocks, blocked = blocks_newest(reader, MOST_BLOCKS)
    with reader_at(ledger, CASES, moment.as_of, moment.known_size) as reader:
        step = newest_step(reader)
    expected = _expected_sources(context, moment)
    limit = timedelta(seconds=context.settings.silent_after_s)
    silent = [one for one in expected if one.silent_for is None or one.silent_for > limit]
    silent.sort(key=lambda one: (one.silent_for is not None, one.silent_for or limit, one.system))
    zone = ZoneInfo(context.home.settings().zone)
    window = ActivityQuestion(since=moment.as_of - timedelta(hours=HOURS), until=moment.as_of)
    found = activity(ledger, window, known_size=moment.known_size, zone=zone, most=HOURS + 2)
    day = ActivityQuestion(since=moment.as_of - timedelta(hours=24), until=moment.as_of)
    of_day = activity(ledger, day, known_size=moment.known_size, zone=zone)
    return Now(
        moment=moment,
        blocks=tuple(blocks),
        blocked=blocked,
        silent=tuple(silent[:MOST_SOURCES]),
        silent_total=len(silent),
        sources=len(expected),
        hours=found.bins,
        newest_step=step,
        day=of_day.total,
    )


def _expected_sources(context: Context, moment: Moment) -> list[Source]:
    """Systems that are registered or covered, or that reported though nobody registered them."""
    answer = state(
        context.ledger,
        "systems",
        as_of=moment.as_of,
        as_known=moment.known_size,
        only="known",
    )
    return [
        Source(
            system=row["system"],
            last_heard=row["last_heard"],
            last_index=row["last_heard_index"],
            silent_for=row["silent_for"],
            covered=row["covered"],
            rests_on=tuple(row["indexes"] or row["coverage_indexes"]),
        )
        for row in answer.rows
        if not is_reserved(row["system"]) and "retired" not in row["status"]
    ]
