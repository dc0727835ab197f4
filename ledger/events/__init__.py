"""The vocabulary: every kind of event, decoded strictly, completed before it is sealed."""

from ledger.events.completion import complete_event
from ledger.events.decoding import decode_event, encode_event, event_from_mapping
from ledger.events.kinds import kind_of, resolve_kind
from ledger.events.vocabulary import KINDS, PLANS, Event

__all__ = [
    "KINDS",
    "PLANS",
    "Event",
    "complete_event",
    "decode_event",
    "encode_event",
    "event_from_mapping",
    "kind_of",
    "resolve_kind",
]
