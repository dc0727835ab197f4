"""JSON in its three arrangements, and what cannot be read of it."""

import io
import tracemalloc

import pytest

from formats.json_documents import Document, read_documents
from formats.reading import Unreadable
from ledger.errors import FormatError


def found_in(raw: bytes, max_bytes: int = 1000) -> list[Document | Unreadable]:
    return list(read_documents(io.BytesIO(raw), "request", max_bytes=max_bytes))


def summary_of(raw: bytes) -> list[tuple[str, object, int]]:
    return [
        (each.place, each.value if isinstance(each, Document) else each.reason, each.end_offset)
        for each in found_in(raw)
    ]


def test_one_value_per_line_is_read_line_by_line() -> None:
    """A broken line would take the others with it."""
    assert summary_of(b'{"a":1}\r\n\n{broken\n[1,2]\n') == [
        ("line 1", {"a": 1}, 9),
        ("line 3", "expected JSON, found other bytes at byte 2", 18),
        ("line 4, request 1", 1, 20),
        ("line 4, request 2", 2, 24),
    ]


def test_a_broken_first_line_does_not_hide_the_others() -> None:
    """A file would be taken for one damaged document because its first line is."""
    assert summary_of(b'{broken\n{"a":1}\n') == [
        ("line 1", "expected JSON, found other bytes at byte 2", 8),
        ("line 2", {"a": 1}, 16),
    ]


def test_a_document_over_several_lines_is_one_value() -> None:
    """A file that was laid out for people could not be read."""
    assert summary_of(b'\xef\xbb\xbf{"a":\r\n 1}') == [("document", {"a": 1}, 13)]


def test_an_array_over_several_lines_is_split_with_offsets_that_grow() -> None:
    """An import that stopped within an array would go on after it."""
    raw = b'[{"a":1},\r\n\r\n{"a":1} , 3 ]\n'
    found = found_in(raw)
    assert [(each.place, each.raw, each.end_offset) for each in found] == [
        ("request 1", b'{"a":1}', 8),
        ("request 2", b'{"a":1}', 20),
        ("request 3", b"3", len(raw)),
    ]


@pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"a":\n\xff}', b"\xff", b"{"])
def test_what_is_no_json_is_unreadable(raw: bytes) -> None:
    """Damaged bytes would end the import with an error of a library."""
    (only,) = list(read_documents(io.BytesIO(raw), "request"))
    assert isinstance(only, Unreadable)
    assert only.reason.startswith("expected ")


def test_an_empty_stream_holds_nothing() -> None:
    """An empty file would be reported as damaged."""
    assert found_in(b"\r\n \n") == []


def test_a_document_that_is_too_large_is_refused() -> None:
    """One file could take all memory."""
    with pytest.raises(FormatError, match="at most 1000 bytes"):
        found_in(b"[\n" + b"1,\n" * 1000 + b"1]")


def test_an_array_of_one_element_a_line_is_one_array() -> None:
    """A file that lists one element per line would be damage between lucky lines."""
    raw = b'[\n{"a":1},\n{"a":2}\n]\n'
    assert [(each.place, each.end_offset) for each in found_in(raw)] == [
        ("request 1", 9),
        ("request 2", len(raw)),
    ]


@pytest.mark.parametrize("raw", [b'{"x":[0],"All":[1, 2]}\n', b'{"x":[0],\n"All":[\n1, 2]}'])
def test_an_array_under_a_known_name_is_split(raw: bytes) -> None:
    """Deliveries that wrap their records could not be read record by record."""
    found = list(read_documents(io.BytesIO(raw), "request", within=("All", "x")))
    assert [each.value for each in found if isinstance(each, Document)] == [1, 2]
    assert [each.raw for each in found] == [b"1", b"2"]
    assert found[-1].end_offset == len(raw)
    (whole,) = read_documents(io.BytesIO(raw), "request", within=("Other",))
    assert isinstance(whole, Document)


def test_a_first_line_of_any_length_is_refused_in_the_memory_of_its_limit() -> None:
    """A small compressed file would take all memory, and every watched source with it."""
    raw = b"[" + b"0" * 5_000_000 + b'\n{"a":1}\n'
    tracemalloc.start()
    try:
        found = summary_of(raw)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
    assert found == [
        ("line 1", "expected at most 1000 bytes, found 5000002", 5_000_002),
        ("line 2", {"a": 1}, 5_000_010),
    ]
