"""Which files went in an SFTP session."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from formats.openssh import read
from formats.reading import Translated
from formats.sftp_session import SftpSessions
from tests.unit.formats.sources import facts, outcomes, skipped

OPEN = "session opened for local user anna from [192.0.2.14]"
CLOSE = "session closed for local user anna from [192.0.2.14]"
REMOVAL = 'remove name "/srv/x"'


def told(*messages: str, pid: str = "7") -> list[list[dict[str, Any]]]:
    """The facts of each message, all by one process."""
    sessions: SftpSessions[int] = SftpSessions()
    return [
        follow(sessions, message, pid=pid, place=place) for place, message in enumerate(messages)
    ]


def follow(
    sessions: SftpSessions[int],
    message: str,
    *,
    pid: str = "7",
    host: str = "gateway",
    place: int = 0,
) -> list[dict[str, Any]]:
    """The facts of one message."""
    return [fact.values for fact in sessions.follow((host, pid), message, place, None).facts]


def log_of(*messages: str) -> str:
    """Lines of one process, a second apart."""
    return "".join(
        f"Mar 12 06:17:0{number} gateway internal-sftp[7]: {message}\n"
        for number, message in enumerate(messages)
    )


def test_a_download_is_an_exchange_with_the_account() -> None:
    """Data would leave without a trace."""
    log = log_of(OPEN, 'close "/srv/out.csv" bytes read 900 written 0')
    fact, _ = facts(outcomes(read, log))
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


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        (
            "read 900 written 0",
            {
                "kind": "file.delivered",
                "delivery": "picked-up",
                "size_bytes": 900,
                "action": "download",
                "recipient_person": "person:anna",
            },
        ),
        (
            "read 0 written 6",
            {
                "kind": "file.received",
                "size_bytes": 6,
                "action": "upload",
                "sender_person": "person:anna",
            },
        ),
    ],
)
def test_the_file_itself_came_or_was_picked_up(moved: str, expected: dict[str, Any]) -> None:
    """How long a file stayed could not be told from the log of the server that kept it."""
    closed = told(OPEN, f'close "/srv/x" bytes {moved}', CLOSE)
    fact = [each for found in closed for each in found][-1]
    assert fact == expected | {
        "file_id": "/srv/x",
        "channel": "sftp",
        "outcome": "success",
        "actor": "person:anna",
        "actor_kind": "person",
        "origin": "ip:192.0.2.14",
        "causation_id": None,
    }


RENAME = 'rename old "/srv/x.part" new "/srv/x"'
FAILED = "sent status Failure"


@pytest.mark.parametrize(
    ("after", "name"),
    [
        ((CLOSE,), "/srv/x.part"),
        ((RENAME, CLOSE), "/srv/x"),
        (('set "/srv/x.part" mode 0644', RENAME, 'opendir "/srv"'), "/srv/x"),
        ((f"posix-{RENAME}", 'lstat name "/srv/x"', CLOSE), "/srv/x"),
        ((RENAME, FAILED, CLOSE), "/srv/x.part"),
        ((RENAME, "sent status Success", CLOSE), "/srv/x"),
        ((RENAME, 'rename old "/srv/x" new "/srv/y"', CLOSE), "/srv/y"),
        (('rename old "/srv/other" new "/srv/y"', RENAME, CLOSE), "/srv/x.part"),
        (('open "/srv/y" flags READ mode 0666', RENAME, CLOSE), "/srv/x.part"),
        ((RENAME, OPEN, CLOSE), "/srv/x.part"),
    ],
)
def test_a_file_is_received_under_the_name_that_its_client_gave_it(
    after: tuple[str, ...], name: str
) -> None:
    """A file would seem to stay for ever under a name that was only for the way."""
    found = told(OPEN, 'close "/srv/x.part" bytes read 0 written 6', *after)
    received = [fact for facts in found for fact in facts if fact["kind"] == "file.received"]
    assert [fact["file_id"] for fact in received] == [name]


def test_a_file_that_came_is_told_at_its_own_line() -> None:
    """Its name would change when it came, or the id that keeps it from being recorded twice."""
    log = log_of(OPEN, 'close "/srv/x.part" bytes read 0 written 6', RENAME, CLOSE)
    *_, came, closed = outcomes(read, log)
    assert isinstance(came, Translated)
    assert not isinstance(closed, Translated)
    assert (came.place, came.end_offset) == ("line 2", len(log))
    assert came.event.occurred_at.second == 1


@pytest.mark.parametrize("after", ['open "/srv/y" flags READ mode 0666', CLOSE, REMOVAL])
def test_a_removal_counts_once_the_session_went_on(after: str) -> None:
    """A file that was deleted would seem to be there still."""
    (_, at_once, (fact,)) = told(OPEN, REMOVAL, after)
    assert at_once == []
    assert (fact["kind"], fact["file_id"]) == ("data.deleted", "/srv/x")
    assert (fact["actor"], fact["method"]) == ("person:anna", "sftp-remove")


def test_a_removal_that_succeeded_may_say_so() -> None:
    """At a more talkative level of the server no deletion would be known."""
    assert len(told(OPEN, REMOVAL, "sent status Success")[-1]) == 1


@pytest.mark.parametrize(
    "after",
    [("sent status No such file", CLOSE), ("sent status Permission denied",), (OPEN, CLOSE)],
)
def test_a_removal_that_failed_or_has_no_end_deletes_nothing(after: tuple[str, ...]) -> None:
    """A file would count as deleted that is there."""
    assert told(OPEN, REMOVAL, *after) == [[]] * (2 + len(after))


def test_a_removal_stands_where_it_was_told_and_is_known_where_it_was_confirmed() -> None:
    """An import that stopped between the two lines would lose the deletion, or record it twice."""
    log = log_of(OPEN, REMOVAL, CLOSE)
    deletion, _ = outcomes(read, log)[-2:]
    (alone,) = [found for found in outcomes(read, log_of(OPEN, REMOVAL, "x")) if is_fact(found)]
    assert isinstance(deletion, Translated)
    assert isinstance(alone, Translated)
    assert (deletion.place, deletion.end_offset) == ("line 2", len(log))
    assert deletion.event.occurred_at.second == 1
    assert deletion.event.event_id == alone.event.event_id


def is_fact(outcome: object) -> bool:
    return isinstance(outcome, Translated)


def test_bytes_both_ways_count_as_leaving_and_say_the_rest() -> None:
    """What was read out of a file would be hidden by what was written into it."""
    (_, (both, _)) = told(OPEN, 'close "/srv/x" bytes read 5 written 3')
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
    assert not any(told(*messages))


@pytest.mark.parametrize(
    ("steps", "kinds"),
    [
        (
            ('close "/srv/x" bytes read 5 written 0',),
            ["exchange.performed", "file.delivered"],
        ),
        (
            ('close "/srv/x.part" bytes read 0 written 5', RENAME),
            ["exchange.performed", "file.received"],
        ),
        ((REMOVAL,), ["data.deleted"]),
        ((REMOVAL, FAILED), []),
    ],
)
def test_a_session_whose_begin_was_rotated_away_is_told_when_it_ends(
    steps: tuple[str, ...], kinds: list[str]
) -> None:
    """What long sessions do would be lost each time that a log is rotated."""
    *before, ended = told(*steps, CLOSE)
    assert not any(before)
    assert [fact["kind"] for fact in ended] == kinds
    assert all(fact["actor"] == "person:anna" for fact in ended)
    assert all(fact["origin"] == "ip:192.0.2.14" for fact in ended)


@pytest.mark.parametrize(
    "hostile",
    [
        "session opened for local user " + " from [" * 30_000,
        "session closed for local user " + " from [" * 30_000,
        "rename old " + '"a" new "' * 25_000,
        'close "' + '" bytes read 1 written ' * 10_000,
    ],
)
def test_a_long_line_of_a_stranger_takes_no_longer_than_its_length(hostile: str) -> None:
    """One message would keep the reader busy for seconds, and a few of them for ever."""
    line = f"Mar 12 06:17:02 g internal-sftp[7]: {hostile}"
    reading = threading.Thread(target=outcomes, args=(read, line), daemon=True)
    reading.start()
    reading.join(5)
    assert not reading.is_alive()


def test_a_session_of_another_process_lends_no_account() -> None:
    """A file would be laid at the door of somebody else."""
    sessions: SftpSessions[int] = SftpSessions()
    follow(sessions, OPEN)
    message = 'close "/srv/x" bytes read 5 written 0'
    assert not follow(sessions, message, pid="8")
    assert not follow(sessions, message, host="other")


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


def test_what_is_too_long_for_an_address_opens_no_session() -> None:
    """A long message of a stranger would be searched for an end from each of its brackets."""
    line = f"Mar 12 06:17:02 g internal-sftp[7]: session opened for local user a from [{'1' * 101}]"
    assert skipped(outcomes(read, line)) == ["a step of an SFTP session"]


UPLOAD = 'close "/in/a.csv" bytes read 0 written 10'


def kinds(log: str) -> list[str]:
    """The kinds of the facts of a log, with the name of the file."""
    return [
        f"{fact['kind'].removesuffix('.v1')} {fact.get('file_id', '')}".rstrip()
        for fact in facts(outcomes(read, log))
    ]


def test_a_session_that_a_restart_cut_off_keeps_the_file_that_came() -> None:
    """How long a file stayed could not be told where the machine went down after it came."""
    listening = "Mar 12 06:20:00 gateway sshd[2]: Server listening on 0.0.0.0 port 22.\n"
    elsewhere = listening.replace("gateway", "other")
    removal = log_of(OPEN, UPLOAD, REMOVAL)
    assert kinds(log_of(OPEN, UPLOAD) + elsewhere) == ["exchange.performed"]
    both = ["exchange.performed", "file.received /in/a.csv"]
    assert kinds(log_of(OPEN, UPLOAD) + listening) == both
    assert kinds(removal + listening) == both  # nobody knows whether the other one went


def test_sessions_without_process_id_are_not_mixed() -> None:
    """What one customer fetched would be told of another."""
    log = log_of(OPEN, OPEN.replace("anna", "bram"), UPLOAD).replace("[7]", "")
    found = outcomes(read, log)
    assert facts(found) == []
    assert set(skipped(found)) == {"a line of SFTP without a process id"}


def test_two_sessions_of_one_account_keep_their_addresses_and_files() -> None:
    """What was fetched from one place would be told of another."""
    sessions: SftpSessions[int] = SftpSessions()
    follow(sessions, OPEN, pid="7")
    follow(sessions, OPEN.replace("192.0.2.14", "198.51.100.4"), pid="8")
    (came,) = follow(sessions, UPLOAD, pid="7")
    fetched = follow(sessions, 'close "/in/a.csv" bytes read 10 written 0', pid="8")
    assert came["origin"] == "ip:192.0.2.14"
    assert {each["origin"] for each in fetched} == {"ip:198.51.100.4"}


def test_a_file_that_came_and_was_fetched_in_one_session_is_both() -> None:
    """A file that its sender looked at again would never have come, or never have left."""
    fetched = 'close "/in/a.csv" bytes read 10 written 0'
    log = log_of(OPEN, UPLOAD, fetched, 'remove name "/in/a.csv"', CLOSE)
    assert kinds(log) == [
        "exchange.performed",
        "file.received /in/a.csv",
        "exchange.performed",
        "file.delivered /in/a.csv",
        "data.deleted /in/a.csv",
    ]


def test_a_session_over_new_year_goes_on() -> None:
    """A file would be deleted a year before it came."""
    log = (
        f"Dec 31 23:59:58 g internal-sftp[7]: {OPEN}\n"
        f"Dec 31 23:59:59 g internal-sftp[7]: {UPLOAD}\n"
        'Jan  1 00:00:01 g internal-sftp[7]: remove name "/in/a.csv"\n'
        f"Jan  1 00:00:02 g internal-sftp[7]: {CLOSE}\n"
    )
    moved, came, gone = facts(outcomes(read, log, year=2025))
    assert moved["occurred_at"] == came["occurred_at"]
    assert gone["occurred_at"] - came["occurred_at"] == timedelta(seconds=2)


def test_a_file_has_the_name_that_people_gave_it() -> None:
    """A program that handles the file would tell of another one."""
    written = r"/in/caf\303\251 two.csv"
    log = log_of(
        OPEN,
        f'close "{written}.part" bytes read 0 written 10',
        f'rename old "{written}.part" new "{written}"',
        f'remove name "{written}"',
        CLOSE,
    )
    assert kinds(log)[1:] == ["file.received /in/café two.csv", "data.deleted /in/café two.csv"]
