"""The header of a syslog message: the one of RFC 5424, or what is left of that of RFC 3164.

Source: RFC 5424 §6; `formats.syslog_entry` for the older form.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from formats.local_time import LocalTimes, OccurredAt
from formats.reading import Line
from formats.syslog_entry import SyslogEntry, local_entry, time_of
from formats.syslog_structured_data import Element, parse_structured_data
from formats.written_counts import written_count
from ledger.errors import FormatError

_MODERN: Final = re.compile(
    r"<(?P<priority>\d{1,3})>1 (?P<time>[!-~]+) (?P<host>[!-~]+) (?P<program>[!-~]+) "
    r"(?P<process>[!-~]+) (?P<message_id>[!-~]+) (?P<rest>.+)",
    re.DOTALL,
)
_STARTS_MODERN: Final = re.compile(r"<\d{1,3}>[1-9]\d{0,2} ")
_PRIORITY: Final = re.compile(r"<(\d{1,3})>")
_NIL: Final = "-"
_MOST_PRIORITY: Final = 191
_MOST_NUMBER: Final = 2_147_483_647
_MOST_MICROSECONDS: Final = 10**12
"""Eleven days: a clock that is further off tells nothing."""
_BYTE_ORDER_MARK: Final = "\ufeff"
_UNNAMED: Final = re.compile(
    r"(?:<\d{1,3}>)?(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+)\s.*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the text of a message of RFC 5424; its time as written."""

    time: str
    host: str | None
    program: str | None
    process: str | None
    elements: tuple[Element, ...]
    message: str

    @property
    def sequence_number(self) -> int | None:
        """The running number that its sender gave it, 1 to 2,147,483,647.

        Source: RFC 5424 §7.3.1.
        """
        number = written_count(_value(self.elements, "meta", "sequenceId") or "")
        return number if number is not None and 0 < number <= _MOST_NUMBER else None

    @property
    def accuracy(self) -> timedelta | None:
        """How far the clock of the sender may be off, where it says so.

        Source: RFC 5424 §7.1.3 (`syncAccuracy`, in microseconds).
        """
        found = written_count(_value(self.elements, "timeQuality", "syncAccuracy") or "")
        known = found is not None and found < _MOST_MICROSECONDS
        return timedelta(microseconds=found) if found is not None and known else None


def is_modern(text: str) -> bool:
    """Whether a line begins as RFC 5424 says, with a version after the priority."""
    return _STARTS_MODERN.match(text) is not None


def parse_header(line: Line) -> Header:
    """The header of a line that is modern.

    Raises:
        FormatError: it is not what RFC 5424 says.
    """
    match = _MODERN.fullmatch(line.text)
    if match is None:
        expected = "a header of RFC 5424: <priority>1 time host program process id data"
        raise FormatError(line.place, expected, "another")
    _check_priority(line)
    parsed = parse_structured_data(match["rest"])
    if parsed is None:
        raise FormatError(line.place, "structured data as in RFC 5424, or -", "another text")
    elements, message = parsed
    return Header(
        time=match["time"],
        host=_given(match["host"]),
        program=_given(match["program"]),
        process=_given(match["process"]),
        elements=elements,
        message=message.removeprefix(_BYTE_ORDER_MARK),
    )


def modern_entry(line: Line, header: Header, times: LocalTimes) -> SyslogEntry:
    """The entry of a message of RFC 5424.

    Raises:
        FormatError: it names no time, one that does not exist, or one in the future.
    """
    if header.time == _NIL:
        raise FormatError(line.place, "a time", "none: its sender had no clock")
    occurred = times.from_rfc3339(header.time, line.place)
    if header.accuracy:
        occurred = OccurredAt(occurred.instant, occurred.zone, occurred.precision, header.accuracy)
    # rsyslog puts the blank that follows a tag in the older form before the text of the newer one.
    message = header.message.removeprefix(" ")
    return SyslogEntry(line, occurred, header.host, header.program, header.process, message)


def older_entry(line: Line, times: LocalTimes) -> SyslogEntry | None:
    """The entry of a line in the older form; `None` when it names no program.

    Raises:
        SettingMissing: its time needs a year or a zone, and nobody stated one.
        FormatError: it names no time, one that does not exist, or one in the future.
    """
    _check_priority(line)
    entry = local_entry(line, times)
    if entry is not None:
        return entry
    unnamed = _UNNAMED.fullmatch(line.text)
    if unnamed is None:
        raise FormatError(line.place, "a syslog line that begins with a time", "another")
    time_of(unnamed["time"], times, line.place)
    return None


def _check_priority(line: Line) -> None:
    match = _PRIORITY.match(line.text)
    if match is None:
        return
    if int(match[1]) > _MOST_PRIORITY or (len(match[1]) > 1 and match[1].startswith("0")):
        raise FormatError(line.place, f"a priority of 0 to {_MOST_PRIORITY}", "another")


def _given(text: str) -> str | None:
    return None if text == _NIL else text


def _value(elements: tuple[Element, ...], element: str, name: str) -> str | None:
    return next((each.value(name) for each in elements if each.name == element), None)
