"""Acts of processing as the view finds them: the line of each, its people, its names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from formats.ldv_subject import SubjectId, identity_of
from formats.vng.documents import ActShown, LineShown
from formats.vng.terms import is_shown
from ledger.ledger import Ledger
from ledger.personal import token_text
from ledger.units import Size
from projections.processing.asking import (
    ActLine,
    LineQuery,
    LineRow,
    Terms,
    acts_of_processing,
    children_of,
    lines_asked,
    with_acts,
)
from projections.reader import Reader
from service.ldv.opening import OpenedLines, lines_reader

_MOST_OF_TRACE: Final = 1000
"""Lines of one trace among which its names are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActFound:
    """An act, before any value is opened."""

    terms: Terms
    row: LineRow
    objects: Sequence[LineRow] = ()
    above: LineRow | None = None
    first: LineRow | None = None

    def indexes(self) -> list[int]:
        """Every record in which words or people of it stand."""
        rows = (self.row, self.above, self.first, *self.objects)
        return [row.idx for row in rows if row is not None]

    def opened(self, lines: OpenedLines) -> ActShown:
        """The act with what its records say."""
        return ActShown(
            terms=self.terms,
            line=_shown(self.row, lines),
            objects=[_shown(row, lines) for row in self.objects],
            names=(_name(self.above, lines), _name(self.first, lines)),
        )


def token_of(ledger: Ledger, subject: SubjectId) -> str | None:
    """What stands for a person in the view; `None`: the log knows nobody by that id.

    Raises:
        BadRequest: it is no id of a person.
    """
    found = ledger.subjects_matching(identity_of(subject))
    return token_text("data-subject", found[0]) if found else None


def find_act(ledger: Ledger, act_id: UUID, size: Size | None = None) -> ActFound | None:
    """An act by its id, unless it was withdrawn or its term is over; blocking."""
    with lines_reader(ledger, size) as reader:
        lines = with_acts(
            reader, ledger.origin, lines_asked(reader, LineQuery(line_ids=[str(act_id)]))
        )
        mine = [each for each in lines if not each.names_person_of_act]
        if not mine or not _stands(ledger, mine[-1].terms, mine[-1].line):
            return None
        return filled(reader, mine[-1].terms, mine[-1].line)


def find_object(ledger: Ledger, object_id: UUID, size: Size) -> tuple[LineRow, ActFound] | None:
    """An object by its id, with its act; blocking."""
    with lines_reader(ledger, size) as reader:
        rows = lines_asked(reader, LineQuery(line_ids=[str(object_id)]))
        lines = [each for each in with_acts(reader, ledger.origin, rows) if each.line.subject]
        found = acts_of(reader, lines[-1:])
        if not found or not _stands(ledger, found[0].terms, found[0].row):
            return None
        return lines[-1].line, found[0]


def acts_of(reader: Reader, lines: Sequence[ActLine]) -> list[ActFound]:
    """The act of each line, in their order; a line whose act is not there any more has none."""
    elsewhere = {each.act_id for each in lines if each.names_person_of_act}
    found = lines_asked(reader, LineQuery(line_ids=sorted(elsewhere))) if elsewhere else []
    rows = {row.line_id: row for row in found}
    made = []
    for each in lines:
        row = rows.get(each.act_id) if each.names_person_of_act else each.line
        if row is not None:
            made.append(ActFound(terms=each.terms, row=row))
    return made


def acts_in_processing(ledger: Ledger, processing_id: UUID) -> list[ActFound]:
    """Every act of one processing that is shown still; blocking."""
    with lines_reader(ledger) as reader:
        registered = acts_of_processing(reader, processing_id)
        ids = [terms.entity for terms in registered]
        rows = {row.line_id: row for row in lines_asked(reader, LineQuery(line_ids=ids))}
        found = [
            ActFound(terms=terms, row=rows[terms.entity])
            for terms in registered
            if terms.entity in rows
        ]
        in_trace = lines_asked(reader, LineQuery(trace_id=processing_id.hex))
        found += [
            ActFound(terms=each.terms, row=each.line)
            for each in with_acts(reader, ledger.origin, in_trace)
            if not each.names_person_of_act and not each.terms.is_registered
        ]
    return [each for each in found if _stands(ledger, each.terms, each.row)]


def filled(reader: Reader, terms: Terms, row: LineRow) -> ActFound:
    """An act with its objects and the lines that name it."""
    if terms.is_registered:
        below = [row, *children_of(reader, row.trace_id, row.span_id)]
        people = [each for each in below if each.subject is not None]
        return ActFound(terms=terms, row=row, objects=people)
    above = first = None
    if row.parent_span_id is not None:
        trace = lines_asked(reader, LineQuery(trace_id=row.trace_id, most=_MOST_OF_TRACE))
        above = next((each for each in trace if each.span_id == row.parent_span_id), None)
        first = next((each for each in trace if each.parent_span_id is None), None)
    objects = [] if row.subject is None else [row]
    return ActFound(terms=terms, row=row, objects=objects, above=above, first=first)


def standing(ledger: Ledger, found: Iterable[ActFound]) -> list[ActFound]:
    """Those that were not withdrawn and whose term is not over."""
    return [each for each in found if _stands(ledger, each.terms, each.row)]


def _stands(ledger: Ledger, terms: Terms, row: LineRow) -> bool:
    return is_shown(terms, row.started, ledger.clock())


def _shown(row: LineRow, lines: OpenedLines) -> LineShown:
    return LineShown(row, lines.events.get(row.idx))


def _name(row: LineRow | None, lines: OpenedLines) -> str | None:
    event = None if row is None else lines.events.get(row.idx)
    return None if event is None or event.name_was_empty else event.name
