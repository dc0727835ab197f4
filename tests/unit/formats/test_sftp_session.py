"""Which files went in an SFTP session."""

import pytest

from formats.openssh import read
from formats.sftp_session import SftpSessions
from tests.unit.formats.sources import facts, outcomes, skipped

OPEN = "session opened for local user anna from [192.0.2.14]"


def told(*messages: str, pid: str = "7") -> list[object]:
    sessions = SftpSessions()
    return [sessions.follow("gateway", pid, message) for message in messages]


def test_a_download_is_an_exchange_with_the_account() -> None:
    """Data would leave without a trace."""
    log = "".join(
        f"Mar 12 06:17:0{number} gateway internal-sftp[7]: {message}\n"
        for number, message in enumerate((OPEN, 'close "/srv/out.csv" bytes read 900 written 0'))
    )
    (fact,) = facts(outcomes(read, log))
    assert fact.pop("event_id")
    assert fact.pop("occurred_at")
    assert fact == {
        "kind": "exchange.performed.v1",
        "occurred_zone": "Europe/Amsterdam",
        "occurred_precision": "second",
        "system": "web-1",
        "host": "gateway",
        "parser": "zegel-openssh/1",
        "direction": "out",
        "exchange_kind": "transfer",
        "channel": "sftp",
        "encrypted": True,
        "size_bytes": 900,
        "actor": "person:anna",
        "actor_kind": "person",
        "origin": "ip:192.0.2.14",
        "action": "download",
        "outcome": "success",
        "object_kind": "file",
        "object_id": "/srv/out.csv",
        "recipient_person": "person:anna",
    }


def test_bytes_both_ways_count_as_leaving_and_say_the_rest() -> None:
    """What was read out of a file would be hidden by what was written into it."""
    (_, both) = told(OPEN, 'close "/srv/x" bytes read 5 written 3')
    assert isinstance(both, dict)
    assert (both["direction"], both["size_bytes"]) == ("out", 5)
    assert both["note"] == "also received 3 bytes"


def test_a_lost_connection_is_a_failed_exchange() -> None:
    """Half a file would pass for a whole one."""
    log = (
        f"Mar 12 06:17:00 g internal-sftp[7]: {OPEN}\n"
        'Mar 12 06:17:01 g internal-sftp[7]: forced close "/srv/x" bytes read 0 written 3\n'
    )
    (fact,) = facts(outcomes(read, log))
    assert (fact["kind"], fact["cause"]) == ("exchange.failed.v1", "connection-lost")


@pytest.mark.parametrize(
    "messages",
    [
        ('close "/srv/x" bytes read 5 written 0',),
        (
            OPEN,
            "session closed for local user anna from [192.0.2.14]",
            'close "x" bytes read 5 written 0',
        ),
        (OPEN, 'close "/srv/x" bytes read 0 written 0'),
        (OPEN, 'stat name "/srv/x"'),
        (OPEN, 'open "/srv/x" flags READ mode 0666'),
    ],
)
def test_nothing_is_invented(messages: tuple[str, ...]) -> None:
    """An exchange would be recorded that nobody can answer for."""
    assert all(isinstance(each, str) for each in told(*messages))


def test_a_session_of_another_process_lends_no_account() -> None:
    """A file would be laid at the door of somebody else."""
    sessions = SftpSessions()
    sessions.follow("gateway", "7", OPEN)
    message = 'close "/srv/x" bytes read 5 written 0'
    assert isinstance(sessions.follow("gateway", "8", message), str)
    assert isinstance(sessions.follow("other", "7", message), str)


def test_sessions_that_never_end_take_no_more_memory() -> None:
    """A long log without closing lines would take all memory."""
    sessions = SftpSessions()
    for number in range(10_001):
        sessions.follow("gateway", str(number), OPEN)
    message = 'close "/srv/x" bytes read 5 written 0'
    assert isinstance(sessions.follow("gateway", "0", message), str)
    assert isinstance(sessions.follow("gateway", "10000", message), dict)


def test_a_path_that_is_too_long_for_an_id_is_kept_in_the_note() -> None:
    """An exchange would be refused because of a long name."""
    path = "/srv/" + "x" * 500
    log = (
        f"Mar 12 06:17:00 g internal-sftp[7]: {OPEN}\n"
        f'Mar 12 06:17:01 g internal-sftp[7]: close "{path}" bytes read 0 written 3\n'
    )
    found = outcomes(read, log)
    (fact,) = facts(found)
    assert fact["note"] == f"file: {path}"
    assert skipped(found) == ["an SFTP session that opened or closed"]
