"""Tables show what the log holds: nothing interpreted, nothing cut in a pipe."""

import io
import re
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from cli import rendering
from cli.output import Column
from cli.rendering import BATCH_OF_ROWS, MOST_IN_CELL, NOTHING, cell_text, draw_line, draw_rows

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
TOKEN = "person#01a200fc97be72b4ac2f7e04a342d5a4"


def drawn(capsys: pytest.CaptureFixture[str], *texts: str) -> str:
    draw_rows([{"text": text} for text in texts], (Column("text", "what"),), UTC)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "text", ["[sshd] Ban", "[/x] [bold]", ":warning: a", "https://a/b", "x" * 5000]
)
def test_a_text_is_drawn_as_it_is(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """A log line in brackets would vanish as markup, or a long one be cut."""
    assert text in drawn(capsys, text)


def test_a_control_character_is_visible(capsys: pytest.CaptureFixture[str]) -> None:
    """A value could repaint the screen of whoever reads the log."""
    shown = drawn(capsys, "a\x1b[2Jb\u202ec\nd")
    assert "\x1b" not in shown
    assert "a\\x1b[2Jb\\u202ec\\nd" in shown


def test_the_heading_stands_once_however_many_rows(capsys: pytest.CaptureFixture[str]) -> None:
    """A long answer would repeat its heading amid the rows, or lose rows between batches."""
    shown = drawn(capsys, *(f"row {number}" for number in range(BATCH_OF_ROWS + 5)))
    assert shown.splitlines()[0] == "what"
    assert shown.count("what") == 1
    assert shown.count("row ") == BATCH_OF_ROWS + 5


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (None, "", NOTHING),
        ([], "", NOTHING),
        (True, "", "yes"),
        (6628339, "bytes", "6,628,339"),
        (1234, "index", "1234"),
        (datetime(2026, 11, 20, 13, tzinfo=UTC), "instant", "2026-11-20 14:00:00+01"),
        (timedelta(days=2, hours=3, minutes=5), "duration", "2 d 3 h"),
        (timedelta(seconds=95), "duration", "1 min 35 s"),
        (TOKEN, "token", "person#…42d5a4"),
        ([TOKEN, "b"], "list", "person#…42d5a4, b"),
        (b"\x0f", "", "0f"),
    ],
)
def test_a_value_is_shown_for_people(value: object, unit: str, shown: str) -> None:
    """A row could not be read without a calculator."""
    assert cell_text(value, unit, AMSTERDAM) == shown


def test_a_paragraph_in_a_pipe_has_no_trailing_blanks(capsys: pytest.CaptureFixture[str]) -> None:
    """A transcript would be full of blanks up to the width of nothing."""
    draw_line("hello", indent=2, mark="✓")
    assert capsys.readouterr().out == "  ✓ hello\n"


class Terminal(io.StringIO):
    """A standard output that is a terminal."""

    def isatty(self) -> bool:
        """Yes, whoever asks."""
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal of 60 columns without colour."""
    screen = Terminal()
    for name, value in (("COLUMNS", "60"), ("NO_COLOR", "1"), ("TERM", "xterm")):
        monkeypatch.setenv(name, value)
    return screen


HASH = "0123456789abcdef" * 4
WIDE = tuple(Column(name, name) for name in ("first", "second", "third", "empty"))


def test_rows_that_are_too_wide_are_told_below_each_other(terminal: Terminal) -> None:
    """Cells would be cut, or broken into columns of three letters."""
    row = {"first": "a" * 30, "second": "b" * 30, "third": HASH}
    with redirect_stdout(terminal):
        draw_rows([row, row], WIDE, UTC)
    shown = terminal.getvalue()
    assert shown.count("a" * 30) == shown.count("b" * 30) == 2
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown).count(f"third   {HASH}") == 2
    assert "empty" not in shown


def test_prose_that_is_too_wide_stands_below_its_row(terminal: Terminal) -> None:
    """The sentence, which says most, would get what is left of the width."""
    columns = (Column("first", "first", "word"), Column("told", "what happened", "prose"))
    row = {"first": "a" * 50, "told": "somebody did something to somebody else"}
    with redirect_stdout(terminal):
        draw_rows([row], columns, UTC)
    lines = [line.rstrip() for line in terminal.getvalue().splitlines()]
    assert lines == ["a" * 50, "    somebody did something to somebody else"]


def test_a_count_above_prose_says_what_is_counted(terminal: Terminal) -> None:
    """Without the heading of its column, a bare number means nothing."""
    columns = (
        Column("name", "source", "word"),
        Column("lines", "lines", "count"),
        Column("told", "why", "prose"),
    )
    with redirect_stdout(terminal):
        draw_rows([{"name": "a" * 50, "lines": 7, "told": "no time"}], columns, UTC)
    assert terminal.getvalue().splitlines()[0].rstrip() == f"{'a' * 50}  lines 7"


def test_a_long_list_is_counted_on_a_screen_only(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    """Hundreds of ids would push the answer off the screen, or be missing in a pipe."""
    row = {"ids": [f"id-{number}" for number in range(MOST_IN_CELL + 1)]}
    with redirect_stdout(terminal):
        draw_rows([row], (Column("ids", "ids", "list"),), UTC)
    assert "7 (--json has them)" in terminal.getvalue()
    draw_rows([row], (Column("ids", "ids", "list"),), UTC)
    assert "id-6" in capsys.readouterr().out


def test_a_live_table_is_drawn_anew_with_lines_above_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who watches sources would see nothing move, or lose what was said."""
    screen = io.StringIO()
    terminal = Console(file=screen, force_terminal=True, width=80, markup=False, highlight=False)
    monkeypatch.setattr(rendering, "console", lambda **_chosen: terminal)
    columns = (Column("name", "source", "word"), Column("lines", "lines", "count"))
    with rendering.live_rows(columns, UTC) as (show, say):
        show([{"name": "gateway", "lines": 1}])
        say("a [bold]peer\x1b[2J was cut off")
        show([{"name": "gateway", "lines": 72}])
    shown = screen.getvalue()
    assert "source" in shown
    assert "72" in shown
    assert r"a [bold]peer\x1b[2J was cut off" in shown


def test_a_live_table_leaves_out_what_it_has_no_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every column would be cut on a narrow terminal, times and counts among them."""
    screen = io.StringIO()
    terminal = Console(file=screen, force_terminal=True, width=30, markup=False, highlight=False)
    monkeypatch.setattr(rendering, "console", lambda **_chosen: terminal)
    columns = tuple(Column(name, name) for name in ("source", "behind", "recorded"))
    with rendering.live_rows(columns, UTC, spare=("behind",)) as (show, _say):
        show([{"source": "gateway-openssh", "behind": 1, "recorded": 2}])
    shown = screen.getvalue()
    assert "behind" not in shown
    assert "gateway-openssh" in shown
    assert "recorded" in shown
