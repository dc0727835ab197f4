r"""What a collector adds to a syslog message at its receipt, so that it can be read at any time.

| Missing | added |
|---|---|
| the time | the time of the receipt |
| the year of a time | the one that brings the time nearest to the receipt |
| the host of a message from the network | the address of the peer |

Line feeds and NULs inside a message are written as `#012` and `#000`, so that a message is one
line; in a message that ends as a JSON object they can only be blanks and become blanks. A frame
that was refused is kept as a line that no reader takes for a message.

Source: RFC 3164 §4.3.2 (time and host at a relay); RFC 5424 §6.2.3 and §6.2.4 (no time, no host)
    and §8.2 (octets that a collector may replace).
"""

import re
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from formats.local_time import nearest_local_time
from formats.reading import MAX_LINE_BYTES
from formats.syslog_entry import HEADER
from formats.syslog_framing import KEPT_BYTES

_REFUSED: Final = re.compile(r"\x00([ -~]{1,200})\x00.*", re.DOTALL)
_MODERN: Final = re.compile(
    r"(?P<begin><\d{1,3}>[1-9]\d{0,2} )(?P<time>\S+) (?P<host>\S+)(?P<rest> .*)", re.DOTALL
)
_LOCAL: Final = re.compile(
    r"(?P<begin><\d{1,3}>)?(?:(?P<short>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)\s"
    r"|(?P<full>\d{4}-\d\d-\d\dT\S+)\s)?(?P<rest>.*)",
    re.DOTALL,
)
_NIL: Final = "-"


def received(frame: bytes, at: datetime, zone: ZoneInfo, peer: str | None) -> bytes:
    """One line that holds a message and what it lacks, without a line feed.

    Args:
        frame: the message as it came.
        at: when it was received; aware.
        zone: in which times without one count.
        peer: the address it came from; `None` on this machine.
    """
    message = frame.rstrip(b"\r\n\0")
    is_json = message.endswith(b"}")
    for octet, written in ((b"\n", b"#012"), (b"\0", b"#000")):
        message = message.replace(octet, b" " if is_json else written)
    text = message.decode(errors="surrogateescape")
    stamped = _completed(text, at, zone, peer)
    if stamped is None:
        return refused(message, "expected a time that exists, found another")
    line = stamped.encode(errors="surrogateescape")
    if len(line) > MAX_LINE_BYTES:
        return refused(message, f"expected at most {MAX_LINE_BYTES} octets in a line, found more")
    return line


def refused(frame: bytes, reason: str) -> bytes:
    """One line that keeps the first bytes of a frame that is no message, and why."""
    kept = frame[:KEPT_BYTES].decode(errors="backslashreplace")
    for octet, written in (("\n", "#012"), ("\0", "#000")):
        kept = kept.replace(octet, written)
    return f"\0{reason}\0{kept}".encode()


def refusal_of(text: str) -> str | None:
    """Why the frame that a line keeps was refused; `None` when the line holds a message."""
    match = _REFUSED.fullmatch(text)
    return None if match is None else match[1]


def _completed(text: str, at: datetime, zone: ZoneInfo, peer: str | None) -> str | None:
    modern = _MODERN.fullmatch(text)
    if modern is not None:
        time = _utc(at) if modern["time"] == _NIL else modern["time"]
        host = peer or _NIL if modern["host"] == _NIL else modern["host"]
        return f"{modern['begin']}{time} {host}{modern['rest']}"
    local = _LOCAL.fullmatch(text)
    if local is None:
        return text
    time = local["full"] or _utc(at)
    if local["short"] is not None:
        dated = nearest_local_time(local["short"], at, zone)
        if dated is None:
            return None
        time = dated.isoformat()
    begin = f"{local['begin'] or ''}{time} "
    named = HEADER.fullmatch(f"{begin}{local['rest']}")
    names_host = named is None or named["host"] is not None
    return f"{begin}{'' if names_host or peer is None else f'{peer} '}{local['rest']}"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
