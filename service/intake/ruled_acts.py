"""Acts of processing whose terms an event sets: whose they are, and who may say so.

The writing interface of VNG asks the same before it registers, changes or withdraws an act; here it
is asked of the events themselves, so that nobody goes round it by another way in.

Source: VNG Verwerkingenlogging, `scopes.md` (what is confidential needs a scope of its own).
"""

from dataclasses import dataclass

from ledger.events import Event
from ledger.events.processing import (
    ProcessingRegistered,
    ProcessingTermsChanged,
    ProcessingWithdrawn,
)
from projections.processing.asking import LineQuery, lines_asked, terms_of
from projections.processing.terms import NORMAL
from service.context import Context
from service.ldv.opening import lines_reader


@dataclass(frozen=True, slots=True)
class RuledAct:
    """The act whose terms an event sets."""

    is_known: bool
    """Whether it is in the log."""
    system: str | None
    """That reported its line."""
    needs_decision: bool
    """Whether it is confidential, was lifted, or becomes so or normal again by the event."""


def sets_terms(event: Event) -> bool:
    """Whether an event is of a kind that sets the terms of an act: `act_ruled` asks the views."""
    return isinstance(event, ProcessingRegistered | ProcessingTermsChanged | ProcessingWithdrawn)


def act_ruled(context: Context, event: Event) -> RuledAct | None:
    """The act whose terms an event sets; `None`: it sets none. Blocking."""
    match event:
        case ProcessingRegistered():
            sets_level = event.confidentiality != NORMAL
        case ProcessingTermsChanged():
            sets_level = event.confidentiality is not None
        case ProcessingWithdrawn():
            sets_level = False
        case _:
            return None
    act_id = str(event.action_id)
    with lines_reader(context.ledger) as reader:
        terms = terms_of(reader, [act_id]).get(act_id)
        lines = lines_asked(reader, LineQuery(line_ids=[act_id]))
    is_ruled = terms is not None and terms.confidentiality != NORMAL
    return RuledAct(
        is_known=bool(lines),
        system=lines[-1].system if lines else None,
        needs_decision=sets_level or is_ruled,
    )
