"""One record as a JSON object, and its parts that other answers have too."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from ledger.stored import stored_bytes

if TYPE_CHECKING:
    from ledger.opening import OpenedRecord


def record_document(opened: "OpenedRecord") -> dict[str, Any]:
    """One record as a JSON object: place and hash, both times, the event, what is open of it."""
    stored = opened.stored
    body = stored_bytes(stored.sealed).partition(b"\n\n")[2]
    return {
        "index": stored.index,
        "recorded_at": opened.recorded_at,
        "kind": stored.kind,
        "stream": stored.stream,
        "version": stored.version,
        "leaf_hash": stored.leaf_hash,
        "event": event_fields(opened.event) if opened.event else raw_body(body),
        "personal": dict(opened.personal),
        "erased": {path: {"event": event} for path, event in opened.erased.items()},
    }


def event_fields(event: msgspec.Struct) -> dict[str, Any]:
    """The fields that an event has, in the order of its class."""
    found: dict[str, Any] = msgspec.to_builtins(event)
    return found


def raw_body(body: bytes) -> Mapping[str, Any] | str:
    """Event bytes of an unknown kind: the JSON object they are, else hexadecimal."""
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body.hex()


def short_kind(kind: str) -> str:
    """A kind without its first version, as people read it; a later version is named."""
    return kind.removesuffix(".v1")


def looked_at_word(opened: "OpenedRecord") -> Literal["certainly", "possibly"]:
    """Whether a reading that was found by whom it showed did, or may have: its runs were joined."""
    is_sure = getattr(opened.event, "shown_exactly", True) is not False
    return "certainly" if is_sure else "possibly"
