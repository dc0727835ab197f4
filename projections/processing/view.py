"""The view of processing: every line, and the terms of those that were registered."""

from typing import Any, Final

from sqlalchemy import select

from projections.instants import cell_instant
from projections.processing.lines import LINE, LINES, VERSION, VIEW
from projections.processing.terms import STANDING, TERMS
from projections.reader import Reader, listed
from projections.view import Column, Filter, Section, View


def processing_lines(reader: Reader) -> list[dict[str, Any]]:
    """Every line that started by the moment asked about, oldest first."""
    column = LINE.c
    query = (
        select(LINE)
        .where(
            reader.counted(LINE),
            _traces(reader),
            reader.matching(
                activity=[column.activity],
                subject=[column.subject],
                system=[column.system],
                line=[column.line_id],
                status=[column.status],
            ),
        )
        .order_by(column.started, column.idx)
    )
    return [
        {
            "started_at": cell_instant(row["started"]),
            "ended_at": cell_instant(row["ended"]),
            "trace_id": row["trace_id"],
            "span_id": row["span_id"],
            "parent_span_id": row["parent_span_id"],
            "status": row["status"],
            "activity": row["activity"],
            "subject": row["subject"],
            "system": row["system"],
            "line_id": row["line_id"],
            "index": row["idx"],
        }
        for row in reader.rows(query)
    ]


def registered_acts(reader: Reader) -> list[dict[str, Any]]:
    """The terms of every act that has any, in the order of their ids."""
    rows = TERMS.rows
    query = (
        select(rows)
        .where(reader.standing(rows), reader.matching(line=[rows.c.entity]))
        .order_by(rows.c.entity)
    )
    return [
        {
            "line_id": row["entity"],
            "trace_id": row["trace_id"],
            "span_id": row["span_id"],
            "processing_id": row["processing_id"],
            "confidentiality": row["confidentiality"],
            "was_confidential": bool(row["was_confidential"]),
            "shown_for": row["shown_for"],
            "withdrawn": bool(row["withdrawn"]),
            "since": cell_instant(row["valid_from"]),
            "indexes": listed(row["indexes"]),
        }
        for row in reader.rows(query)
    ]


def _traces(reader: Reader) -> Any:  # noqa: ANN401 - a condition
    """A trace as 32 digits, or dashed as a UUID."""
    wanted = [value.replace("-", "").lower() for value in reader.chosen.get("trace", ())]
    return LINE.c.trace_id.in_(wanted) if "trace" in reader.chosen else LINE.c.trace_id.is_not(None)


PROCESSING: Final = View(
    name=VIEW,
    title="What applications did with personal data, line by line",
    version=VERSION,
    parts=(LINES, STANDING),
    sections={
        "lines": Section(
            "every line of the processing log",
            (
                Column("started_at", "started", "instant"),
                Column("ended_at", "ended", "instant"),
                Column("trace_id", "trace"),
                Column("span_id", "span"),
                Column("parent_span_id", "parent"),
                Column("status", "status"),
                Column("activity", "activity"),
                Column("subject", "person", "token"),
                Column("system", "system"),
                Column("line_id", "line"),
                Column("index", "rests on", "index"),
            ),
            processing_lines,
        ),
        "terms": Section(
            "acts of which somebody said who may see them, or for how long",
            (
                Column("line_id", "line"),
                Column("trace_id", "trace"),
                Column("span_id", "span"),
                Column("processing_id", "processing"),
                Column("confidentiality", "confidentiality"),
                Column("was_confidential", "ever confidential", "flag"),
                Column("shown_for", "shown for"),
                Column("withdrawn", "withdrawn", "flag"),
                Column("since", "since", "instant"),
                Column("indexes", "rests on", "indexes"),
            ),
            registered_acts,
        ),
    },
    filters={
        "trace": Filter("trace, as 32 hexadecimal digits or as a UUID"),
        "activity": Filter("processing activity, a URI"),
        "subject": Filter("whose data were processed", "identity", "data-subject"),
        "system": Filter("system that reported"),
        "status": Filter("unset, ok or error"),
        "line": Filter("one line, by its id"),
    },
)
