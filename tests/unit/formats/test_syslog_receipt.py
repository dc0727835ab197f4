"""What a collector adds at receipt."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from formats.reading import MAX_LINE_BYTES
from formats.syslog_receipt import received, refusal_of, refused

AT = datetime(2027, 1, 1, 0, 0, 5, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("frame", "line"),
    [
        ("<38>Dec 31 23:59:59 gw sshd[1]: x", "<38>2026-12-31T23:59:59 gw sshd[1]: x"),
        ("<38>Jan  1 01:00:04 gw sshd[1]: x", "<38>2027-01-01T01:00:04 gw sshd[1]: x"),
        ("<38>Jan  1 01:00:04 sshd[1]: x", "<38>2027-01-01T01:00:04 192.0.2.7 sshd[1]: x"),
        ("Jan  1 01:00:04 gw sshd[1]: x", "2027-01-01T01:00:04 gw sshd[1]: x"),
        (
            "<29>fail2ban.actions[3]: NOTICE [sshd] Ban A\0",
            "<29>2027-01-01T00:00:05.000000Z 192.0.2.7 fail2ban.actions[3]: NOTICE [sshd] Ban A",
        ),
        (
            "<38>2027-01-01T00:00:04Z sshd[1]: x\r\n",
            "<38>2027-01-01T00:00:04Z 192.0.2.7 sshd[1]: x",
        ),
        ("<38>1 - - sshd 1 - - x", "<38>1 2027-01-01T00:00:05.000000Z 192.0.2.7 sshd 1 - - x"),
        ("<38>1 2027-01-01T00:00:04Z gw sshd 1 - - x", None),
        ("<38>1 2027-01-01T00:00:04Z gw sshd 1 - - x\ny\0z\n", "…x#012y#000z"),
        ('<38>1 2027-01-01T00:00:04Z gw p 1 - - {"a":\n1}\n', '…{"a": 1}'),
    ],
)
def test_what_lacks_is_added_and_nothing_else(frame: str, line: str | None) -> None:
    """A message could not be dated or placed, or would say what its sender did not."""
    found = received(frame.encode(), AT, ZONE, "192.0.2.7").decode()
    if line is not None and line.startswith("…"):
        assert found.endswith(line[1:])
    else:
        assert found == (frame if line is None else line)


def test_on_the_machine_itself_no_host_is_invented() -> None:
    """A message of this machine would seem to come from another."""
    assert received(b"<38>Jan  1 01:00:04 sshd[1]: x", AT, ZONE, None) == (
        b"<38>2027-01-01T01:00:04 sshd[1]: x"
    )
    assert b" - sshd " in received(b"<38>1 - - sshd 1 - - x", AT, ZONE, None)


def test_bytes_that_are_no_text_stay_as_they_are() -> None:
    """What was sent could not be shown as evidence of what was sent."""
    assert received(b"<38>1 2027-01-01T00:00:04Z gw p 1 - - \xff", AT, ZONE, None)[-1:] == b"\xff"


@pytest.mark.parametrize("time", ["Nov 31 10:00:00", "Foo  1 10:00:00"])
def test_a_time_that_no_year_has_is_refused_alone(time: str) -> None:
    """One damaged time would end the reading of all that peers send."""
    line = received(f"<38>{time} gw sshd[1]: x".encode(), AT, ZONE, None).decode()
    assert refusal_of(line) == "expected a time that exists, found another"


def test_a_message_that_grew_too_long_is_refused() -> None:
    """The spool would end at a message that it cannot keep."""
    line = received(b"<38>Jan  1 01:00:04 " + b"\n" * MAX_LINE_BYTES + b"x", AT, ZONE, None)
    assert "octets in a line" in (refusal_of(line.decode()) or "")


def test_a_refused_frame_is_one_line_that_says_why() -> None:
    """What a peer sent would be lost, or be taken for a message after all."""
    line = refused(b"<38>a\nb\0\xff" + b"x" * 5000, "expected 3 octets").decode()
    assert refusal_of(line) == "expected 3 octets"
    assert "\n" not in line
    assert len(line) < 1200
    assert refusal_of("<38>Jan  1 01:00:04 gw sshd[1]: x") is None
