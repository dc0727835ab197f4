"""What an event says happened, in one Dutch sentence, beside the English one of the log."""

import re
from datetime import datetime, tzinfo
from typing import Any, Final

import msgspec

from formats.subject_copy.words import field_words, kind_words, shown_value
from ledger.events.envelope import Envelope
from ledger.personal import WITHHELD, parse_token

MOST_FIELDS: Final = 6
LONGEST_VALUE: Final = 80
_UUID: Final = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{6}([0-9a-f]{6})\b")
_ENVELOPE: Final = frozenset(Envelope.__struct_fields__) - {"purpose", "outcome"}


def dutch_sentence(event: msgspec.Struct, zone: tzinfo) -> str:
    """The kind in words, and its own fields with their values; at most six.

    Args:
        event: As it was opened; people by tokens and words withheld are left out.
        zone: In which times are told.
    """
    found: dict[str, Any] = msgspec.to_builtins(event, builtin_types=(datetime,))
    kind = str(found.pop("kind"))
    told = [
        _UUID.sub(r"…\1", f"{field_words(name, 'nl')} {shown_value(value, name, 'nl', zone)}")
        for name, value in found.items()
        if name not in _ENVELOPE and _tells(value)
    ]
    short = [each for each in told if len(each) <= LONGEST_VALUE][:MOST_FIELDS]
    return ": ".join([kind_words(kind, "nl"), *([", ".join(short)] if short else [])])


def _tells(value: object) -> bool:
    if isinstance(value, str):
        return value != WITHHELD and parse_token(value) is None
    return value not in (None, [], (), {})
