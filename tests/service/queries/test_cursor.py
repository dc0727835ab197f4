"""A cursor continues one question and no other, and nobody can make one."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import BadRequest
from service.queries.cursor import Cursor, asked_of, decode_cursor, encode_cursor

KEY = bytes(range(32))
_COUNTS = st.integers(0, 2**63 - 1)
_CURSORS = st.builds(
    Cursor,
    size=_COUNTS,
    root=st.binary(min_size=32, max_size=32),
    known_size=_COUNTS,
    position=_COUNTS,
    moment_us=st.integers(-(2**63), 2**63 - 1),
)
_PARAMETERS = st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=5)


@given(_CURSORS, _PARAMETERS)
def test_a_cursor_is_read_as_it_was_written(
    cursor: Cursor, parameters: list[tuple[str, str]]
) -> None:
    """The next page would begin elsewhere, or tell of another state of the log."""
    asked = asked_of("/v1/events", parameters, free=frozenset())
    assert decode_cursor(encode_cursor(cursor, KEY, asked), KEY, asked) == cursor


@given(_CURSORS, st.data())
def test_a_changed_cursor_is_refused(cursor: Cursor, data: st.DataObject) -> None:
    """Somebody could page through a state of the log that never was."""
    asked = asked_of("/v1/events", [], free=frozenset())
    raw = bytearray(urlsafe_b64decode(encode_cursor(cursor, KEY, asked) + "=="))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BadRequest, match="cursor"):
        decode_cursor(urlsafe_b64encode(raw).decode().rstrip("="), KEY, asked)


@given(_CURSORS, st.text(max_size=120))
def test_a_text_that_is_no_cursor_is_refused(cursor: Cursor, text: str) -> None:
    """A stray text would be an unexpected failure, or a page of something."""
    asked = asked_of("/v1/events", [], free=frozenset())
    given_text = encode_cursor(cursor, KEY, asked)
    for each in (text, given_text + text, given_text[: len(text)]):
        if each != given_text:
            with pytest.raises(BadRequest, match="cursor"):
                decode_cursor(each, KEY, asked)


@given(_CURSORS, _PARAMETERS, _PARAMETERS)
def test_a_cursor_of_another_question_is_refused(
    cursor: Cursor, one: list[tuple[str, str]], other: list[tuple[str, str]]
) -> None:
    """Pages would continue with other filters than they began with."""
    asked = asked_of("/v1/events", one, free=frozenset())
    text = encode_cursor(cursor, KEY, asked)
    if sorted(one) != sorted(other):
        with pytest.raises(BadRequest, match="question"):
            decode_cursor(text, KEY, asked_of("/v1/events", other, free=frozenset()))
    with pytest.raises(BadRequest, match="question"):
        decode_cursor(text, KEY, asked_of("/v1/views/access", one, free=frozenset()))
    with pytest.raises(BadRequest, match="cursor"):
        decode_cursor(text, bytes(32), asked)


def test_what_may_change_from_page_to_page_is_not_bound() -> None:
    """A client could not ask for a smaller page, or name its purpose later."""
    free = frozenset({"limit", "cursor"})
    one = asked_of("/v1/events", [("kind", "access"), ("limit", "5")], free=free)
    other = asked_of("/v1/events", [("cursor", "x"), ("kind", "access")], free=free)
    assert one == other
