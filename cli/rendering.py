"""Draws answers for people; the only file that draws with Rich.

Invariants: what comes from a log is drawn as `Text`, never as markup, after `visible` has made its
acting characters harmless; a state is never told by colour alone; nothing is cut off when the
table goes into a pipe.
"""

import io
import itertools
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from cli.output import Column, Row
from formats.csv_cell import json_text
from formats.shown_times import show_instant
from formats.visible import short_tokens, visible

BATCH_OF_ROWS: Final = 500
"""So many rows are measured and drawn at once; memory stays flat however long the answer is."""

PIPE_WIDTH: Final = 100_000
"""A table in a pipe is as wide as its longest cell: nothing is cut where a program may read it."""

GAP: Final = 2
LEAST_PROSE: Final = 30
"""Prose in a column narrower than this is better read below its row."""

MOST_IN_CELL: Final = 6
"""A longer list is told by its length on a terminal."""

NOTHING: Final = "–"  # noqa: RUF001 - a dash that cannot be taken for a minus
STYLES: Final = {
    "good": "green",
    "bad": "bold red",
    "warning": "yellow",
    "quiet": "dim",
    "strong": "bold",
}
_SIGN_STYLES: Final = {"✓": "good", "✗": "bad", "?": "warning", "…": "quiet"}
"""A cell of the unit `state` begins with a sign, which also chooses its colour."""

Draw = Callable[[Sequence[Sequence[Text]], Sequence[Column], bool], Iterator[RenderableType]]
"""Draws a batch of rows; told whether it is the first one."""

_UUID: Final = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{6}([0-9a-f]{6})\b")
_COUNTS: Final = frozenset({"count", "bytes"})
_RIGHT: Final = frozenset({"index", "count", "bytes", "size", "version", "integer", "int"})


def console(*, error: bool = False) -> Console:
    """A console that interprets nothing in what it prints; it honours NO_COLOR and FORCE_COLOR."""
    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else PIPE_WIDTH
    return Console(
        stderr=error, width=width, markup=False, emoji=False, highlight=False, soft_wrap=False
    )


def cell_text(value: object, unit: str, zone: tzinfo) -> str:
    """A value as one cell shows it: tokens short, times in the reader's zone, controls visible."""
    match value:
        case None | () | []:
            text = NOTHING
        case bool():
            text = "yes" if value else "no"
        case datetime():
            text = show_instant(value, zone)
        case timedelta():
            text = _span(value)
        case int():
            text = f"{value:,}" if unit == "bytes" else str(value)
        case list() | tuple():
            text = ", ".join(cell_text(item, unit, zone) for item in value)
        case str():
            text = short_tokens(visible(value))
        case _:
            text = short_tokens(visible(json_text(value)))
    return text


def draw_rows(rows: Iterable[Row], columns: Sequence[Column], zone: tzinfo) -> None:
    """Draws rows in batches as they come: a table, or blocks where a table is too wide."""
    remaining = iter(rows)
    draw = None
    while batch := list(itertools.islice(remaining, BATCH_OF_ROWS)):
        cells = [[_cell(row, column, zone) for column in columns] for row in batch]
        first = draw is None
        draw = draw or _layout(cells, columns)
        for drawn in draw(cells, columns, first):
            _print(drawn)


def draw_facts(facts: Iterable[tuple[str, object]], zone: tzinfo) -> None:
    """Draws names with their values, one a line; a long value stays whole, to be copied."""
    shown = [(visible(name), cell_text(value, "", zone)) for name, value in facts]
    for line in _fact_lines([(name, Text(value)) for name, value in shown]):
        _print(line)


def draw_heading(text: str) -> None:
    """Draws a line with a heading in it."""
    title = Text(visible(text), style=STYLES["strong"])
    if console().is_terminal:
        _print(Rule(title, align="left", style=STYLES["quiet"]))
    else:
        _print(Text("== ").append(title).append(" =="))


def draw_line(text: str, *, style: str = "", mark: str = "", indent: int = 0) -> None:
    """Draws one wrapped paragraph; `mark` says in a sign what `style` says in colour."""
    shown = Text(f"{mark} " if mark else "", style=STYLES.get(style, ""))
    shown.append(short_tokens(visible(text)))
    _print(Padding(shown, (0, 0, 0, indent)))


def draw_gap() -> None:
    """Draws an empty line."""
    _print(Text(""))


def _print(drawn: RenderableType) -> None:
    """Prints to standard output; in a pipe without the blanks that fill a line."""
    out = console()
    # A line that is laid out already is broken by the terminal alone: a hash stays one word.
    soft = isinstance(drawn, Text)
    if out.is_terminal:
        out.print(drawn, soft_wrap=soft)
        return
    plain = Console(
        file=io.StringIO(), width=PIPE_WIDTH, markup=False, emoji=False, highlight=False
    )
    with plain.capture() as captured:
        plain.print(drawn, soft_wrap=soft)
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines() or [""])


def _layout(cells: Sequence[Sequence[Text]], columns: Sequence[Column]) -> Draw:
    """How rows like these fit into the width: as a table, as prose below a line, or as facts."""
    out, widths = console(), _widths(cells, columns)
    gaps = GAP * (len(columns) - 1)
    is_prose = columns[-1].unit == "prose"
    needed = sum(widths[:-1]) + gaps + (min(LEAST_PROSE, widths[-1]) if is_prose else widths[-1])
    if not out.is_terminal or needed <= out.width:
        return _table
    return _prose_blocks if is_prose else _fact_blocks


def _widths(cells: Sequence[Sequence[Text]], columns: Sequence[Column]) -> list[int]:
    """How wide each column is when nothing of it is cut off."""
    return [
        max([cell_len(column.heading), *(row[place].cell_len for row in cells)])
        for place, column in enumerate(columns)
    ]


def _fitting(
    widths: Sequence[int], columns: Sequence[Column], spare: Sequence[str], room: int
) -> list[int]:
    """The places of the columns that are shown: spare ones go until the rest fits."""
    kept = list(range(len(columns)))
    for name in spare:
        if sum(widths[place] + GAP for place in kept) <= room:
            break
        kept = [place for place in kept if columns[place].name != name]
    return kept


def _table(
    cells: Sequence[Sequence[Text]],
    columns: Sequence[Column],
    first: bool,  # noqa: FBT001 - a layout
) -> Iterator[RenderableType]:
    table = Table(
        box=None,
        show_header=first,
        pad_edge=False,
        header_style=STYLES["strong"],
        padding=(0, GAP, 0, 0),
    )
    for column in columns:
        table.add_column(
            Text(visible(column.heading)),
            justify="right" if column.unit in _RIGHT else "left",
            overflow="fold" if column.unit == "prose" else "ellipsis",
            no_wrap=column.unit != "prose",
        )
    for row in cells:
        table.add_row(*row)
    yield table


def _prose_blocks(
    cells: Sequence[Sequence[Text]],
    columns: Sequence[Column],
    first: bool,  # noqa: FBT001 - a layout
) -> Iterator[RenderableType]:
    """Each row as a line of its short cells, and the prose below it; a count says of what."""
    del first
    for row in cells:
        yield Text("  ").join(
            Text(f"{visible(column.heading)} " if column.unit in _COUNTS else "").append_text(cell)
            for column, cell in zip(columns[:-1], row, strict=False)
            if cell.plain != NOTHING
        )
        yield Padding(row[-1], (0, 0, 0, 4))


def _fact_blocks(
    cells: Sequence[Sequence[Text]],
    columns: Sequence[Column],
    first: bool,  # noqa: FBT001 - a layout
) -> Iterator[RenderableType]:
    """Each row as names with values, one a line; what says nothing is left out."""
    for place, row in enumerate(cells):
        if place or not first:
            yield Text("")
        yield from _fact_lines(
            [
                (visible(column.heading), cell)
                for column, cell in zip(columns, row, strict=True)
                if cell.plain != NOTHING
            ]
        )


def _fact_lines(facts: Sequence[tuple[str, Text]]) -> Iterator[Text]:
    widest = max((cell_len(name) for name, _ in facts), default=0)
    for name, value in facts:
        label = Text(name + " " * (widest - cell_len(name) + GAP), style=STYLES["quiet"])
        yield label.append_text(value)


def _cell(row: Mapping[str, Any], column: Column, zone: tzinfo) -> Text:
    value = row.get(column.name)
    if isinstance(value, (list, tuple)) and len(value) > MOST_IN_CELL and sys.stdout.isatty():
        return Text(f"{len(value)} (--json has them)")
    text = cell_text(value, column.unit, zone)
    style = STYLES.get(_SIGN_STYLES.get(text[:1], ""), "") if column.unit == "state" else ""
    return Text(_UUID.sub(r"…\1", text) if column.unit in {"token", "list"} else text, style=style)


def _span(value: timedelta) -> str:
    """A span in days and hours; seconds only where it is short."""
    minutes, seconds = divmod(int(abs(value).total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    sign = "-" if value < timedelta() else ""
    if days:
        return f"{sign}{days} d {hours} h"
    return f"{sign}{hours} h {minutes} min" if hours else f"{sign}{minutes} min {seconds} s"


def progress_bar(unit: str) -> Progress:
    """A bar on standard error that counts bytes or records and leaves no trace when it is done."""
    counter: ProgressColumn = DownloadColumn() if unit == "bytes" else MofNCompleteColumn()
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        counter,
        TimeRemainingColumn(),
        console=console(error=True),
        transient=True,
    )


@contextmanager
def live_rows(
    columns: Sequence[Column], zone: tzinfo, *, spare: Sequence[str] = ()
) -> Iterator[tuple[Callable[[Iterable[Row]], None], Callable[[str], None]]]:
    """Gives what draws a table anew, and what says a line above it; both on standard error.

    Args:
        columns: What is shown where there is room for it.
        zone: Of the reader.
        spare: Names of the columns that are left out, one after another, until the rest fits.
    """
    out = console(error=True)
    with Live(console=out, auto_refresh=False, transient=True) as live:

        def show(rows: Iterable[Row]) -> None:
            cells = [[_cell(row, column, zone) for column in columns] for row in rows]
            kept = _fitting(_widths(cells, columns), columns, spare, out.width)
            cells = [[row[place] for place in kept] for row in cells]
            drawn = _table(cells, [columns[place] for place in kept], first=True)
            live.update(Group(*drawn), refresh=True)

        def say(text: str) -> None:
            out.print(Text(visible(text)), soft_wrap=True)

        yield show, say
