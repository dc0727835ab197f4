"""Records as streams of text: one JSON object a line, or rows for a spreadsheet."""

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import Any

from formats.answers.log_row import LOG_CELLS, log_row
from formats.answers.record import looked_at_word, record_document
from formats.csv_cell import csv_cell, csv_line
from formats.subject_copy.words import Language
from ledger.opening import OpenedRecord
from service.queries.answers import json_text


def told_record(opened: OpenedRecord, *, looked_at: bool) -> dict[str, Any]:
    """One record as a JSON object, as `zegel log` writes it.

    Args:
        opened: By tokens, or with identities.
        looked_at: Whether readings of somebody are asked for: then it says how sure that is.
    """
    document = record_document(opened)
    if looked_at:
        document["looked_at"] = looked_at_word(opened)
    return document


def json_lines(records: Iterable[OpenedRecord], *, looked_at: bool) -> Iterator[str]:
    """Each record on a line of its own."""
    for opened in records:
        yield json_text(told_record(opened, looked_at=looked_at)) + "\n"


def csv_lines(
    records: Iterable[OpenedRecord], zone: tzinfo, language: Language = "en"
) -> Iterator[str]:
    """A heading, then a row for each record; no cell can become a formula.

    Args:
        records: By tokens, or with identities.
        zone: In which sentences tell times.
        language: Of the sentences.

    Source: RFC 4180.
    """
    yield csv_line(LOG_CELLS)
    for opened in records:
        row = log_row(opened, zone, language)
        yield csv_line([csv_cell(row.get(name)) for name in LOG_CELLS])
