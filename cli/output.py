"""Writes answers: a table on a terminal, NDJSON in a pipe, JSON or CSV when asked.

Invariants: standard output carries data only, notes go to standard error; what goes into a pipe is
never cut and never passes through Rich; a text cell of a CSV file can never become a formula.
"""

import csv
import io
import os
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Literal, NamedTuple
from uuid import UUID

import click
import msgspec

from cli.options import FORM_VARIABLE, FORMS
from cli.visible import visible, visible_json, visible_lines
from formats.formula_guard import guarded
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


def csv_cell(value: object) -> str | int:
    """One cell of a CSV file; what a spreadsheet would run as a formula gets a `'` before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return value
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        text = "; ".join(value)
    else:
        text = value if isinstance(value, str) else json_text(value)
    return guarded(visible_lines(text))


def json_text(value: object) -> str:
    """A value as it stands inside JSON, without quotes when it is one word there."""
    text = encode_json(value)
    return text[1:-1] if text.startswith('"') and "\\" not in text else text


def encode_json(document: object) -> str:
    """JSON with instants in UTC and bytes in hexadecimal."""
    return msgspec.json.encode(_plain(document)).decode()


def _plain(value: object) -> object:
    """A value whose instants are in UTC and whose bytes are hexadecimal, for every reader alike."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, msgspec.Struct):
        return _plain(msgspec.to_builtins(value, builtin_types=(datetime, UUID, timedelta)))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    return value


def _write(text: str) -> None:
    # Lone surrogates cannot be encoded; visible() and visible_json() have written them as escapes
    # already.
    sys.stdout.write(text)


def one_line(text: str) -> str:
    """The text on one line, every acting character visible."""
    return visible(text)
