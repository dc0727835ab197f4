"""What a dossier tells of a breach, as blocks in one language.

Invariants: every statement names the record that it rests on; what is not recorded is said to be
not yet known; without shown words no value of a text or subject field is in it.
"""

from collections.abc import Iterator
from datetime import tzinfo

from formats.breach_dossier.blocks import Cell, Document
from formats.breach_dossier.clock_blocks import TONES, authority_clock, clock_blocks
from formats.breach_dossier.handling_blocks import decision_blocks, form_blocks, measure_blocks
from formats.breach_dossier.known_blocks import awareness_blocks, facts_blocks, timeline_blocks
from formats.breach_dossier.notice_blocks import chain_blocks, notice_blocks
from formats.breach_dossier.proof_blocks import evidence_blocks, integrity_blocks
from formats.breach_dossier.severity_blocks import assessment_blocks
from formats.breach_dossier.subject import DossierSubject
from formats.breach_dossier.words import Words
from formats.subject_copy.words import NOTHING, Language
from projections.cases.breach import notified_at


def dossier_of(subject: DossierSubject, language: Language, zone: tzinfo) -> Document:
    """The dossier in one language.

    Args:
        subject: What it is about.
        language: `nl` or `en`.
        zone: In which times are told.
    """
    words = Words(language, zone, shows_words=subject.shows_words)
    blocks = [
        *timeline_blocks(subject, words),
        *facts_blocks(subject, words),
        *awareness_blocks(subject, words),
        *clock_blocks(subject, words),
        *assessment_blocks(subject, words),
        *decision_blocks(subject, words),
        *chain_blocks(subject, words),
        *notice_blocks(subject, words),
        *measure_blocks(subject, words),
        *form_blocks(subject, words),
        *evidence_blocks(subject, words),
        *integrity_blocks(subject, words),
    ]
    return Document(
        language=language,
        title=words.say("title", case=words.value(subject.name)),
        subtitle=words.say(
            "subtitle",
            as_of=words.instant(subject.moment.as_of),
            size=subject.moment.known_size,
            origin=subject.origin,
        ),
        marks=tuple(_marks(subject, words)),
        blocks=tuple(blocks),
        footer=words.say(
            "footer", origin=subject.origin, size=subject.size, root=subject.root.hex()[:16]
        ),
    )


def _marks(subject: DossierSubject, words: Words) -> Iterator[tuple[str, Cell]]:
    case = subject.case
    yield words.say("status"), Cell(words.say(f"status.{case.status}"))
    aware = Cell(words.say("not_yet"), "warning")
    if case.aware_at is not None:
        aware = Cell(words.instant(case.aware_at))
    yield words.say("aware_since"), aware
    risk = Cell(words.say("not_known"), "warning")
    if case.risk is not None:
        risk = Cell(words.say(f"risk.{case.risk}"), "bad" if case.risk == "high" else "plain")
    yield words.say("risk"), risk
    people = next(iter(case.notices_to("subjects")), None)
    for name, told in (("authority_told", case.told_authority), ("people_told", people)):
        said = words.say("not_yet") if told is None else words.instant(notified_at(told))
        yield words.say(name), Cell(said)
    yield words.say("end_72"), _end_of_72_hours(subject, words)


def _end_of_72_hours(subject: DossierSubject, words: Words) -> Cell:
    clock = authority_clock(subject)
    if clock is None or clock.due_at is None:
        return Cell(NOTHING)
    state = words.say(f"state.{clock.state}")
    if clock.start.undecided:
        state = f"{state}; {words.say('standing.undecided')}"
    return Cell(f"{words.instant(clock.due_at)} ({state})", TONES[clock.state])
