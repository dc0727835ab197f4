"""The form of a step as a page: its sections, what is wrong so far, and how the case stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from formats.steps.words import StepWords
from formats.typed_times import TimeReader
from ledger.errors import BadRequest
from ledger.events import kind_of
from projections.cases.reading import Step
from projections.cases.severity import Severity
from service.page.fields.controls import ROWS, Asked, Control, Option, rows_asked
from service.page.fields.filling import filled
from service.page.fields.reading import FieldReader
from service.page.forms import Form
from service.page.steps.assessing import Proposal, proposal_of
from service.page.steps.drafting import StepAsked
from service.page.steps.sections import (
    CORRECTS,
    SWITCH,
    Section,
    fields_asked,
    sections_of,
    switches_of,
    system_control,
)
from service.page.steps.situation import Situation, situation_of
from service.page.visit import Visit
from service.page.wording import moment_text

_DECIDED_BY: Final = "decided_by"


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something in a form that cannot be recorded."""

    control_id: str | None
    """`None`: no control asks for it."""
    label: str
    told: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was sent or prepared, and what is wrong with it."""

    form: Form
    errors: Mapping[str, str] = field(default_factory=dict)
    severity: Severity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """What the page of a form shows."""

    step: StepAsked
    title: str
    lead: str
    sections: Sequence[Section]
    situation: Situation
    wrong: Sequence[Wrong]
    proposal: Proposal | None
    """The severity that the factors give."""


def words_for(visit: Visit) -> StepWords:
    """The words of forms in the language of a visitor."""
    return StepWords(visit.language, visit.zone)


def reader_for(visit: Visit) -> FieldReader:
    """Reads what a visitor typed."""
    times = TimeReader(visit.context.ledger.clock(), visit.zone)
    return FieldReader(words_for(visit), times, visit.gettext)


def situation_for(visit: Visit, step: StepAsked) -> Situation:
    """How the case of a step stands; blocking."""
    zone = visit.context.home.settings().zone
    return situation_of(visit.context.ledger, step.case, zone, words_for(visit))


def prepared(visit: Visit, step: StepAsked, situation: Situation, corrects: str | None) -> Form:
    """The form as it is first shown: who decided, and what the step that it replaces said.

    Args:
        visit: Who asks.
        step: Which step.
        situation: Of its case.
        corrects: The index of the step that is replaced, if one is.

    Raises:
        BadRequest: it is no step of the case that stands.
    """
    fields = fields_asked(step.plan)
    given: list[tuple[str, str]] = []
    if corrects is not None:
        replaced = next((each for each in situation.steps if str(each.index) == corrects), None)
        if replaced is None:
            raise BadRequest(f"corrects: expected a step of this case, found {corrects}")
        given.append((CORRECTS, corrects))
        if kind_of(replaced.event) == step.plan.full_kind:
            given += filled(fields, replaced.event, visit.zone)
            given += ((name, str(getattr(replaced.event, name))) for name in _switched(step))
    names = {name for name, _ in given}
    if not visit.caller.is_program and _DECIDED_BY not in names:
        given += (
            (_DECIDED_BY, visit.caller.identity) for each in fields if each.path == _DECIDED_BY
        )
    given += ((name, str(step.plan.preset[name])) for name in _switched(step) if name not in names)
    return Form(tuple(given))


def with_more(form: Form, path: str) -> Form:
    """The form with a place for one more object of a field."""
    rest = tuple(each for each in form.fields if each[0] != ROWS + path)
    return Form((*rest, (ROWS + path, str(rows_asked(path, form) + 1))))


def form_page(visit: Visit, step: StepAsked, filled_in: Filled, situation: Situation) -> FormPage:
    """What the page of a form shows.

    Args:
        visit: Who asks.
        step: Which step.
        filled_in: What was given so far.
        situation: Of its case.
    """
    words = words_for(visit)
    asked = Asked(words, step.plan.kind, filled_in.form, filled_in.errors)
    sections = sections_of(
        step.plan,
        asked,
        before=list(_before(visit, step, asked)),
        steps=[_option(visit, words, each) for each in situation.steps],
    )
    return FormPage(
        step=step,
        title=words.title(step.name),
        lead=words.lead(step.name),
        sections=sections,
        situation=situation,
        wrong=list(_wrong(filled_in.errors, sections)),
        proposal=proposal_of(filled_in.severity, words),
    )


def _before(visit: Visit, step: StepAsked, asked: Asked) -> Iterator[Control]:
    if step.case.asked is None:
        yield asked.plain(step.plan.case_field, required=True)
    system = system_control(asked, visit.caller)
    if system is not None:
        yield system


def _switched(step: StepAsked) -> tuple[str, ...]:
    return (SWITCH,) if switches_of(step.plan) else ()


def _option(visit: Visit, words: StepWords, step: Step) -> Option:
    at = moment_text(step.event.occurred_at, visit.language, visit.zone)
    return Option(
        str(step.index), f"{step.index}: {words.dossier.kind(kind_of(step.event))} ({at})"
    )


def _wrong(errors: Mapping[str, str], sections: Sequence[Section]) -> Iterator[Wrong]:
    controls = {
        control.name: control
        for section in sections
        for asked in section.controls
        for control in (asked, *(part for row in asked.rows for part in row))
    }
    for name, told in errors.items():
        control = controls.get(name)
        if control is None:
            yield Wrong(None, name, told)
        else:
            yield Wrong(control.id, control.label, told)
