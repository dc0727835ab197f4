"""The year of the first time of a log whose times are written without one."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from formats.local_time import LocalTimes
from formats.reading import ReadContext
from ledger.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Callable

_SYSLOG_TIME: Final = re.compile(rb"(?:^|\n)(?:<\d{1,3}>)?([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) ")
_NO_ID: "Final[Callable[[datetime | None, bytes], UUID]]" = lambda _at, _identity: UUID(int=0)  # noqa: E731 - a context needs one, a time does not


def first_year(head: bytes, zone: ZoneInfo, now: datetime) -> int:
    """The latest year in which the first time of a log has passed; that of now if it has none.

    Args:
        head: The first bytes of the log.
        zone: Of its times.
        now: When it was first seen; aware.

    Source: RFC 3164 §4.1.2 (the form of such times).
    """
    year = now.astimezone(zone).year
    match = _SYSLOG_TIME.search(head)
    if match is None:
        return year
    for candidate in (year, year - 1):
        context = ReadContext(
            derive_id=_NO_ID, system=None, zone=zone, year=candidate, source_identity=b"", now=now
        )
        try:
            LocalTimes(context).from_syslog(match[1].decode(), "its first time")
        except FormatError:  # in the future, or no day of that year
            continue
        return candidate
    return year
