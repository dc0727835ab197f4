"""Draws promises for people: a table by system, and the story of one promise event by event."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Any, Final

from cli.output import Column
from cli.promise_rows import (
    SCREEN_COLUMNS,
    all_coverage,
    screen_rows,
    signed,
    summary_line,
    told_counts,
)
from cli.rendering import draw_facts, draw_gap, draw_heading, draw_line, draw_rows
from formats.promise_report.finding_words import (
    GRAVITY_SIGNS,
    finding_settle,
    finding_words,
)
from formats.promise_report.measures import bar, measured
from formats.promise_report.reasons import need_kinds, reason_words
from formats.promise_report.story import (
    SIGNS,
    Story,
    broken_since,
    by_group,
    events_under,
    measure_unit,
)
from formats.promise_report.words import ReportWords
from formats.sentences import counted
from formats.shown_times import show_instant
from projections.promises.answers import Figures, Item, Verdict
from projections.promises.finding import Gravity
from projections.promises.rule_nouns import Language
from projections.promises.rule_words import rule_words, setting_words

PARAMETER_COLUMNS: Final = (
    Column("name", "parameter", "word"),
    Column("value", "value", "word"),
    Column("index", "record", "index"),
    Column("set", "set", "instant"),
    Column("by", "by", "word"),
)
_STYLES: Final[dict[Verdict, str]] = {
    "kept": "good",
    "broken": "bad",
    "pending": "quiet",
    "undeterminable": "warning",
}
_GRAVITIES: Final[dict[Gravity, str]] = {"high": "warning", "medium": "quiet", "low": "good"}
_SOURCES: Final = {
    "log": "the log",
    "statement-file": "the shipped file of this statement",
    "rule": "the rule; the statement's own words are withheld",
}


def draw_list(stories: Sequence[Story], language: Language, zone: tzinfo) -> None:
    """Draws a table for each system, with a line that counts its verdicts."""
    rows = list(screen_rows(stories, language, zone))
    columns = [each for each in SCREEN_COLUMNS if any(row[each.name] for row in rows)]
    for place, (group, listed) in enumerate(by_group(stories).items()):
        if place:
            draw_gap()
        draw_heading(f"{group} · {summary_line(listed)}")
        draw_rows(screen_rows(listed, language, zone), columns, zone)


def draw_story(story: Story, language: Language, zone: tzinfo) -> None:
    """Draws one promise: what it says, the rule, what was set, and every judged event."""
    verdict = story.verdict
    needs = need_kinds(verdict)
    draw_heading(f"{verdict.promise_id} · {signed(verdict)}")
    draw_line(story.text.words[language])
    draw_gap()
    draw_facts([(name, value) for name, value in _facts(story, zone) if value], zone)
    for reason in verdict.reasons:
        told = reason_words(reason, language, needs)
        draw_line(told, style=_STYLES[verdict.verdict], mark=SIGNS[verdict.verdict])
    for settle in verdict.settle:
        draw_line(f"to settle it: {reason_words(settle, language, needs)}", indent=2)
    _draw_findings(story, language, zone)
    _draw_rules(story, language)
    _draw_parameters(story, language, zone)
    _draw_coverage(story, zone)
    for figures in verdict.figures:
        _draw_figures(figures, language)
    _draw_items(story, language, zone)


def _facts(story: Story, zone: tzinfo) -> Iterator[tuple[str, object]]:
    verdict = story.verdict
    yield "statement", story.text.statement or verdict.policy_id
    yield "stands at", story.text.place
    yield "phrase", f"“{story.text.quote}”" if story.text.quote else None
    yield "words from", _SOURCES[story.text.source]
    yield "systems", list(verdict.systems)
    yield "judged", told_counts(verdict)
    until = f" until {show_instant(verdict.until, zone)}" if verdict.until else ""
    yield "in force", f"from {show_instant(verdict.since, zone)}{until}"
    yield "due", verdict.due_at
    yield "reading", verdict.reading
    yield "rests on", list(verdict.rests_on)


def _draw_findings(story: Story, language: Language, zone: tzinfo) -> None:
    if not story.findings:
        return
    words = ReportWords(language, zone)
    draw_gap()
    draw_heading("What is wrong with the statement")
    for each in story.findings:
        draw_line(
            finding_words(each, words),
            style=_GRAVITIES[each.gravity],
            indent=2,
            mark=GRAVITY_SIGNS[each.gravity],
        )
        for settle in finding_settle(each, words):
            draw_line(f"to settle it: {settle}", indent=4)


def _draw_rules(story: Story, language: Language) -> None:
    verdict = story.verdict
    settings = {each.name: each for each in verdict.parameters}
    draw_gap()
    draw_heading("The rule in words")
    for number, rule in enumerate(verdict.rules, 1):
        draw_line(f"{number}. {rule_words(rule, language, settings)}", indent=2)
    for reading in verdict.readings:
        state = verdict.by_reading.get(reading.name)
        sign = f", {SIGNS[state]} {state}" if state else ""
        draw_line(f"reading {reading.name} ({_standing(story, reading.name)}{sign}):", indent=2)
        for rule in reading.rules:
            draw_line(rule_words(rule, language, settings), indent=4)
    coverage = all_coverage(verdict, language)
    if coverage:
        draw_line(coverage, style="quiet", indent=2)


def _standing(story: Story, name: str) -> str:
    """What a reading is worth: it counts, it is open, or it stands for comparison."""
    if story.verdict.reading == name:
        return "this one counts"
    return "not decided" if name in story.verdict.open_readings else "for comparison"


def _draw_parameters(story: Story, language: Language, zone: tzinfo) -> None:
    if not story.verdict.parameters:
        return
    draw_gap()
    draw_heading("What the statement leaves open")
    draw_rows(_parameter_rows(story, language), PARAMETER_COLUMNS, zone)


def _parameter_rows(story: Story, language: Language) -> Iterator[dict[str, Any]]:
    for each in story.verdict.parameters:
        event = story.events.get(each.set_by_index) if each.set_by_index is not None else None
        yield {
            "name": each.name,
            "value": setting_words(each, language) or "not set",
            "index": each.set_by_index,
            "set": event.recorded_at if event else None,
            "by": event.actor if event else None,
        }


def _draw_coverage(story: Story, zone: tzinfo) -> None:
    if not story.verdict.coverage_gaps:
        return
    draw_gap()
    draw_heading("Sources not known to be connected, or to have told everything")
    for gap in story.verdict.coverage_gaps:
        until = "now" if gap.until is None else show_instant(gap.until, zone)
        since = show_instant(gap.since, zone)
        lost = "" if gap.lost_index is None else f", lines never came in (record {gap.lost_index})"
        told = f"{gap.system}: from {since} to {until}{lost}"
        draw_line(told, style="warning", mark="?", indent=2)


def _draw_figures(figures: Figures, language: Language) -> None:
    draw_gap()
    draw_heading(f"Measured{f': {figures.part_name}' if figures.part_name else ''}")
    if not figures.count:
        draw_line("nothing was measured", indent=2)
        return
    scale = max(each for each in (figures.most, figures.limit, 1) if each is not None)
    rows = [("least", figures.least), ("median", figures.p50), ("95 of 100", figures.p95)]
    rows += [("most", figures.most), ("limit", figures.limit)]
    draw_line(counted(figures.count, "value"), indent=2)
    for name, value in rows:
        if value is not None:
            told = measured(value, figures.unit)
            draw_line(f"{name:<9} {told:>12}  {bar(value, scale)}", indent=2)
    if figures.limit is None and figures.limit_reason:
        told = reason_words(figures.limit_reason, language)
        draw_line(told, style="warning", mark="?", indent=2)
    for name, value in figures.groups:
        draw_line(f"{name}: {measured(value, figures.unit)}", indent=4)


def _draw_items(story: Story, language: Language, zone: tzinfo) -> None:
    draw_gap()
    shown = len(story.items)
    of = f" of {story.total}" if shown < story.total else ""
    draw_heading(f"Judged events: {shown or 'none'}{of}")
    for item in story.items:
        _draw_item(item, story, language, zone)
    if shown < story.total:
        draw_line(f"{story.total - shown} more: --all tells them", style="quiet")


def _draw_item(item: Item, story: Story, language: Language, zone: tzinfo) -> None:
    style, sign = _STYLES[item.verdict], SIGNS[item.verdict]
    event = story.events.get(item.index)
    needs = need_kinds(story.verdict)
    happened = show_instant(item.occurred_at, zone)
    part = item.part_name or (f"part {item.part + 1}" if len(story.verdict.rules) > 1 else "")
    of = ", ".join(each for each in (part, item.reading and f"reading {item.reading}") if each)
    draw_line(
        f"{item.verdict} · {happened} · record {item.index}{f' · {of}' if of else ''}",
        style=style,
        mark=sign,
    )
    if event is not None:
        draw_line(f"{event.kind}: {event.sentences[language]}", indent=4)
        if event.recorded_at is not None:
            draw_line(f"recorded {show_instant(event.recorded_at, zone)}", style="quiet", indent=4)
    if item.due_at is not None:
        draw_line(f"due before {show_instant(item.due_at, zone)}", indent=4)
    if item.verdict == "broken" and broken_since(item) != item.occurred_at:
        draw_line(f"broken since {show_instant(broken_since(item), zone)}", indent=4)
    if item.measure is not None:
        draw_line(f"measured {measured(item.measure, measure_unit(item, story))}", indent=4)
    if item.reason:
        draw_line(f"why: {reason_words(item.reason, language, needs)}", indent=4)
    if item.settle:
        draw_line(f"to settle it: {reason_words(item.settle, language, needs)}", indent=4)
    under, left = events_under(item, story)
    for beside in under:
        at = "" if beside.occurred_at is None else f"{show_instant(beside.occurred_at, zone)} "
        told = f"rests on {beside.index}: {at}{beside.kind}: {beside.sentences[language]}"
        draw_line(told, style="quiet", indent=4)
    if left:
        draw_line(f"rests on {', '.join(map(str, left))} too", style="quiet", indent=4)
