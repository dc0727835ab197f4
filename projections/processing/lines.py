"""Each line of processing as a row, found by its trace, its activity or its person.

What the application typed (name, attributes, resource) is personal and stays in the record.
"""

from typing import Final

from sqlalchemy import BigInteger, Index, Text
from sqlalchemy import Column as Field

from ledger.events.processing import ProcessingPerformed
from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from projections.bitemporal import Cell
from projections.facts import Facts
from projections.kinds import kind_names
from projections.processing.line_ids import line_id, origin_of
from projections.tables import fact_table

VIEW: Final = "processing"
VERSION: Final = 1

LINE: Final = fact_table(
    VIEW,
    VERSION,
    "line",
    Field("line_id", Text, nullable=False),
    Field("event_id", Text, nullable=False),
    Field("trace_id", Text, nullable=False),
    Field("span_id", Text, nullable=False),
    Field("parent_span_id", Text),
    Field("activity", Text),
    Field("subject", Text),
    Field("status", Text, nullable=False),
    Field("started", BigInteger, nullable=False),
    Field("started_ns", BigInteger, nullable=False),
    Field("ended", BigInteger, nullable=False),
    Field("ended_ns", BigInteger, nullable=False),
    Field("recorded", BigInteger, nullable=False),
    Field("system", Text),
)
for _name in ("trace_id", "line_id", "activity", "subject"):
    Index(
        f"ix_{LINE.name}_{_name}",
        *(LINE.c[each] for each in ("log", "generation", _name, "started", "idx", "known_to")),
    )


def read_line(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of one line; the subject is a token."""
    event = record.event
    if not isinstance(event, ProcessingPerformed):
        return None
    origin = origin_of(record.stored.sealed)
    return (
        str(line_id(origin, event.trace_id, event.span_id)),
        str(record.stored.event_id),
        event.trace_id,
        event.span_id,
        event.parent_span_id,
        event.processing_activity_id,
        event.subject,
        event.status,
        microseconds(event.started_at),
        event.started_nanoseconds or 0,
        microseconds(event.ended_at),
        event.ended_nanoseconds or 0,
        record.stored.recorded_at_us,
        event.system,
    )


LINES: Final = Facts(LINE, kind_names(ProcessingPerformed), read_line)
