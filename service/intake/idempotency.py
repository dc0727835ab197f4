"""The id of a fact whose sender gave it none: made of an `Idempotency-Key`.

The key belongs to the caller: two callers who happen to use the same one report two facts. The same
key with other content is a conflict, as with any event id.

Source: IETF draft-ietf-httpapi-idempotency-key-header §2.1 (the key is a text in double quotes;
many senders leave the quotes out).
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from starlette.datastructures import Headers

from ledger.errors import BadRequest
from service.access.caller import Caller
from service.intake.media_type import only

HEADER: Final = "Idempotency-Key"
MOST_CHARACTERS: Final = 255

_QUOTED: Final = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_BARE: Final = re.compile(r"[\x21\x23-\x7e]([\x20-\x7e]*[\x21-\x7e])?")
_ESCAPED: Final = re.compile(r"\\(.)")

DeriveId = Callable[[datetime | None, bytes], UUID]


def key_of(headers: Headers) -> str | None:
    """The key of a request, without its quotes; `None` where it has none.

    Raises:
        BadRequest: it is empty, too long, or has characters that a key may not have.
    """
    value = only(headers, HEADER)
    if value is None:
        return None
    quoted = _QUOTED.fullmatch(value)
    key = _ESCAPED.sub(r"\1", quoted[1]) if quoted else value
    if not key or len(key) > MOST_CHARACTERS or not (quoted or _BARE.fullmatch(value)):
        raise BadRequest(
            f"{HEADER}: expected 1 to {MOST_CHARACTERS} printable characters, found another value"
        )
    return key


def id_of_key(derive_id: DeriveId, caller: Caller, key: str, line: int = 0) -> UUID:
    """The event id of the fact that a caller sent under a key.

    Args:
        derive_id: Of the ledger.
        caller: Whose key it is.
        key: The same gives the same id.
        line: Of a stream, from 1; 0 for a single fact.
    """
    parts = (b"idempotency key", caller.identity.encode(), key.encode(), str(line).encode())
    return derive_id(None, b"".join(len(part).to_bytes(4, "big") + part for part in parts))


def no_id(place: str) -> BadRequest:
    """The error that a fact has no id, so that nobody could send it again without repeating it."""
    return BadRequest(
        f"{place}: expected an event_id in it, or the header {HEADER}, found neither; without one "
        "the fact would be recorded twice when its sender repeats it"
    )
