"""The facts of a timeline as lines: both times, how much later it was recorded, what happened."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from markupsafe import Markup, escape

from formats.sentences import sentence
from projections.cases.reading import Moment
from projections.investigation.blast_radius import Signal
from projections.investigation.timeline import Entry, Part
from service.page.breaches.case import Case
from service.page.breaches.changes import is_new
from service.page.languages import Language

_AT_ONCE: Final = timedelta(minutes=5)
"""What is recorded within this time counts as recorded at once."""
_RECORD: Final = re.compile(r"\brecord (\d{1,17})\b")


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One line of a timeline."""

    index: int
    part: Part
    occurred_at: datetime
    recorded_at: datetime
    lag: timedelta | None
    """How much later it was recorded, where that was not at once."""
    kind: str
    told: str
    system: str | None
    corrected_by: int | None = None
    is_new: bool = False
    """Whether it did not count yet at the moment that is compared with."""
    lead: timedelta | None = None
    """How long before awareness it occurred."""
    was_known: bool | None = None
    """Whether this log had it before awareness."""


def entry_lines(
    case: Case,
    language: Language,
    zone: tzinfo,
    signals: Iterable[Signal] | None = None,
    *,
    before: Moment | None = None,
) -> list[EntryLine]:
    """The lines of a timeline, in its order, or those of signals.

    Args:
        case: The breach.
        language: Of the words.
        zone: In which times inside sentences are told.
        signals: Instead of the entries of the timeline.
        before: The moment that is compared with.
    """
    if signals is None:
        return [
            _line(
                entry,
                case,
                language,
                zone,
                is_added=before is not None and is_new(entry, before),
            )
            for entry in case.subject.timeline.entries
        ]
    return [
        EntryLine(
            index=signal.index,
            part="signal",
            occurred_at=signal.occurred_at,
            recorded_at=signal.recorded_at,
            lag=_lag(signal.occurred_at, signal.recorded_at),
            kind=case.words.kind(signal.kind),
            told=sentence(signal.event, zone, language),
            system=signal.event.system,
            lead=signal.lead,
            was_known=signal.before_awareness,
        )
        for signal in signals
    ]


def _line(
    entry: Entry, case: Case, language: Language, zone: tzinfo, *, is_added: bool
) -> EntryLine:
    return EntryLine(
        index=entry.index,
        part=entry.part,
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
        lag=_lag(entry.occurred_at, entry.recorded_at),
        kind=case.words.kind(entry.kind),
        told=sentence(entry.event, zone, language),
        system=entry.system,
        corrected_by=entry.corrected_by,
        is_new=is_added,
    )


def _lag(occurred_at: datetime, recorded_at: datetime) -> timedelta | None:
    lag = recorded_at - occurred_at
    return lag if lag > _AT_ONCE else None


def linked(text: str) -> Markup:
    """A text of a dossier as markup, in which "record 7" leads to that record."""
    parts: list[Markup] = []
    end = 0
    for found in _RECORD.finditer(text):
        parts += [
            escape(text[end : found.start()]),
            Markup('<a href="/history/{0}">{1}</a>').format(found[1], found[0]),
        ]
        end = found.end()
    return Markup().join([*parts, escape(text[end:])])
