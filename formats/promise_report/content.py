"""The page about promises as texts: what it is about, the overview, and a panel for each."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from formats.promise_report.document import Counted, Group, Mark, Report, Tile
from formats.promise_report.explanation import Teller
from formats.promise_report.finding_words import contradictions_line
from formats.promise_report.story import VERDICTS, ReportSubject, Story, by_group, counts_of
from formats.promise_report.words import ReportWords
from projections.promises.rule_nouns import Language

_LABELS: Final = (
    "overview",
    "overview.intro",
    "legend",
    "rule",
    "parameters",
    "gaps",
    "settle",
    "findings",
    "items",
    "empty",
)


def report_of(subject: ReportSubject, language: Language, zone: tzinfo) -> Report:
    """The page in one language; the same subject gives the same texts.

    Args:
        subject: Every promise with its story, at one moment.
        language: `nl` or `en`.
        zone: In which times are told.
    """
    words = ReportWords(language, zone, shows_words=subject.shows_words)
    teller = Teller(words, subject.strip_since, subject.moment.as_of)
    return Report(
        language=language,
        title=words.say("title"),
        subtitle=words.say("subtitle"),
        marks=_marks(subject, words),
        contradictions=contradictions_line(subject.contradictions, words),
        counts=_counts(subject, teller),
        groups=tuple(
            _group(name, listed, teller) for name, listed in by_group(subject.stories).items()
        ),
        labels={name.replace(".", "_"): words.say(name) for name in _LABELS},
        footer=words.say("footer", known=words.counted(subject.moment.known_size)),
    )


def _marks(subject: ReportSubject, words: ReportWords) -> tuple[tuple[str, str], ...]:
    shown = "words_from.shown" if subject.shows_words else "words_from.withheld"
    known = words.say(
        "known.records",
        known=words.counted(subject.moment.known_size),
        size=words.counted(subject.size),
    )
    return (
        (words.say("as_of"), words.instant(subject.moment.as_of)),
        (words.say("known"), known),
        (words.say("origin"), subject.origin),
        (words.say("words_from"), words.say(shown)),
        (words.say("root"), subject.root.hex()),
    )


def _counts(subject: ReportSubject, teller: Teller) -> tuple[Counted, ...]:
    counts = counts_of([story.verdict for story in subject.stories])
    return tuple(
        Counted(
            teller.mark(verdict),
            teller.words.counted(counts[verdict]),
            teller.words.say(f"explains.{verdict}"),
        )
        for verdict in VERDICTS
    )


def _group(name: str, listed: Sequence[Story], teller: Teller) -> Group:
    counts = counts_of([story.verdict for story in listed])
    told = [f"{counts[each]} {teller.mark(each).word}" for each in VERDICTS if counts[each]]
    noun = teller.words.say("promises.one" if len(listed) == 1 else "promises")
    return Group(
        name=name,
        title=teller.words.say("of_system", system=name),
        summary=f"{len(listed)} {noun}: {', '.join(told)}",
        tiles=tuple(_tile(story, teller.mark(story.verdict.verdict), teller) for story in listed),
        panels=tuple(teller.panel(story) for story in listed),
    )


def _tile(story: Story, mark: Mark, teller: Teller) -> Tile:
    name = story.verdict.promise_id
    return Tile(
        anchor=teller.anchor(story),
        name=name,
        mark=mark,
        title=f"{name}, {mark.word}: {story.text.words[teller.words.language]}",
    )
