"""What differs of a breach between two moments: what is told of it, and the steps in between."""

from collections.abc import Iterator
from dataclasses import dataclass

from formats.breach_dossier.words import Words
from projections.cases.breach import BreachCase, notified_at
from projections.cases.reading import Moment
from projections.investigation.timeline import Entry
from service.page.breaches.case import Case, people_of


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is told otherwise."""

    label: str
    was: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that differs of a case."""

    told: tuple[Difference, ...]
    steps: tuple[Entry, ...]
    """Steps and signals that were not known of at the earlier moment."""

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.told or self.steps)


def changes_of(before: Case, after: Case) -> Changes:
    """What differs between two moments of one case."""
    was, now = (dict(_told(each.subject.case, each.words)) for each in (before, after))
    labels = dict.fromkeys((*now, *was))
    found = (Difference(label, was.get(label), now.get(label)) for label in labels)
    return Changes(
        told=tuple(each for each in found if each.was != each.now),
        steps=tuple(
            entry
            for entry in after.subject.timeline.entries
            if entry.part != "around" and is_new(entry, before.subject.moment)
        ),
    )


def is_new(entry: Entry, before: Moment) -> bool:
    """Whether a fact did not count yet at an earlier moment."""
    return entry.occurred_at > before.as_of or entry.index >= before.known_size


def _told(case: BreachCase, words: Words) -> Iterator[tuple[str, str]]:
    """What is told of a case in one line each, by its name."""
    if not case.steps:
        return
    yield words.say("status"), words.say(f"status.{case.status}")
    if case.aware_at is not None:
        yield words.say("aware_since"), words.instant(case.aware_at)
    if case.risk is not None:
        yield words.say("risk"), words.say(f"risk.{case.risk}")
    people = people_of(case.facts, words)
    if people is not None:
        yield words.say("addressee.subjects"), people
    if case.told_authority is not None:
        yield words.say("authority_told"), words.instant(notified_at(case.told_authority))
    for step in case.notices_to("subjects")[:1]:
        yield words.say("people_told"), words.instant(notified_at(step))
    if case.notices_to("authority"):
        items = words.listed_all("item", case.open_items()) or words.say("none")
        yield words.say("open_items"), items
    for name, (value, _index) in case.facts.items():
        if not name.startswith("subjects_"):
            yield words.field(name), words.value(value, name)
