"""What a sub-processor within one agreement is, and how it changes.

It is proposed, approved or objected to, engaged, removed; what is reported counts, in the order of
the world. One that was engaged without an approval that anybody saw is a finding, not an error.

Source: GDPR art. 28(2) and 28(4).
"""

from typing import Any, Final, Literal

import msgspec
from sqlalchemy import BigInteger, Text
from sqlalchemy import Column as Field

from ledger.events.processing_agreements import (
    SubProcessorApproved,
    SubProcessorEngaged,
    SubProcessorObjected,
    SubProcessorProposed,
    SubProcessorRemoved,
)
from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from projections.bitemporal import Cell, Change, Rule, Segment
from projections.instants import optional_microseconds
from projections.kinds import kind_name, kind_names
from projections.lines import Lines
from projections.reader import json_cell
from projections.tables import line_tables

VERSION: Final = 1
"""Of the view `agreements`, to which sub-processors belong."""

Status = Literal["proposed", "approved", "objected", "engaged", "removed"]
_SUB_PROCESSOR_EVENTS: Final = (
    SubProcessorProposed,
    SubProcessorApproved,
    SubProcessorObjected,
    SubProcessorEngaged,
    SubProcessorRemoved,
)
_STATUS: Final[dict[str, Status]] = {
    kind_name(SubProcessorProposed): "proposed",
    kind_name(SubProcessorApproved): "approved",
    kind_name(SubProcessorObjected): "objected",
    kind_name(SubProcessorEngaged): "engaged",
    kind_name(SubProcessorRemoved): "removed",
}
_MOMENT_OF: Final[dict[Status, str]] = {
    "proposed": "proposed_at",
    "approved": "approved_at",
    "objected": "objected_at",
    "engaged": "engaged_at",
    "removed": "removed_at",
}
_KEPT: Final = ("processor", "controller", "country")
"""What a change that is silent about it leaves as it was."""

SUB_PROCESSOR = line_tables(
    "agreements",
    VERSION,
    "sub_processor",
    Field("agreement", Text, nullable=False),
    Field("sub_processor", Text, nullable=False),
    Field("status", Text, nullable=False),
    Field("processor", Text),
    Field("controller", Text),
    Field("country", Text),
    Field("services", Text, nullable=False),
    *(Field(name, BigInteger) for name in _MOMENT_OF.values()),
    Field("objection_due", BigInteger),
    Field("approved_by", Text),
    Field("objected_by", Text),
    Field("document_sha256", Text),
    Field("indexes", Text, nullable=False),
)


class SubProcessor(msgspec.Struct, frozen=True, kw_only=True):
    """What stands of a sub-processor after its changes so far; times in microseconds."""

    agreement: str
    sub_processor: str
    status: Status
    processor: str | None = None
    controller: str | None = None
    country: str | None = None
    services: tuple[str, ...] = ()
    proposed_at: int | None = None
    approved_at: int | None = None
    objected_at: int | None = None
    engaged_at: int | None = None
    removed_at: int | None = None
    objection_due: int | None = None
    approved_by: str | None = None
    objected_by: str | None = None
    document_sha256: str | None = None
    indexes: tuple[int, ...] = ()


def read_change(record: OpenedRecord) -> tuple[str, int, dict[str, Any]] | None:
    """The sub-processor that an event changes, from when on, and how."""
    event = record.event
    if not isinstance(event, _SUB_PROCESSOR_EVENTS):
        return None
    moment = microseconds(event.occurred_at)
    # A proposal counts from when it was made; its date says when the work is to begin.
    effective = getattr(event, "effective_from", None)
    if effective is not None and not isinstance(event, SubProcessorProposed):
        moment = microseconds(effective)
    agreement = str(record.stored.stream)
    terms: dict[str, Any] = {
        "agreement": agreement,
        "sub_processor": event.sub_processor,
        "services": event.services,
        **{name: getattr(event, name) for name in _KEPT},
    }
    if isinstance(event, SubProcessorProposed):
        terms["objection_due"] = optional_microseconds(event.objection_due)
    elif isinstance(event, SubProcessorApproved):
        terms["approved_by"] = event.approved_by
    elif isinstance(event, SubProcessorObjected):
        terms["objected_by"] = event.objected_by
    elif isinstance(event, SubProcessorEngaged):
        terms["document_sha256"] = event.document_sha256
    return f"{agreement}/{event.sub_processor}", moment, terms


def step(before: SubProcessor | None, change: Change) -> SubProcessor:
    """The sub-processor after one more change."""
    said = _STATUS[change.kind]
    begins_anew = before is None or (before.status == "removed" and said != "removed")
    known = {} if before is None or begins_anew else msgspec.structs.asdict(before)
    # Whoever works already goes on working, whatever is proposed, approved or objected to.
    works = bool(known) and known["status"] == "engaged" and said != "removed"
    told = {
        name: value
        for name, value in change.terms.items()
        if not (name in {*_KEPT, "services"} and not value and known.get(name))
    }
    return SubProcessor(
        **{
            **known,
            **told,
            "services": tuple(told.get("services") or known.get("services") or ()),
            "status": "engaged" if works else said,
            _MOMENT_OF[said]: change.moment,
            "indexes": (*known.get("indexes", ()), change.index),
        }
    )


def segments(known: SubProcessor, valid_from: int, valid_to: int) -> list[Segment]:
    """The sub-processor over a stretch of time; a removed one stays in the list."""
    values: tuple[Cell, ...] = (
        known.agreement,
        known.sub_processor,
        known.status,
        known.processor,
        known.controller,
        known.country,
        json_cell(known.services),
        *(getattr(known, name) for name in _MOMENT_OF.values()),
        known.objection_due,
        known.approved_by,
        known.objected_by,
        known.document_sha256,
        json_cell(known.indexes),
    )
    return [Segment(valid_from, valid_to, values)]


LINES: Final = Lines(
    SUB_PROCESSOR, kind_names(*_SUB_PROCESSOR_EVENTS), read_change, Rule(step, segments)
)
