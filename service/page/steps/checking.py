"""A step between its form and the log: what it would record, and what that contradicts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from formats.steps.words import StepWords
from ledger.events import Event
from ledger.ledger import Ledger
from projections.cases.warned import Warned
from service.page.forms import Form
from service.page.steps.asking import reader_for, words_for
from service.page.steps.assessing import Proposal, proposal_of
from service.page.steps.drafting import (
    DRAFTED_AT,
    EVENT_ID,
    Draft,
    Stamp,
    StepAsked,
    draft_of,
)
from service.page.steps.sections import INCIDENT, SWITCH, fields_asked
from service.page.steps.told import Shown, ToldField, ToldWarning, told_fields, told_warnings
from service.page.visit import Visit

ACTION: Final = "do"
WARNED: Final = "warned"
_OF_THE_CHECK: Final = frozenset({ACTION, WARNED, DRAFTED_AT, EVENT_ID})


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft with what it contradicts in its case as it is recorded now."""

    draft: Draft
    warned: Sequence[Warned] = ()

    @property
    def seen(self) -> str:
        """What tells whether somebody saw these warnings."""
        told = "\n".join(sorted(str(each) for each in self.warned))
        return sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPage:
    """What the page of a check shows."""

    step: StepAsked
    title: str
    event: Event
    told: Sequence[ToldField]
    warnings: Sequence[ToldWarning]
    proposal: Proposal | None
    """The severity of an assessment with factors."""
    kept: Sequence[tuple[str, str]]
    """What the form sends again to record it."""


def checked(visit: Visit, step: StepAsked, form: Form, stamp: Stamp) -> Checked:
    """What a form would record, and what that contradicts; blocking.

    Args:
        visit: Who sent it.
        step: Which step.
        form: What was sent.
        stamp: What its events are known by.

    Raises:
        BadRequest: the form is none of ours.
        StoreUnavailable: the database cannot be used.
    """
    ledger = visit.context.ledger
    draft = draft_of(ledger, step, form, caller=visit.caller, reader=reader_for(visit), stamp=stamp)
    if not draft.events:
        return Checked(draft)
    return Checked(draft, _contradictions(ledger, visit, step, draft.events[0]))


def check_page(
    visit: Visit, step: StepAsked, form: Form, stamp: Stamp, found: Checked
) -> CheckPage:
    """What the page of a check shows."""
    words, draft = words_for(visit), found.draft
    event = draft.events[0]
    kept = [each for each in form.fields if each[0] not in _OF_THE_CHECK and each[1].strip()]
    kept += [
        (DRAFTED_AT, stamp.drafted_at.isoformat()),
        *((EVENT_ID, str(each)) for each in stamp.event_ids),
        (WARNED, found.seen),
    ]
    return CheckPage(
        step=step,
        title=words.title(step.name),
        event=event,
        told=[*_named(step, form, words), *told_fields(fields_asked(step.plan), event, words)],
        warnings=told_warnings(found.warned, words),
        proposal=proposal_of(draft.severity, words),
        kept=kept,
    )


def _named(step: StepAsked, form: Form, words: StepWords) -> Iterator[ToldField]:
    """What is new by this step: the case, or the incident of a signal."""
    names = (step.plan.case_field,) if step.case.asked is None else (INCIDENT, SWITCH)
    for name in names:
        found = form.one(name)
        if found is not None:
            told = words.value(name, found, step.plan.kind) if name == SWITCH else found
            yield ToldField(words.label(name), (Shown("text", told),))


def _contradictions(
    ledger: Ledger, visit: Visit, step: StepAsked, event: Event
) -> Sequence[Warned]:
    if step.plan.case_kind != step.case.kind.word:
        return ()  # a signal is a step of its incident
    zone = visit.context.home.settings().zone
    return step.case.kind.contradictions(ledger, zone, step.case.stream, event)
