"""What a page shows, as a file: the same rows of the same state, every column by itself.

CSV and NDJSON have the names and values of the API, for programs; a workbook has the words of the
visitor. Where two moments are compared, each row says what became of it, and one that changed
stands there twice: as it was, and as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final, Literal

from starlette.responses import Response

from formats.csv_cell import csv_cell, csv_line
from formats.json_form import encode_json
from formats.register.cells import Cell
from formats.register.tables import Table
from formats.register.words import shown_moment
from formats.register.workbook import workbook
from formats.subject_copy.words import harmless
from formats.view_words.words import heading_word, value_word
from ledger.errors import NotFound
from projections.row_changes import Row, RowChange
from projections.view import Column
from service.page.languages import Language
from service.page.security import PAGE_HEADERS
from service.page.views.asked import Seen
from service.queries.accepting import CSV, NDJSON
from service.queries.answers import json_text

ExportFormat = Literal["csv", "ndjson", "xlsx"]
EXPORT_FORMATS: Final[tuple[ExportFormat, ...]] = ("csv", "ndjson", "xlsx")
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES: Final[Mapping[str, str]] = {
    "csv": CSV,
    "ndjson": NDJSON,
    "xlsx": XLSX,
    "html": "text/html; charset=utf-8",
    "jsonld": "application/ld+json",
    "markdown": "text/markdown; charset=utf-8",
}
_CHANGE: Final = "change"
_SHEET_NAME: Final = 31
"""Characters of the name of a sheet. Source: "Excel specifications and limits"."""
_NOT_IN_NAMES: Final = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What a file is made of."""

    name: str
    """Of the file, without its end: `access-held`."""
    title: str
    """Of the sheet, in the words of the visitor."""
    columns: Sequence[Column]
    changes: Sequence[RowChange]
    """The rows that are shown, in their order."""
    seen: Seen
    language: Language
    zone: tzinfo
    tells_changes: bool = True
    """Whether it is for the file to say what became of rows; otherwise they say so themselves."""

    @property
    def is_compared(self) -> bool:
        """Whether rows say what became of them."""
        return self.seen.before is not None and self.tells_changes


def export_format(end: str) -> ExportFormat:
    """The format that the name of a file ends in.

    Raises:
        NotFound: none of those that there are.
    """
    for each in EXPORT_FORMATS:
        if each == end:
            return each
    raise NotFound(f"file: expected one of {', '.join(EXPORT_FORMATS)}, found another")


def export_file(exported: Exported, kind: ExportFormat) -> bytes:
    """The file; the same state of the log gives the same bytes."""
    match kind:
        case "csv":
            return "".join(_csv(exported)).encode()
        case "ndjson":
            return "".join(json_text(each) + "\n" for each in _documents(exported)).encode()
        case "xlsx":
            tables = [_table(exported), _about(exported)]
            return workbook(tables, exported.seen.now.moment.as_of)


def given(content: bytes, kind: str, name: str, seen: Seen) -> Response:
    """A file as an answer that a browser saves, and that says up to where it is true.

    Args:
        content: Of the file.
        kind: A word of `MEDIA_TYPES`.
        name: Of the file with its end.
        seen: The state of the log that it tells of.
    """
    return Response(
        content,
        media_type=MEDIA_TYPES[kind],
        headers={
            **PAGE_HEADERS,
            **seen.now.truth.headers,
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )


def file_name(name: str, seen: Seen, zone: tzinfo, end: str) -> str:
    """The name of a file, with the day it is about: `access-held-2026-11-20.csv`."""
    return f"{name}-{seen.now.moment.as_of.astimezone(zone):%Y-%m-%d}.{end}"


def _told(exported: Exported) -> Iterator[tuple[str, Row]]:
    """Every row of the file with what became of it."""
    for each in exported.changes:
        if each.what == "changed" and each.before is not None and each.after is not None:
            yield "was", each.before
            yield "is", each.after
        else:
            yield each.what, each.row


def _csv(exported: Exported) -> Iterator[str]:
    names = [column.name for column in exported.columns]
    before = [_CHANGE] if exported.is_compared else []
    yield csv_line([*before, *names])
    for what, row in _told(exported):
        cells = [csv_cell(row.get(name)) for name in names]
        yield csv_line([what, *cells] if exported.is_compared else cells)


def _documents(exported: Exported) -> Iterator[Mapping[str, Any]]:
    for what, row in _told(exported):
        yield {_CHANGE: what, **row} if exported.is_compared else row


def _table(exported: Exported) -> Table:
    headings = [heading_word(column.heading, exported.language) for column in exported.columns]
    first = [_WORDS[_CHANGE][exported.language]] if exported.is_compared else []
    rows = []
    for what, row in _told(exported):
        said: list[Cell] = [_WORDS[what][exported.language]] if exported.is_compared else []
        rows.append(
            (*said, *(_cell(each, row.get(each.name), exported) for each in exported.columns))
        )
    title = exported.title.translate(_NOT_IN_NAMES)[:_SHEET_NAME]
    return Table(title, (*first, *headings), tuple(rows))


def _about(exported: Exported) -> Table:
    """Of when the file is, and up to which record of which tree."""
    seen, language = exported.seen, exported.language
    rows: list[tuple[Cell, ...]] = [
        (_WORDS["as_of"][language], shown_moment(seen.now.moment.as_of, exported.zone)),
        (_WORDS["known"][language], int(seen.now.moment.known_size)),
    ]
    if seen.before is not None:
        before = seen.before.moment
        rows += [
            (_WORDS["compared_of"][language], shown_moment(before.as_of, exported.zone)),
            (_WORDS["compared_known"][language], int(before.known_size)),
        ]
    truth = seen.now.truth
    rows += [
        (_WORDS["records"][language], int(truth.size)),
        (_WORDS["root"][language], truth.root.hex()),
    ]
    return Table(_WORDS["about"][language], ("", ""), tuple(rows))


def _cell(column: Column, value: object, exported: Exported) -> Cell:
    said: Cell
    match value:
        case None:
            said = None
        case bool():
            said = _WORDS[str(value)][exported.language]
        case int():
            said = value
        case datetime():
            said = shown_moment(value, exported.zone)
        case timedelta():
            said = int(value.total_seconds())
        case list() | tuple():
            said = "; ".join(_item(column, each, exported.language) for each in value) or None
        case str() if column.unit != "text":
            said = harmless(value)
        case _:
            said = _item(column, value, exported.language)
    return said


def _item(column: Column, value: object, language: Language) -> str:
    if not isinstance(value, str):
        return harmless(encode_json(value))
    return value_word(column.name, value, language)


_WORDS: Final[Mapping[str, Mapping[Language, str]]] = {
    _CHANGE: {"en": "change", "nl": "verschil"},
    "came": {"en": "new", "nl": "nieuw"},
    "went": {"en": "gone", "nl": "weg"},
    "was": {"en": "was", "nl": "was"},
    "is": {"en": "is", "nl": "is"},
    "same": {"en": "same", "nl": "gelijk"},
    "True": {"en": "yes", "nl": "ja"},
    "False": {"en": "no", "nl": "nee"},
    "about": {"en": "about", "nl": "over"},
    "as_of": {"en": "as of", "nl": "naar de stand van"},
    "known": {"en": "by the first so many records", "nl": "volgens de eerste zoveel records"},
    "compared_of": {"en": "compared with", "nl": "vergeleken met"},
    "compared_known": {
        "en": "compared by the first so many records",
        "nl": "vergeleken volgens de eerste zoveel records",
    },
    "records": {"en": "records in the log", "nl": "records in het log"},
    "root": {"en": "root of the log", "nl": "wortel van het log"},
}
"""What a workbook says, whose words no page shows."""
