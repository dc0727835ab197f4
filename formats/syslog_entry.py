"""One syslog message taken apart, and the header of RFC 3164 as programs really write it.

Neither priority, time nor host is certain there: a file keeps no priority, a message on the socket
of the machine names no host. What is certain is the name of a program before a colon.

Source: RFC 3164 §4.1 and §5.4 for the form; rsyslog and systemd for RFC 3339 times in its place;
    OpenSSH and fail2ban as recorded on the socket.
"""

import re
from dataclasses import dataclass
from typing import Final

from formats.local_time import LocalTimes, OccurredAt
from formats.reading import Line

HEADER: Final = re.compile(
    r"(?:<(?P<priority>\d{1,3})>)?"
    r"(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+)\s"
    r"(?:(?P<host>[^\s\[]*[^\s\[:])\s)?"
    r"(?:(?P<program>[A-Za-z0-9_.()/@-]+)(?:\[(?P<pid>\d{1,10})\])?:\s"
    r"|(?=last message repeated))"
    r"(?P<message>.*)",
    re.DOTALL,
)
REPEATED: Final = re.compile(
    r"(?:message repeated (?P<times>\d{1,9}) times: \[ (?P<inner>.*)\]"
    r"|last message repeated (?P<last>\d{1,9}) times?)",
    re.DOTALL,
)
"""How syslog says that a message came more than once."""


@dataclass(frozen=True, slots=True)
class SyslogEntry:
    """What one program on one machine said at one time."""

    line: Line
    occurred: OccurredAt
    host: str | None
    program: str | None
    """`None` where the line is of syslog itself, such as `last message repeated 2 times`."""
    pid: str | None
    message: str


def local_entry(line: Line, times: LocalTimes) -> SyslogEntry | None:
    """The entry of a line in the older form; `None` when it names no time or no program.

    Raises:
        SettingMissing: its time needs a year or a zone, and nobody stated one.
        FormatError: its time does not exist, or is in the future.
    """
    match = HEADER.fullmatch(line.text)
    if match is None:
        return None
    occurred = time_of(match["time"], times, line.place)
    return SyslogEntry(
        line, occurred, match["host"], match["program"], match["pid"], match["message"]
    )


def time_of(text: str, times: LocalTimes, place: str) -> OccurredAt:
    """The instant of either form of time, as `local_entry` says."""
    read = times.from_syslog if text[0].isalpha() else times.from_rfc3339
    return read(text, place)
