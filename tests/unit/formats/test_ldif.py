"""How LDIF is parted into entries, names and values."""

import io
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from formats.ldif import Entry, read_entries
from formats.reading import Unreadable
from tests.unit.formats.written_ldif import ldif_entry

NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)
FIELDS = st.lists(st.tuples(NAMES, st.binary(max_size=200)), min_size=1, max_size=8)


def entries(text: str | bytes, **limits: int) -> list[Entry | Unreadable]:
    raw = text.encode() if isinstance(text, str) else text
    return list(read_entries(io.BytesIO(raw), **limits))


def whole(found: list[Entry | Unreadable]) -> Iterator[Entry]:
    for each in found:
        assert isinstance(each, Entry), each
        yield each


@given(st.lists(FIELDS, max_size=5))
def test_what_is_written_is_read_back(written: list[list[tuple[str, bytes]]]) -> None:
    """A name or value would change on the way from a directory."""
    raw = b"\n".join(ldif_entry(fields) for fields in written)
    assert [list(each.fields) for each in whole(entries(raw))] == written


def test_lines_are_unfolded_and_remarks_kept_apart() -> None:
    """A long name would be cut, or a remark be taken for a value."""
    (entry,) = whole(entries("# add 1\n#  7\ndn: cn=a\n b\nmember;x-y: uid=c\n"))
    assert entry.fields == (("dn", b"cn=ab"), ("member", b"uid=c"))
    assert entry.remarks == ("add 1", "7")
    assert (entry.place, entry.offset, entry.end_offset) == ("line 1", 0, 43)


def test_entries_end_where_a_line_is_empty() -> None:
    """Two entries would be read as one, or their places be wrong."""
    first, second = whole(entries("dn: a\r\n\r\n\r\ndn: b\r\n"))
    assert (first.text("dn"), second.text("dn")) == ("a", "b")
    assert (first.end_offset, second.place, second.offset) == (7, "line 4", 11)


def test_what_is_no_ldif_is_refused_with_its_place() -> None:
    """Something else would be read as names and values, or end the reading."""
    text = "dn: a\nno colon\n\n folded\n\ndn:: ***\n\ndn:< file:///etc/passwd\n\ndn: b\n"
    *refused, last = entries(text)
    assert [(each.place, each.reason) for each in refused if isinstance(each, Unreadable)] == [
        ("line 1", "line 2: expected a name and a colon, found neither"),
        ("line 4", "expected a name and a colon, found a line that goes on"),
        ("line 6", "expected a value in base64, found other text"),
        ("line 8", "expected a value, found the address of one, which is not fetched"),
    ]
    assert isinstance(last, Entry)


def test_a_huge_entry_is_read_past() -> None:
    """One entry could fill the memory, or hide those behind it."""
    text = "dn: a\n" + "x: 1\n" * 100 + "\ndn: b\n"
    huge, entry = entries(text, max_bytes=100)
    assert isinstance(huge, Unreadable)
    assert huge.reason == "expected an entry of at most 100 bytes, found 506"
    assert isinstance(entry, Entry)
    assert (huge.end_offset, entry.offset) == (506, 507)
