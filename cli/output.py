"""Writes answers: a table on a terminal, NDJSON in a pipe, JSON or CSV when asked.

Invariants: standard output carries data only, notes go to standard error; what goes into a pipe is
never cut and never passes through Rich; a text cell of a CSV file can never become a formula.
"""

import csv
import io
import os
import sys
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any, Literal, NamedTuple

import click
import msgspec

from cli.options import FORM_VARIABLE, FORMS
from formats.csv_cell import csv_cell
from formats.json_form import encode_json
from formats.visible import visible, visible_json, visible_lines
from ledger.errors import BadRequest

Form = Literal["table", "json", "csv", "ndjson"]
Row = Mapping[str, Any]


class Column(NamedTuple):
    """One column of an answer: its key in the rows, its heading for people, its unit."""

    name: str
    heading: str
    unit: str = ""


def choose_form(asked: str | None) -> Form:
    """The form of an answer: as asked, else as `ZEGEL_OUTPUT` says, else by where it goes.

    A terminal gets a table, a pipe NDJSON.

    Raises:
        BadRequest: the variable names no form.
    """
    chosen = (
        asked or os.environ.get(FORM_VARIABLE) or ("table" if sys.stdout.isatty() else "ndjson")
    )
    for form in ("table", "json", "csv", "ndjson"):
        if form == chosen:
            return form
    raise BadRequest(f"{FORM_VARIABLE}: expected one of {', '.join(FORMS)}, found {chosen!r}")


def note(text: str) -> None:
    """Says something beside the answer, on standard error."""
    click.echo(visible_lines(text), err=True)


def write_rows(rows: Iterable[Row], columns: Iterable[Column], form: Form, zone: tzinfo) -> None:
    """Writes rows as they come, in constant memory; JSON is one object a line here."""
    if form == "table":
        from cli.rendering import draw_rows  # noqa: PLC0415 - Rich is loaded only to draw

        draw_rows(rows, tuple(columns), zone)
    elif form == "csv":
        write_csv(rows, tuple(columns))
    else:
        for row in rows:
            write_line(row)


def write_line(document: object) -> None:
    """Writes one JSON document on a line of its own."""
    _write(visible_json(encode_json(document)) + "\n")


def write_document(document: object) -> None:
    """Writes one JSON document, indented for people who read it."""
    text = msgspec.json.format(encode_json(document), indent=2)
    _write(visible_json(text) + "\n")


def write_csv(rows: Iterable[Row], columns: tuple[Column, ...]) -> None:
    """Writes CSV with a header line, by the names of the columns (RFC 4180)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([column.name for column in columns])
    for row in rows:
        writer.writerow([csv_cell(row.get(column.name)) for column in columns])
        _write(buffer.getvalue())
        buffer.seek(0)
        buffer.truncate()
    _write(buffer.getvalue())


def _write(text: str) -> None:
    # Lone surrogates cannot be encoded; visible() and visible_json() have written them as escapes
    # already.
    sys.stdout.write(text)


def one_line(text: str) -> str:
    """The text on one line, every acting character visible."""
    return visible(text)
