"""What waits in SFTP sessions is counted at the end, and takes bounded memory."""

import io
from dataclasses import replace

import pytest

from formats import FORMATS, sftp_waiting
from formats.openssh import read
from formats.sftp_session import SftpSessions
from tests.unit.formats.sources import context_of, facts, outcomes
from tests.unit.formats.test_sftp_session import CLOSE, OPEN, REMOVAL, follow, log_of


def test_facts_that_wait_for_an_end_take_no_more_memory() -> None:
    """A session that never ends would take all memory."""
    sessions: SftpSessions[int] = SftpSessions()
    for place in range(2_000):
        follow(sessions, 'close "/srv/x" bytes read 5 written 0', place=place)
    ended = follow(sessions, CLOSE)
    assert len(ended) == 1_000


def test_sessions_that_never_end_take_no_more_memory() -> None:
    """A long log without closing lines would take all memory."""
    sessions: SftpSessions[int] = SftpSessions()
    for number in range(10_001):
        follow(sessions, OPEN, pid=str(number))
    message = 'close "/srv/x" bytes read 5 written 0'
    assert not follow(sessions, message, pid="0")
    assert follow(sessions, message, pid="10000")


def test_long_names_that_wait_take_no_more_memory() -> None:
    """A stranger with long names would take all memory, however few files are kept."""
    sessions: SftpSessions[int] = SftpSessions()
    for place in range(100):
        follow(sessions, f'close "/{"x" * 100_000}" bytes read 5 written 0', place=place)
    ended = follow(sessions, CLOSE, place=100)
    assert len(ended) == 20


def _long(sessions: SftpSessions[int], pid: int, *last: str) -> None:
    """One process that holds a good 100,000 bytes: a fact that waits, a file, a rename."""
    name = "x" * 25_000
    for message in (
        f'close "/{name}" bytes read 5 written 0',
        f'close "/{name}" bytes read 0 written 5',
        f'rename old "/{name}" new "/y{name}"',
        *last,
    ):
        follow(sessions, message, pid=str(pid), place=pid)


def test_long_names_of_many_sessions_take_no_more_memory() -> None:
    """Many sessions with a few long names each would take all memory."""
    sessions: SftpSessions[int] = SftpSessions()
    short = 'close "/srv/x" bytes read 5 written 0'
    follow(sessions, short, pid="first")
    ends = ((CLOSE,), (OPEN, CLOSE), (REMOVAL, "sent status Failure", CLOSE))
    for pid in range(1_500):
        _long(sessions, pid, *ends[pid % 3])
    follow(sessions, short, pid="second")
    assert len(follow(sessions, CLOSE, pid="first")) == 2
    for pid in range(700):
        _long(sessions, pid)
    assert follow(sessions, CLOSE, pid="second") == []
    assert len(follow(sessions, CLOSE, pid="699")) == 2
    sessions.cut_off("gateway")
    follow(sessions, short, pid="third")
    for pid in range(700, 900):
        _long(sessions, pid)
    assert len(follow(sessions, CLOSE, pid="third")) == 2


def test_a_long_line_counts_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short messages of machines with long names would take all memory."""
    monkeypatch.setattr(sftp_waiting, "MOST_BYTES", 2_300)
    log = "".join(
        f"Mar 12 06:17:02 {'g' * 200} internal-sftp[7]: {message}\n"
        for message in ('close "/x" bytes read 5 written 0', CLOSE)
    )
    assert [fact["kind"] for fact in facts(outcomes(read, log))] == ["file.delivered.v1"]


@pytest.mark.parametrize(
    ("lines", "waiting"),
    [
        ((OPEN,), 0),
        ((OPEN, 'close "/in/x" bytes read 0 written 5'), 1),
        ((OPEN, 'close "/in/x" bytes read 0 written 5', REMOVAL), 1),
        (('close "/in/x" bytes read 0 written 5',), 2),
        (('close "/in/x" bytes read 0 written 5', CLOSE), 0),
    ],
)
@pytest.mark.parametrize("language", ["openssh", "syslog"])
def test_facts_that_wait_at_the_end_are_counted(
    lines: tuple[str, ...], waiting: int, language: str
) -> None:
    """What is kept back would pass for what never happened."""
    told: list[int] = []
    context = replace(context_of(), tell_waiting=told.append)
    found = list(FORMATS[language].read(io.BytesIO(log_of(*lines).encode()), context))
    assert told == [waiting]
    assert found[-1].end_offset == len(log_of(*lines))
