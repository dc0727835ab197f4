"""Tables show what the log holds: nothing interpreted, nothing cut in a pipe."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cli.output import Column
from cli.rendering import BATCH_OF_ROWS, NOTHING, cell_text, draw_line, draw_rows

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
