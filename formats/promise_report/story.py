"""What is told of a promise, before it is words: its verdict, its text, the events under it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from ledger.units import Hash32, Size
from projections.cases.reading import Moment
from projections.promises.answers import Item, PromiseVerdict, Verdict
from projections.promises.finding import ContradictionCount, StatementFinding
from projections.promises.rule_nouns import Language

VERDICTS: Final[tuple[Verdict, ...]] = ("broken", "undeterminable", "pending", "kept")
"""Worst first, as a reader wants to see them."""

SIGNS: Final[Mapping[Verdict, str]] = {
    "kept": "✓",
    "broken": "✗",
    "pending": "…",
    "undeterminable": "?",
}
"""A verdict is never told by colour alone."""

MOST_UNDER: Final = 6
"""So many records under one judged event are told; more are named by their indexes."""

NO_CONTRADICTIONS: Final = ContradictionCount(0, 0)
_CUT_SHORT: Final = "something else came first"

TextSource = Literal["log", "statement-file", "rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseText:
    """The words in which a promise is told, and where it stands in the statement."""

    source: TextSource
    """`log`: opened against a recorded reading; `statement-file`: the shipped file of the same
    text; `rule`: made from the rule."""
    words: Mapping[Language, str]
    place: str | None = None
    """Heading and line; `None`: not known without opening the log's words."""
    quote: str | None = None
    statement: str | None = None
    """The title of the statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldEvent:
    """A record on which a verdict rests, with both of its times."""

    index: int
    kind: str
    occurred_at: datetime | None
    """`None`: the record is not there any more, or its bytes do not say."""
    recorded_at: datetime | None
    sentences: Mapping[Language, str]
    """What happened."""
    actor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One promise with what explains its verdict."""

    verdict: PromiseVerdict
    text: PromiseText
    items: tuple[Item, ...] = ()
    """Those that are shown, oldest first within each verdict, in the order of telling."""
    total: int = 0
    """How many were judged."""
    events: Mapping[int, ToldEvent] = field(default_factory=dict)
    strip: tuple[Verdict | None, ...] = ()
    """The worst verdict in each of equal stretches of the time that the page shows."""
    findings: tuple[StatementFinding, ...] = ()
    """What is wrong or unclear in its words: contradictions and flaws."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSubject:
    """All promises at one moment."""

    origin: str
    moment: Moment
    size: Size
    """How many records the log had."""
    root: Hash32
    """Of the tree of all of them."""
    stories: tuple[Story, ...]
    strip_since: datetime | None = None
    """Where the strips begin; they end at the moment asked. `None`: there are none."""
    contradictions: ContradictionCount = NO_CONTRADICTIONS
    """Of the statements that make them."""
    shows_words: bool = False
    """Whether the log's own words are in it, against a recorded reading."""


def counts_of(verdicts: Sequence[PromiseVerdict]) -> dict[Verdict, int]:
    """How many promises have each verdict, worst first."""
    found = dict.fromkeys(VERDICTS, 0)
    for each in verdicts:
        found[each.verdict] += 1
    return found


def item_counts(verdict: PromiseVerdict) -> dict[Verdict, int]:
    """How many events of a promise were judged to each verdict, worst first."""
    return {
        "broken": verdict.broken,
        "undeterminable": verdict.undeterminable,
        "pending": verdict.pending,
        "kept": verdict.kept,
    }


def group_of(verdict: PromiseVerdict) -> str:
    """Under which system a promise is listed: those it names, else its organisation."""
    return ", ".join(verdict.systems) or verdict.organisation or "-"


def by_group(stories: Sequence[Story]) -> dict[str, list[Story]]:
    """Promises by system, groups in alphabetical order, promises in their own."""
    found: dict[str, list[Story]] = {}
    for story in stories:
        found.setdefault(group_of(story.verdict), []).append(story)
    return dict(sorted(found.items()))


def broken_since(item: Item) -> datetime:
    """From when on an event is a breach: the end of its term, or else when it happened.

    Where something else came before the term ended, the breach is told by the judged event.
    """
    is_late = item.rule_kind == "deadline" and not (item.reason or "").startswith(_CUT_SHORT)
    return item.due_at if is_late and item.due_at is not None else item.occurred_at


def measure_unit(item: Item, story: Story) -> str:
    """In which unit the figures of a promise measure an event."""
    units = {figures.part: figures.unit for figures in story.verdict.figures}
    return units.get(item.part, "seconds" if item.rule_kind == "deadline" else "")


def events_under(item: Item, story: Story) -> tuple[list[ToldEvent], list[int]]:
    """The records beside its own on which a judged event rests, and those too many to be told."""
    beside = [index for index in item.rests_on if index != item.index]
    told = [story.events[index] for index in beside[:MOST_UNDER] if index in story.events]
    shown = {event.index for event in told}
    return told, [index for index in beside if index not in shown]
