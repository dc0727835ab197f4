"""Lines and their offsets, identities of sources and of facts."""

import io
from datetime import UTC, datetime

import pytest

from formats.reading import (
    Line,
    Outcome,
    Unreadable,
    identity_of_source,
    read_lines,
    translate_lines,
)
from ledger.errors import FormatError, MalformedEvent, StoreUnavailable
from tests.unit.formats.sources import context_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def lines_of(raw: bytes, max_bytes: int = 100) -> list[Line]:
    return list(read_lines(io.BytesIO(raw), max_bytes=max_bytes))


def test_lines_keep_their_place_whatever_ends_them() -> None:
    """A fact would get another id, or people be pointed to another line."""
    found = lines_of(b"one\r\n\ntwo\nthree")
    assert [(line.number, line.offset, line.end_offset, line.text) for line in found] == [
        (1, 0, 5, "one"),
        (2, 5, 6, ""),
        (3, 6, 10, "two"),
        (4, 10, 15, "three"),
    ]


def test_a_line_of_exactly_the_limit_is_read() -> None:
    """The limit would refuse what it allows."""
    assert [line.refusal for line in lines_of(b"x" * 8 + b"\r\n" + b"y" * 8 + b"\n", 8)] == [
        None,
        None,
    ]


@pytest.mark.parametrize("size", [9, 10, 11, 500_000])
def test_an_over_long_line_is_refused_and_the_next_one_read(size: int) -> None:
    """One endless line would take all memory, or hide what follows it."""
    long, after = lines_of(b"x" * size + b"\nafter\n", 8)
    assert long.refusal == f"expected at most 8 bytes, found {size + 1}"
    assert (long.raw, after.text, after.offset) == (b"x" * 8, "after", size + 1)


def test_bytes_that_are_no_text_are_refused_with_their_place() -> None:
    """A damaged line would stop the import of all others."""
    bad, good = lines_of(b"ab\xffcd\nfine")
    assert bad.refusal == "expected UTF-8, found other bytes at byte 3 of the line"
    assert (bad.raw, bad.text, good.text) == (b"ab\xffcd", "", "fine")


def test_the_mark_of_utf8_is_no_text() -> None:
    """The first line of a file from a Windows editor could not be read."""
    assert [line.text for line in lines_of(b"\xef\xbb\xbffirst\n\xef\xbb\xbfsecond")] == [
        "first",
        "\ufeffsecond",
    ]


def test_a_source_that_grows_keeps_its_identity() -> None:
    """Each import of a live log would record all of it once more."""
    assert identity_of_source(b"first\r\nsecond") == identity_of_source(b"first\nsecond\nthird")
    assert identity_of_source(b"first\n") != identity_of_source(b"other\n")


def test_ids_of_facts_tell_every_part_apart() -> None:
    """Two facts would share one id, and the second would be taken for the first."""
    context = context_of()
    ids = {
        context.place_id("openssh", NOON, 0),
        context.place_id("openssh", NOON, 1),
        context.place_id("openssh", NOON, 0, 1),
        context.place_id("fail2ban", NOON, 0),
        context_of(system="web-2").place_id("openssh", NOON, 0),
        context_of(source=b"other").place_id("openssh", NOON, 0),
        context.own_id("openssh", b"ab", b"c"),
        context.own_id("openssh", b"a", b"bc"),
    }
    assert len(ids) == 8
    assert context.place_id("openssh", NOON, 0) == context_of().place_id("openssh", NOON, 0)


def test_a_line_that_fails_stops_no_other() -> None:
    """One bad line would keep a whole log out."""

    def outcome_of(line: Line) -> Outcome:
        if line.text == "format":
            raise FormatError(line.place, "a good line", "a bad one")
        if line.text == "field":
            raise MalformedEvent("access.used.v1", "resource", "a resource", "somebody's name")
        return line.skipped("fine")

    found = list(translate_lines(io.BytesIO(b"format\n\nfield\n\xff\nend"), outcome_of))
    assert [(outcome.place, outcome.reason) for outcome in found if hasattr(outcome, "reason")] == [
        ("line 1", "expected a good line, found a bad one"),
        ("line 2", "an empty line"),
        ("line 3", "access.used.v1: field resource: expected a resource"),
        ("line 4", "expected UTF-8, found other bytes at byte 1 of the line"),
        ("line 5", "fine"),
    ]


def test_a_defect_of_a_reader_costs_one_line_alone() -> None:
    """A stranger who finds one would keep all that follows out, or have the line shown."""

    def outcome_of(line: Line) -> Outcome:
        return line.skipped({"good": "fine"}[line.text])

    found = list(translate_lines(io.BytesIO(b"good\nanna\ngood\n"), outcome_of))
    assert [outcome.end_offset for outcome in found] == [5, 10, 15]
    (failed,) = (each for each in found if isinstance(each, Unreadable))
    assert failed.is_defect
    assert failed.reason == "expected a reader that can tell, found a defect of it: KeyError"
    assert (failed.raw, failed.offset) == (b"anna", 5)


@pytest.mark.parametrize("error", [StoreUnavailable("the keys are away"), MemoryError()])
def test_an_error_that_is_not_about_the_line_ends_the_reading(error: Exception) -> None:
    """Lines would be put aside for what is wrong with the machine."""

    def outcome_of(_line: Line) -> Outcome:
        raise error

    with pytest.raises(type(error)):
        list(translate_lines(io.BytesIO(b"good\n"), outcome_of))
