"""How a breach was handled as blocks: decisions, measures, the answers of the form."""

from collections.abc import Iterator

from formats.breach_dossier.ap_form import answers
from formats.breach_dossier.blocks import Block, Cell, Section, Subsection, Table, record_cell
from formats.breach_dossier.subject import BreachSubject
from formats.breach_dossier.words import Words
from formats.subject_copy.words import NOTHING
from ledger.events.breach import BreachMeasureTaken
from ledger.events.breach_notices import BreachNotificationDecided


def decision_blocks(subject: BreachSubject, words: Words) -> Iterator[Block]:
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
                    Cell(NOTHING if event.ground is None else words.listed("ground", event.ground)),
                    Cell(words.value(event.reason)),
                    record_cell(step.index),
                )
            )
    names = ("when", "addressee", "decision", "ground", "reason", "record")
    headings = tuple(words.say(name) for name in names)
    yield Table(headings, (25, 16, 14, 24, 14, 7), tuple(rows), words.say("decisions.empty"))


def measure_blocks(subject: BreachSubject, words: Words) -> Iterator[Block]:
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
                    Cell(_measure(event, words)),
                    record_cell(step.index),
                )
            )
    headings = (
        words.say("when"),
        words.field("aim"),
        words.field("measure"),
        words.say("record"),
    )
    yield Table(headings, (28, 22, 40, 10), tuple(rows), words.say("measures.empty"))


def _measure(event: BreachMeasureTaken, words: Words) -> str:
    """What was done, with its description where there is one."""
    told = [] if event.measure is None else [words.value(event.measure, "measure")]
    told += [] if event.description is None else [words.value(event.description)]
    return ": ".join(told) or NOTHING


def form_blocks(subject: BreachSubject, words: Words) -> Iterator[Block]:
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
