"""Verdicts about promises as JSON objects: all of them, one, and one with its story."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from formats.answers.promise_findings import contradictions_document, finding_document
from formats.promise_report.story import broken_since, counts_of, item_counts
from projections.promises.rule_words import rule_words

if TYPE_CHECKING:
    from formats.promise_report.story import Story, ToldEvent
    from projections.cases.reading import Moment
    from projections.promises.answers import Figures, Item
    from projections.promises.finding import StatementFindings


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
            {
                "system": each.system,
                "since": each.since,
                "until": each.until,
                "lost_index": each.lost_index,
            }
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
