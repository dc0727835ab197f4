"""Times and spans as programs write them: in full, never as people say them.

A time without an offset, or a word such as "yesterday", would mean something else to another
reader, so it is refused.

Source: RFC 3339 §5.6 (times); ISO 8601-1:2019 §5.5.2 (durations).
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from ledger.errors import BadRequest

TIME_TEXT: Final = "RFC 3339 with an offset, such as 2026-11-20T14:00:00+01:00"
SPAN_TEXT: Final = "ISO 8601, such as PT24H or P3D"
LONGEST_SPAN: Final = timedelta(days=36_525)

_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def instant(name: str, text: str | None) -> datetime | None:
    """The instant of a parameter, in UTC; `None` where it was not given.

    Raises:
        BadRequest: it is no time with an offset.
    """
    if text is None:
        return None
    if _TIME.fullmatch(text):
        try:
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    hint = "; write + as %2B" if " " in text else ""
    raise BadRequest(f"{name}: expected a time in {TIME_TEXT}, found {text!r}{hint}")


def span(name: str, text: str) -> timedelta:
    """The span of a parameter, from nothing to a hundred years.

    Raises:
        BadRequest: it is none.
    """
    try:
        found = msgspec.convert(text, timedelta)
    except msgspec.ValidationError:
        found = None
    if found is None or not timedelta() <= found <= LONGEST_SPAN:
        raise BadRequest(f"{name}: expected a span in {SPAN_TEXT}, found {text!r}")
    return found
