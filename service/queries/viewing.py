"""Asks a view: which of its questions, with which filters, at which moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.errors import BadRequest, NotFound
from ledger.identifiers import masked
from ledger.ledger import Ledger
from ledger.opening import instant_of
from ledger.store.requests import microseconds
from ledger.units import Hash32, Size, ZoneName
from projections import VIEWS, ViewAnswer
from projections import state as view_state
from projections.cases.reading import Moment
from projections.query import filter_cells
from projections.view import Filter, View
from service.queries.cursor import Cursor
from service.queries.instants import instant
from service.queries.moments import State, state_of
from service.queries.parameters import ViewParameters
from service.queries.truth import Truth


@dataclass(frozen=True, slots=True)
class ViewQuestion:
    """One question to a view at one state of the log."""

    view: View
    only: str | None
    filters: Mapping[str, Sequence[str]]
    state: State
    first_row: int = 0
    """Where the page begins."""


def view_question(
    ledger: Ledger, name: str, asked: ViewParameters, parameters: Sequence[tuple[str, str]]
) -> ViewQuestion:
    """The question that parameters ask, at the present state of the log.

    Raises:
        NotFound: there is no such view.
        BadRequest: a filter is not one of this view, or a time is none.
    """
    view = VIEWS.get(name)
    if view is None:
        raise NotFound(f"view: expected one of {', '.join(sorted(VIEWS))}, found {name!r}")
    filters: dict[str, list[str]] = {}
    for key, value in parameters:
        if key in type(asked).model_fields:
            continue
        if key not in view.filters:
            known = ", ".join(sorted({*view.filters, *type(asked).model_fields}))
            raise BadRequest(f"{key}: expected one of {known}, found no such parameter")
        filters.setdefault(key, []).append(value)
    return ViewQuestion(view, asked.only, filters, state_of(ledger, asked))


def state_at(cursor: Cursor, asked: ViewParameters) -> State:
    """The state of the log that the pages of an answer tell of."""
    as_known = instant("as_known", asked.as_known)
    moment = Moment(instant_of(cursor.moment_us), Size(cursor.known_size))
    truth = Truth(
        size=Size(cursor.size),
        root=Hash32(cursor.root),
        known_size=None if as_known is None else moment.known_size,
        as_known=as_known,
        moment=moment.as_of,
    )
    return State(truth, moment)


def cursor_after(question: ViewQuestion, rows: int) -> Cursor:
    """Where the page after so many rows begins."""
    truth, moment = question.state
    return Cursor(
        size=truth.size,
        root=truth.root,
        known_size=moment.known_size,
        position=question.first_row + rows,
        moment_us=microseconds(moment.as_of),
    )


def answer_of(
    ledger: Ledger,
    question: ViewQuestion,
    zone: ZoneName,
    *,
    most: int | None = None,
    first_index: int = 0,
) -> ViewAnswer:
    """What the view says; of facts the latest `most` from `first_index` on, if these are given.

    Raises:
        BadRequest: a value of a filter, or the question, is unknown.
    """
    moment = question.state.moment
    return view_state(
        ledger,
        question.view.name,
        as_of=moment.as_of,
        as_known=moment.known_size,
        only=question.only,
        zone=zone,
        most=most,
        first_index=first_index,
        **question.filters,
    )


def question_text(ledger: Ledger, question: ViewQuestion) -> str:
    """The question as it is kept with the one who asked, without identities and ids of cases.

    What stands for them is told: whoever looks for a person's token finds who asked about them.
    """
    parts = [f"GET /v1/views/{question.view.name}"]
    if question.only is not None:
        parts.append(f"only={masked(question.only)}")
    return "; ".join([*parts, *filter_texts(ledger, question)])


def filter_texts(ledger: Ledger, question: ViewQuestion) -> list[str]:
    """The filters of a question, without identities and ids of cases."""
    parts = []
    for name, values in question.filters.items():
        wanted = question.view.filters[name]
        parts += [f"{name}={_told(ledger, wanted, value)}" for value in values]
    return parts


def _told(ledger: Ledger, wanted: Filter, value: str) -> str:
    match wanted.value:
        case "identity":
            return " ".join(filter_cells(ledger, wanted, value)) or "nobody known"
        case "case":
            stream = ledger.case_stream(wanted.namespace, value)
            return "no case known" if stream is None else str(stream)
        case _:
            return masked(value)
