"""How verdicts about promises are shown: as rows for people and spreadsheets, and as JSON."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, Final

from cli.output import Column
from cli.promise_findings import contradictions_document, finding_document
from cli.times import show_instant
from formats.promise_report.reasons import need_kinds, reason_words
from formats.promise_report.story import (
    SIGNS,
    VERDICTS,
    broken_since,
    counts_of,
    item_counts,
)
from projections.promises.rule_words import coverage_words, rule_words

if TYPE_CHECKING:
    from formats.promise_report.story import Story, ToldEvent
    from projections.cases.reading import Moment
    from projections.promises.answers import Figures, Item, PromiseVerdict
    from projections.promises.finding import StatementFindings
    from projections.promises.rule_nouns import Language

SCREEN_COLUMNS: Final = (
    Column("verdict", "verdict", "state"),
    Column("promise", "promise", "word"),
    Column("counts", "judged", "word"),
    Column("when", "oldest break, or due", "word"),
    Column("what", "what was promised", "prose"),
)
ROW_COLUMNS: Final = (
    Column("promise", "promise", "word"),
    Column("systems", "systems"),
    Column("verdict", "verdict", "word"),
    Column("broken", "broken", "count"),
    Column("undeterminable", "undeterminable", "count"),
    Column("pending", "pending", "count"),
    Column("kept", "kept", "count"),
    Column("oldest_break_at", "oldest break", "instant"),
    Column("oldest_break_index", "record", "index"),
    Column("due_at", "due", "instant"),
    Column("waived", "waived", "word"),
    Column("what", "what was promised"),
    Column("reasons", "why"),
    Column("settle", "what would settle it"),
    Column("rests_on", "rests on", "indexes"),
)


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


def table_rows(stories: "Iterable[Story]", language: "Language") -> Iterator[dict[str, Any]]:
    """One row for each promise, for a spreadsheet."""
    for story in stories:
        verdict, oldest = story.verdict, story.verdict.oldest_break
        yield {
            "promise": verdict.promise_id,
            "systems": list(verdict.systems),
            "verdict": verdict.verdict,
            **{str(word): count for word, count in item_counts(verdict).items()},
            "oldest_break_at": None if oldest is None else broken_since(oldest),
            "oldest_break_index": None if oldest is None else oldest.index,
            "due_at": verdict.due_at,
            "waived": verdict.waived,
            "what": story.text.words[language],
            "reasons": list(verdict.reasons),
            "settle": list(verdict.settle),
            "rests_on": list(verdict.rests_on),
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


def answer_document(
    stories: "Iterable[Story]",
    moment: "Moment",
    known: Mapping[str, Any],
    statements: "Sequence[StatementFindings]",
) -> dict[str, Any]:
    """All verdicts as one JSON object: what they are true of, then each promise.

    Args:
        stories: The promises.
        moment: At which they were judged.
        known: `size` and `root` of the log when the question was asked.
        statements: What was found in the statements that make them.
    """
    listed = list(stories)
    return {
        "as_of": moment.as_of,
        "known_size": moment.known_size,
        **known,
        "contradictions": contradictions_document(statements),
        "counts": counts_of([story.verdict for story in listed]),
        "promises": [promise_document(story) for story in listed],
    }


def promise_document(story: "Story") -> dict[str, Any]:
    """One promise as JSON, with its rule as it was declared and in words."""
    verdict, text = story.verdict, story.text
    return {
        "promise_id": verdict.promise_id,
        "policy_id": verdict.policy_id,
        "organisation": verdict.organisation,
        "systems": list(verdict.systems),
        "class": verdict.promise_class,
        "subject_matter": verdict.subject_matter,
        "verdict": verdict.verdict,
        "reasons": list(verdict.reasons),
        "settle": list(verdict.settle),
        "due_at": verdict.due_at,
        "counts": item_counts(verdict),
        "oldest_break": (
            None if verdict.oldest_break is None else item_document(verdict.oldest_break)
        ),
        "figures": [_figures_document(each) for each in verdict.figures],
        "since": verdict.since,
        "until": verdict.until,
        "waived": verdict.waived,
        "reading": verdict.reading,
        "open_readings": list(verdict.open_readings),
        "by_reading": dict(verdict.by_reading),
        "parameters": [
            {
                "name": each.name,
                "value": each.value,
                "unit": each.unit,
                "set_by_index": each.set_by_index,
            }
            for each in verdict.parameters
        ],
        "coverage_gaps": [
            {"system": each.system, "since": each.since, "until": each.until}
            for each in verdict.coverage_gaps
        ],
        "declared_index": verdict.declared_index,
        "policy_index": verdict.policy_index,
        "rests_on": list(verdict.rests_on),
        "words": dict(text.words),
        "words_from": text.source,
        "statement": text.statement,
        "place": text.place,
        "quote": text.quote,
        "rules": [_rule_document(story, place) for place in range(len(verdict.rules))],
        "readings": [
            {
                "name": each.name,
                "leads": each.leads,
                "rules": list(each.rules),
                "words": {
                    language: [rule_words(rule, language, _settings(story)) for rule in each.rules]
                    for language in ("nl", "en")
                },
            }
            for each in verdict.readings
        ],
    }


def story_document(story: "Story", zone: tzinfo) -> dict[str, Any]:
    """One promise as JSON with its judged events, and the records that they rest on."""
    return {
        **promise_document(story),
        "findings": [finding_document(each, zone) for each in story.findings],
        "judged": story.total,
        "items": [item_document(each) for each in story.items],
        "events": [event_document(each) for each in story.events.values()],
    }


def item_document(item: "Item") -> dict[str, Any]:
    """One judged event as JSON."""
    return {
        "part": item.part,
        "part_name": item.part_name,
        "reading": item.reading,
        "rule_kind": item.rule_kind,
        "verdict": item.verdict,
        "reason": item.reason,
        "settle": item.settle,
        "index": item.index,
        "occurred_at": item.occurred_at,
        "due_at": item.due_at,
        "broken_since": broken_since(item) if item.verdict == "broken" else None,
        "measure": item.measure,
        "rests_on": list(item.rests_on),
    }


def event_document(event: "ToldEvent") -> dict[str, Any]:
    """A record on which something rests, as JSON."""
    return {
        "index": event.index,
        "kind": event.kind,
        "occurred_at": event.occurred_at,
        "recorded_at": event.recorded_at,
        "actor": event.actor,
        "sentence": event.sentences["en"],
    }


def _rule_document(story: "Story", place: int) -> dict[str, Any]:
    rule = story.verdict.rules[place]
    words = {language: rule_words(rule, language, _settings(story)) for language in ("nl", "en")}
    return {"rule": rule, "words": words}


def _settings(story: "Story") -> dict[str, Any]:
    return {each.name: each for each in story.verdict.parameters}


def _figures_document(figures: "Figures") -> dict[str, Any]:
    return {
        "part": figures.part,
        "part_name": figures.part_name,
        "of": figures.of,
        "unit": figures.unit,
        "count": figures.count,
        "least": figures.least,
        "p50": figures.p50,
        "p95": figures.p95,
        "most": figures.most,
        "limit": figures.limit,
        "limit_reason": figures.limit_reason,
        "groups": [{"group": name, "value": value} for name, value in figures.groups],
    }


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
    more = f"; and {len(story.verdict.reasons) - 1} more" if len(story.verdict.reasons) > 1 else ""
    return f"{told} [{why}{more}]"


def first_sentence(text: str) -> str:
    """The first sentence of a text, with the point at its end."""
    head, end, rest = text.partition(". ")
    return f"{head}." if end and rest else text


def all_coverage(verdict: "PromiseVerdict", language: "Language") -> str:
    """That a promise needs connected sources, in words, for all of its parts together."""
    rules = (*verdict.rules, *(rule for each in verdict.readings for rule in each.rules))
    systems = dict.fromkeys(system for rule in rules for system in rule.needs_coverage)
    return coverage_words(list(systems), language)
