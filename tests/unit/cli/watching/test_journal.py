"""Entries of the journal become lines that readers of syslog understand."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.watching.journal import EntryLines, JournalCollector, line_of_entry
from formats import FORMATS
from tests.fake_journal import entry


def test_an_entry_becomes_a_line() -> None:
    """A message of the journal could not be read like the same message in a file."""
    line, cursor = line_of_entry(entry(3))
    assert line == (
        b"2026-11-20T08:00:03.000000+00:00 web sshd[1003]: Failed password for invalid user u3 "
        b"from 203.0.113.3 port 1027 ssh2"
    )
    assert cursor == b"s=abc;3"
    assert FORMATS["openssh"].looks_like(line, "") == 90


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"MESSAGE": "two\nlines"}, b"web sshd[1001]: two\nlines"),
        ({"MESSAGE": [104, 105, 255]}, b"web sshd[1001]: hi\xff"),
        ({"MESSAGE": ["first", "second"]}, b"web sshd[1001]: first"),
        ({"MESSAGE": None}, b"web sshd[1001]: (a message that the journal did not give: too long)"),
        ({"MESSAGE": ""}, b"web sshd[1001]: "),
        ({"MESSAGE": "m", "SYSLOG_PID": "7"}, b"web sshd[7]: m"),
        ({"MESSAGE": "m", "SYSLOG_IDENTIFIER": None, "_COMM": "c d"}, b"web c_d[1001]: m"),
        ({"MESSAGE": "m", "_HOSTNAME": None, "_PID": None}, b"localhost sshd: m"),
    ],
)
def test_fields_may_have_other_forms(fields: dict[str, object], expected: bytes) -> None:
    """An entry that is not as usual would end the intake, or lose its message."""
    line, cursor = line_of_entry(entry(1, **fields))
    assert line.partition(b" ")[2] == expected
    assert cursor == b"s=abc;1"


@pytest.mark.parametrize(
    "raw",
    [b"", b"no json", b"[]", json.dumps({"MESSAGE": "no time"}).encode(), b'{"\xff": 1}'],
)
def test_what_is_no_entry_is_left_to_the_reader(raw: bytes) -> None:
    """It would be dropped without a word."""
    assert line_of_entry(raw) == (raw, b"")


def test_identifiers_and_units_are_asked_for_by_their_names() -> None:
    """Entries of other programs would come in."""
    assert "--identifier=sshd" in JournalCollector(["sshd"]).command("")
    assert "--unit=ssh.service" in JournalCollector(["ssh.service"]).command("")
    assert JournalCollector([], follow=False).command("s=1")[-1] == "--after-cursor=s=1"


def test_long_messages_are_asked_for() -> None:
    """A statement of more than 4,096 bytes would come without its text, and be passed over."""
    assert "--all" in JournalCollector(["postgresql.service"]).command("")


@given(st.lists(st.binary(max_size=9), max_size=9), st.integers(1, 7))
def test_pieces_are_put_together_to_the_same_lines(lines: list[bytes], size: int) -> None:
    """An entry that came in two pieces would be lost, or be read as two."""
    whole = b"".join(line.replace(b"\n", b"") + b"\n" for line in lines)
    pieces = EntryLines()
    found = [
        line for at in range(0, len(whole), size) for line in pieces.feed(whole[at : at + size])
    ]
    assert found == whole.split(b"\n")[:-1]


def test_an_entry_without_end_is_cut_and_the_next_one_comes() -> None:
    """One entry that anybody may write would fill the memory, or end the intake for good."""
    pieces = EntryLines(longest=5)
    assert pieces.feed(b"one\n12345") == [b"one"]
    assert pieces.feed(b"6" * 99) == []
    assert pieces.feed(b"7\nnext\n") == [b"12345", b"next"]
