"""Characters that act on a terminal are shown, not obeyed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.visible import short_tokens, visible, visible_json, visible_lines

ACTING = [
    "\x1b",
    "\x00",
    "\x07",
    "\x7f",
    "\x9b",
    "\u202e",
    "\u2066",
    "\u200b",
    "\ufeff",
    "\U000e0041",
]


@pytest.mark.parametrize("character", ACTING)
def test_an_acting_character_is_written_as_an_escape(character: str) -> None:
    """A user name in a log could clear the screen, or read backwards."""
    shown = visible(f"a{character}b")
    assert character not in shown
    assert shown.startswith("a\\")
    assert shown.endswith("b")
    assert character not in visible_lines(character)


def test_a_line_feed_stays_only_where_lines_are_meant() -> None:
    """A value could fake a second row, or a block of text would lose its lines."""
    assert visible("a\nb\tc") == "a\\nb\\tc"
    assert visible_lines("a\nb") == "a\nb"


@given(st.text())
def test_plain_text_stays_and_nothing_acting_remains(text: str) -> None:
    """A name in any script would be mangled, or one acting character would slip through."""
    shown = visible(text)
    assert visible(shown) == shown
    if shown == text:
        assert not any(character in text for character in ACTING)


@given(st.text())
def test_json_keeps_its_value(text: str) -> None:
    """A program that reads the output would get another value than the log has."""
    document = visible_json(json.dumps({"a": text}, ensure_ascii=False))
    assert json.loads(document) == {"a": text}
    assert not any(character in document for character in ACTING)


def test_tokens_are_cut_to_their_end() -> None:
    """A row would be too wide for a screen, or two people would look the same."""
    token = "person#01a200fc97be72b4ac2f7e04a342d5a4"
    assert short_tokens(f"{token}, ok") == "person#…42d5a4, ok"
    assert short_tokens("person#01a2, issue#12") == "person#01a2, issue#12"
