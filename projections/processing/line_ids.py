"""The one id of a line, the same after every rebuild and in every copy of the log.

Source: RFC 9562 §5.5 (UUID version 5); VNG Verwerkingenlogging 0.9.0 (`actieId`,
`verwerktObjectId`).
"""

from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

_LINES: Final = uuid5(NAMESPACE_URL, "urn:zegel:processing:line")


def line_id(origin: str, trace_id: str, span_id: str) -> UUID:
    """The id of the line of a log that has this trace and span, in whatever version.

    Args:
        origin: Of the log.
        trace_id: 32 lower-case hexadecimal digits.
        span_id: 16 of them.
    """
    return uuid5(_LINES, f"{origin}\n{trace_id}\n{span_id}")


def origin_of(sealed: bytes) -> str:
    """The origin in the header of a sealed record: its second line."""
    return sealed.split(b"\n", 2)[1].decode("ascii")
