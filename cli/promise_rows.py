"""How verdicts about promises are shown: as rows for people and spreadsheets."""

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, Final

from cli.output import Column
from formats.promise_report.reasons import need_kinds, reason_words
from formats.promise_report.story import (
    SIGNS,
    VERDICTS,
    broken_since,
    counts_of,
    item_counts,
)
from formats.shown_times import show_instant
from projections.promises.rule_words import coverage_words

if TYPE_CHECKING:
    from formats.promise_report.story import Story
    from projections.promises.answers import PromiseVerdict
    from projections.promises.rule_nouns import Language

SCREEN_COLUMNS: Final = (
    Column("verdict", "verdict", "state"),
    Column("promise", "promise", "word"),
    Column("counts", "judged", "word"),
    Column("when", "oldest break, or due", "word"),
    Column("what", "what was promised", "prose"),
)

_AND_MORE: Final[dict["Language", str]] = {"en": "; and {} more", "nl": "; en nog {}"}
"""How many further reasons there are."""


def screen_rows(
    stories: "Iterable[Story]", language: "Language", zone: tzinfo
) -> Iterator[dict[str, Any]]:
    """One row for each promise, as people read it on a screen."""
    for story in stories:
        verdict = story.verdict
        yield {
            "verdict": signed(verdict),
            "promise": verdict.promise_id,
            "counts": told_counts(verdict) or None,
            "when": _when(verdict, zone),
            "what": _what(story, language),
        }


def signed(verdict: "PromiseVerdict") -> str:
    """The verdict with its sign, and that it is waived."""
    waived = " (waived)" if verdict.waived else ""
    return f"{SIGNS[verdict.verdict]} {verdict.verdict}{waived}"


def told_counts(verdict: "PromiseVerdict") -> str:
    """How many events were judged to what, worst first: `1 broken, 12 kept`."""
    return ", ".join(f"{count} {word}" for word, count in item_counts(verdict).items() if count)


def summary_line(stories: "Iterable[Story]") -> str:
    """How many promises have which verdict: `65 promises: 3 broken, 40 kept`."""
    listed = [story.verdict for story in stories]
    counts = counts_of(listed)
    told = ", ".join(f"{counts[word]} {word}" for word in VERDICTS if counts[word])
    total = f"{len(listed)} promise{'' if len(listed) == 1 else 's'}"
    return f"{total}: {told}" if told else total


def _when(verdict: "PromiseVerdict", zone: tzinfo) -> str | None:
    """The oldest break with its record; else when something is due."""
    oldest = verdict.oldest_break
    if oldest is not None:
        return f"{_minute(broken_since(oldest), zone)} (record {oldest.index})"
    return None if verdict.due_at is None else f"due {_minute(verdict.due_at, zone)}"


def _minute(instant: datetime, zone: tzinfo) -> str:
    shown = show_instant(instant, zone)
    return shown[:16] if shown[16:19] == ":00" else shown[:19]


def _what(story: "Story", language: "Language") -> str:
    """The first sentence of what was promised, and the first reason why there is no verdict."""
    told = first_sentence(story.text.words[language])
    if story.verdict.verdict != "undeterminable" or not story.verdict.reasons:
        return told
    why = reason_words(story.verdict.reasons[0], language, need_kinds(story.verdict))
    more = len(story.verdict.reasons) - 1
    return f"{told} [{why}{_AND_MORE[language].format(more) if more else ''}]"


def first_sentence(text: str) -> str:
    """The first sentence of a text, with the point at its end."""
    head, end, rest = text.partition(". ")
    return f"{head}." if end and rest else text


def all_coverage(verdict: "PromiseVerdict", language: "Language") -> str:
    """That a promise needs connected sources, in words, for all of its parts together."""
    rules = (*verdict.rules, *(rule for each in verdict.readings for rule in each.rules))
    systems = dict.fromkeys(system for rule in rules for system in rule.needs_coverage)
    return coverage_words(list(systems), language)
