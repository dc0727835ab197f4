"""How a breach was handled as blocks: assessments, decisions, notices, measures, the form."""

from collections.abc import Iterator

from formats.breach_dossier.ap_form import answers
from formats.breach_dossier.blocks import Block, Cell, Note, Section, Subsection, Table
from formats.breach_dossier.subject import DossierSubject
from formats.breach_dossier.words import Words
from formats.subject_copy.words import NOTHING
from ledger.events.breach import BreachAssessed, BreachMeasureTaken
from ledger.events.breach_notices import (
    BreachAuthorityNotified,
    BreachControllerNotified,
    BreachNotificationDecided,
    BreachSubjectsNotified,
)
from projections.cases.breach import notified_at
from projections.cases.reading import Step


def assessment_blocks(subject: DossierSubject, words: Words) -> Iterator[Block]:
    """The assessments of the risk, with their scores."""
    yield Section(words.say("assessments"))
    rows = []
    for step in subject.case.assessments:
        event = step.event
        if isinstance(event, BreachAssessed):
            scores = ", ".join(f"{each.name} {each.hundredths / 100:g}" for each in event.scores)
            rows.append(
                (
                    Cell(words.instant(event.occurred_at)),
                    Cell(words.say(f"risk.{event.risk}")),
                    Cell(f"{event.method or NOTHING}: {scores}" if scores else NOTHING),
                    Cell(words.value(event.basis, "basis")),
                    Cell(str(step.index), mono=True),
                )
            )
    headings = (
        words.say("when"),
        words.say("risk"),
        words.say("method"),
        words.say("basis"),
        words.say("record"),
    )
    yield Table(headings, (24, 12, 30, 24, 10), tuple(rows), words.say("assessments.empty"))


def decision_blocks(subject: DossierSubject, words: Words) -> Iterator[Block]:
    """The decisions whom to tell, with their grounds."""
    yield Section(words.say("decisions"))
    rows = []
    for step in subject.case.steps:
        event = step.event
        if isinstance(event, BreachNotificationDecided):
            rows.append(
                (
                    Cell(words.instant(event.occurred_at)),
                    Cell(words.say(f"addressee.{event.addressee}")),
                    Cell(words.say("decision.yes" if event.notify else "decision.no")),
                    Cell(event.ground or NOTHING),
                    Cell(str(step.index), mono=True),
                )
            )
    names = ("when", "addressee", "decision", "ground", "record")
    headings = tuple(words.say(name) for name in names)
    yield Table(headings, (26, 22, 20, 22, 10), tuple(rows), words.say("decisions.empty"))


def notice_blocks(subject: DossierSubject, words: Words) -> Iterator[Block]:
    """Who was told what, and what is still to be told."""
    yield Section(words.say("notices"), words.say("notices.intro"))
    rows = [_notice(step, words) for step in subject.case.notices]
    names = ("when", "addressee", "kind", "content", "document", "record")
    headings = tuple(words.say(name) for name in names)
    yield Table(headings, (21, 17, 13, 19, 21, 9), tuple(rows), words.say("notices.empty"))
    if subject.case.notices_to("authority"):
        yield Subsection(words.say("open_items"))
        items = subject.case.open_items()
        told = ", ".join(words.say(f"item.{each}") for each in items)
        text = words.say("open_items.some", items=told) if items else words.say("open_items.none")
        yield Note(text, "warning" if items else "good")


def _notice(step: Step, words: Words) -> tuple[Cell, ...]:
    event = step.event
    whom, kind, content = NOTHING, NOTHING, ""
    if isinstance(event, BreachSubjectsNotified):
        whom, kind = words.say("addressee.subjects"), str(event.manner)
    elif isinstance(event, BreachControllerNotified):
        whom, kind = event.controller, str(event.notice_kind)
        content = ", ".join(words.say(f"item.{each}") for each in event.content)
    elif isinstance(event, BreachAuthorityNotified):
        whom, kind = event.authority, str(event.notice_kind)
        content = ", ".join(words.say(f"item.{each}") for each in event.content)
    documents = [getattr(event, "document_sha256", None), *(e.sha256 for e in event.evidence)]
    shown = " ".join(each for each in documents if each)
    return (
        Cell(words.instant(notified_at(step))),
        Cell(whom),
        Cell(kind),
        Cell(content or NOTHING),
        Cell(shown or NOTHING, mono=True),
        Cell(str(step.index), mono=True),
    )


def measure_blocks(subject: DossierSubject, words: Words) -> Iterator[Block]:
    """What was done against the breach."""
    yield Section(words.say("measures"))
    rows = []
    for step in subject.case.measures:
        event = step.event
        if isinstance(event, BreachMeasureTaken):
            rows.append(
                (
                    Cell(words.instant(event.occurred_at)),
                    Cell(words.say(f"aim.{event.aim}")),
                    Cell(event.measure or words.value(event.description)),
                    Cell(str(step.index), mono=True),
                )
            )
    headings = (
        words.say("when"),
        words.field("aim"),
        words.field("measure"),
        words.say("record"),
    )
    yield Table(headings, (28, 22, 40, 10), tuple(rows), words.say("measures.empty"))


def form_blocks(subject: DossierSubject, words: Words) -> Iterator[Block]:
    """The answers of the authority's form, in its order."""
    yield Section(words.say("ap_form"), words.say("ap_form.intro"))
    by_section: dict[str, list[tuple[Cell, ...]]] = {}
    for each in answers(subject, words):
        answer = Cell(words.say("not_known"), "warning")
        if each.answer is not None:
            answer = Cell(each.answer)
        by_section.setdefault(each.section, []).append((Cell(each.question), answer))
    headings = (words.say("question"), words.say("answer"))
    for section, rows in by_section.items():
        yield Subsection(section)
        yield Table(headings, (42, 58), tuple(rows))
