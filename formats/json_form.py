"""The one JSON form of every answer: instants in UTC, bytes in hexadecimal.

The command line and the service write through this file, so that both say the same.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

_AS_THEY_ARE: Final = frozenset({str, int, float, bool, type(None), UUID})
"""Most values: looked at first, because asking what else they are is dear."""


def encode_json(document: object) -> str:
    """JSON with instants in UTC and bytes in hexadecimal."""
    return msgspec.json.encode(plain(document)).decode()


def plain(value: object) -> object:
    """A value whose instants are in UTC and whose bytes are hexadecimal, for every reader alike."""
    if type(value) in _AS_THEY_ARE:
        return value
    return _plain_of_many(value)


def _plain_of_many(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, msgspec.Struct):
        return plain(msgspec.to_builtins(value, builtin_types=(datetime, UUID, timedelta)))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return value
