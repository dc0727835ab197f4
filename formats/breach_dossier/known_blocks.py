"""What is known of a breach as blocks: timeline, facts, and the moments of awareness."""

from collections.abc import Iterator, Sequence
from typing import Final

from formats.breach_dossier.blocks import (
    Block,
    Cell,
    Facts,
    Note,
    Picture,
    Section,
    Table,
    Tone,
    record_cell,
)
from formats.breach_dossier.clock_blocks import authority_clock
from formats.breach_dossier.picture import timeline_svg
from formats.breach_dossier.subject import BreachSubject
from formats.breach_dossier.words import Words
from formats.subject_copy.words import NOTHING
from projections.cases.reading import Step
from projections.investigation.timeline import Entry, Timeline

MOST_AROUND: Final = 40
"""So many facts around a case are told; the rest is counted."""


def told_entries(timeline: Timeline) -> Iterator[Entry]:
    """The steps and signals of a case, and the first facts around it, in their order."""
    around = 0
    for entry in timeline.entries:
        around += entry.part == "around"
        if entry.part != "around" or around <= MOST_AROUND:
            yield entry


def timeline_blocks(subject: BreachSubject, words: Words) -> Iterator[Block]:
    """The timeline, drawn and as a table."""
    yield Section(words.say("timeline"), words.say("timeline.intro"))
    entries = subject.timeline.entries
    drawn = timeline_svg(entries, authority_clock(subject), words)
    if drawn is not None:
        yield Picture(drawn.svg, words.say("timeline.caption"))
        if drawn.unlabelled:
            yield Note(words.say("timeline.unlabelled", count=drawn.unlabelled), "quiet")
    told_ones = list(told_entries(subject.timeline))
    rows = []
    for entry in told_ones:
        told = words.kind(entry.kind)
        if entry.system is not None:
            told += f" ({entry.system})"
        if entry.corrected_by is not None:
            told += f" \N{EM DASH} {words.say('corrected', index=entry.corrected_by)}"
        tone: Tone = "quiet" if entry.part == "around" or entry.corrected_by else "plain"
        rows.append(
            (
                Cell(words.instant(entry.occurred_at), tone),
                Cell(words.instant(entry.recorded_at), tone),
                Cell(told, tone),
                record_cell(entry.index, tone),
            )
        )
    headings = tuple(words.say(name) for name in ("occurred", "recorded", "what", "record"))
    yield Table(headings, (25, 25, 41, 9), tuple(rows), words.say("timeline.empty"))
    left_out = len(entries) - len(told_ones) + sum(subject.timeline.left_out.values())
    if left_out:
        yield Note(words.say("timeline.left_out", count=left_out), "quiet")
    if not subject.timeline.is_whole:
        yield Note(words.say("timeline.not_whole"), "warning")


def facts_blocks(subject: BreachSubject, words: Words) -> Iterator[Block]:
    """What is known, with the record that said it last."""
    yield Section(words.say("facts"), words.say("facts.intro"))
    rows = tuple(
        (Cell(words.field(name)), Cell(words.value(value, name)), record_cell(index))
        for name, (value, index) in subject.case.facts.items()
    )
    headings = tuple(words.say(name) for name in ("fact", "value", "record"))
    yield Table(headings, (32, 58, 10), rows, words.say("facts.empty"))


def awareness_blocks(subject: BreachSubject, words: Words) -> Iterator[Block]:
    """Every moment from which awareness could run, with the end that it gives."""
    yield Section(words.say("awareness"), words.say("awareness.intro"))
    ends = {
        (clock.start.name, clock.start.at): clock
        for clock in subject.clocks
        if clock.rule_id == "gdpr-33-1"
    }
    rows = []
    for candidate in subject.case.candidates:
        clock = ends.get((candidate.anchor, candidate.at))
        due = NOTHING if clock is None or clock.due_at is None else words.instant(clock.due_at)
        standing = Cell(words.say("standing.comparison"), "quiet")
        if clock is not None and clock.start.leads:
            standing = Cell(words.say("standing.leads"), "good")
        if clock is not None and clock.start.undecided:
            standing = Cell(words.say("standing.undecided"), "warning")
        if candidate.corrected_by is not None:
            standing = Cell(words.say("corrected", index=candidate.corrected_by), "quiet")
        rows.append(
            (
                Cell(words.listed("anchor", candidate.anchor)),
                Cell(words.instant(candidate.at)),
                Cell(due),
                standing,
                record_cell(candidate.index),
            )
        )
    names = ("moment", "at", "end_72", "standing", "record")
    headings = tuple(words.say(name) for name in names)
    yield Table(headings, (22, 24, 24, 20, 10), tuple(rows), words.say("awareness.empty"))
    for step in subject.case.awareness[-1:]:
        yield Facts(tuple(_own_words(step, ("basis", "decided_by"), words)))


def _own_words(step: Step, names: Sequence[str], words: Words) -> Iterator[tuple[str, Cell]]:
    for name in names:
        value = getattr(step.event, name, None)
        if value is not None:
            told = f"{words.value(value, name)} ({words.say('record')} {step.index})"
            yield words.say(name), Cell(told)
