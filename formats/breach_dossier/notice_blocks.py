"""Who was told of a breach as blocks: the chain, the notices, delay, open items, answers.

Source: GDPR art. 33(1) to 33(4) and 34.
"""

from collections.abc import Iterator

from formats.breach_dossier.blocks import (
    Block,
    Cell,
    Facts,
    Note,
    Section,
    Subsection,
    Table,
    record_cell,
)
from formats.breach_dossier.clock_blocks import authority_clock
from formats.breach_dossier.subject import BreachSubject
from formats.breach_dossier.words import Words
from formats.subject_copy.words import NOTHING
from ledger.events.breach_notices import (
    BreachAuthorityNotified,
    BreachAuthorityResponded,
    BreachControllerNotified,
    BreachSubjectsNotified,
)
from projections.cases.breach import Candidate, notified_at
from projections.cases.reading import Step


def processor_of(subject: BreachSubject) -> object:
    """The processor that the facts name, else the one that the suspicion named; `None`: neither."""
    said = subject.case.facts.get("processor", (None, 0))[0]
    if said is None and subject.case.suspicion is not None:
        return getattr(subject.case.suspicion.event, "processor", None)
    return said


def chain_blocks(subject: BreachSubject, words: Words) -> Iterator[Block]:
    """From processor to controller: who knew when, and how long it took; nothing without one."""
    processor = processor_of(subject)
    known = [each for each in subject.case.candidates if each.anchor == "processor-aware"]
    told = subject.case.notices_to("controller")
    if processor is None and not known and not told:
        return
    yield Section(words.say("chain"), words.say("chain.intro"))
    rows = [(words.say("chain.processor"), Cell(words.value(processor)))]
    for each in known:
        mark = ""
        if each.corrected_by is not None:
            mark = f"; {words.say('corrected', index=each.corrected_by)}"
        at = f"{words.instant(each.at)} ({words.say('record')} {each.index}{mark})"
        rows.append((words.say("chain.known"), Cell(at, "quiet" if mark else "plain")))
    for step in told:
        event = step.event
        if isinstance(event, BreachControllerNotified):
            at = f"{words.instant(notified_at(step))} ({words.say('record')} {step.index})"
            rows.append((words.say("chain.told"), Cell(f"{event.controller}, {at}")))
    heard = _heard(subject)
    if heard is None:
        rows.append((words.say("chain.told"), Cell(words.say("not_recorded"), "warning")))
    elif not told:
        at = f"{words.instant(heard.at)} ({words.say('record')} {heard.index})"
        rows.append((words.say("chain.told"), Cell(at)))
    first = next((each.at for each in known if each.corrected_by is None), None)
    if heard is not None and first is not None:
        rows.append((words.say("chain.lag"), Cell(words.span(heard.at - first))))
    yield Facts(tuple(rows))


def _heard(subject: BreachSubject) -> Candidate | None:
    """When the controller heard first: by a notice, or as a step of its own case says."""
    return next(
        (
            each
            for each in subject.case.candidates
            if each.anchor == "controller-informed" and each.corrected_by is None
        ),
        None,
    )


def notice_blocks(subject: BreachSubject, words: Words) -> Iterator[Block]:
    """Who was told what and when, why so late, what is still open, what the authority said."""
    yield Section(words.say("notices"), words.say("notices.intro"))
    rows = [_notice(step, words) for step in subject.case.notices]
    names = ("when", "addressee", "kind", "content", "document", "record")
    headings = tuple(words.say(name) for name in names)
    yield Table(headings, (25, 17, 13, 18, 20, 7), tuple(rows), words.say("notices.empty"))
    yield from _delay(subject, words)
    yield from _open_items(subject, words)
    yield from _responses(subject, words)


def _notice(step: Step, words: Words) -> tuple[Cell, ...]:
    event = step.event
    whom, kind, content = NOTHING, NOTHING, ""
    if isinstance(event, BreachSubjectsNotified):
        whom, kind = words.say("addressee.subjects"), words.listed("notice", event.manner)
        told = [] if event.count is None else [words.say("people_count", count=event.count)]
        told += [] if event.channel is None else [words.value(event.channel, "channel")]
        content = ", ".join(told)
    elif isinstance(event, BreachControllerNotified):
        whom = f"{words.say('addressee.controller')} ({event.controller})"
        kind = words.listed("notice", event.notice_kind)
        content = words.listed_all("item", event.content)
    elif isinstance(event, BreachAuthorityNotified):
        whom = f"{words.say('addressee.authority')} ({event.authority})"
        kind = words.listed("notice", event.notice_kind)
        content = words.listed_all("item", event.content)
    documents = [getattr(event, "document_sha256", None), *(e.sha256 for e in event.evidence)]
    shown = " ".join(each for each in documents if each)
    return (
        Cell(words.instant(notified_at(step))),
        Cell(whom),
        Cell(kind),
        Cell(content or NOTHING),
        Cell(shown or NOTHING, mono=True),
        record_cell(step.index),
    )


def _delay(subject: BreachSubject, words: Words) -> Iterator[Block]:
    """The reasons that were given for a late notice, or that they are missing."""
    rows = [
        (
            f"{words.say('record')} {step.index}",
            Cell(words.value(step.event.reasons_for_delay)),
        )
        for step in subject.case.notices_to("authority")
        if isinstance(step.event, BreachAuthorityNotified)
        and step.event.reasons_for_delay is not None
    ]
    clock = authority_clock(subject)
    is_late = clock is not None and clock.state == "late"
    if not rows and not is_late:
        return
    yield Subsection(words.say("delay"))
    if rows:
        yield Facts(tuple(rows))
    else:
        yield Note(words.say("delay.missing"), "bad")


def _open_items(subject: BreachSubject, words: Words) -> Iterator[Block]:
    """Every item of art. 33(3) that was not told yet, with how long it has been open."""
    first = subject.case.told_authority
    if first is None:
        return
    yield Subsection(words.say("open_items"))
    items = subject.case.open_items()
    if not items:
        yield Note(words.say("open_items.none"), "good")
        return
    age = words.span(subject.moment.as_of - notified_at(first))
    headings = (words.say("open_items.item"), words.say("open_items.age"))
    rows = tuple((Cell(words.listed("item", item)), Cell(age, "warning")) for item in items)
    yield Table(headings, (60, 40), rows)


def _responses(subject: BreachSubject, words: Words) -> Iterator[Block]:
    rows = []
    for step in subject.case.responses:
        event = step.event
        if isinstance(event, BreachAuthorityResponded):
            due = NOTHING if event.due_at is None else words.instant(event.due_at)
            rows.append(
                (
                    Cell(words.instant(event.occurred_at)),
                    Cell(f"{words.listed('response', event.response)} ({event.authority})"),
                    Cell(due),
                    Cell(words.value(event.details)),
                    record_cell(step.index),
                )
            )
    if rows:
        yield Subsection(words.say("answers"))
        names = ("when", "kind", "left_by", "reason", "record")
        headings = tuple(words.say(name) for name in names)
        yield Table(headings, (25, 24, 25, 19, 7), tuple(rows))
