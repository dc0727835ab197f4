"""How one record is shown: as a row of the history, and as a JSON object."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Final

import msgspec

from cli.output import Column
from cli.sentences import sentence

if TYPE_CHECKING:
    from ledger.opening import OpenedRecord

LOG_COLUMNS: Final = (
    Column("index", "index", "index"),
    Column("occurred_at", "occurred", "instant"),
    Column("kind", "kind", "word"),
    Column("system", "system", "word"),
    Column("actor", "actor", "word"),
    Column("sentence", "what happened", "prose"),
)

UNKNOWN: Final = "no event of a kind that is known here; zegel show has its bytes"


def log_row(opened: "OpenedRecord", zone: tzinfo) -> dict[str, Any]:
    """One row of the history: when, what, where, who, and a sentence with times in a zone."""
    event = opened.event
    return {
        "index": opened.stored.index,
        "occurred_at": event.occurred_at if event else None,
        "recorded_at": opened.recorded_at,
        "kind": short_kind(opened.stored.kind),
        "system": opened.stored.system,
        "actor": _actor(opened),
        "sentence": f"{sentence(event, zone)}{_erased(opened)}" if event else UNKNOWN,
        "event_id": opened.stored.event_id,
    }


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


def erased_words(event: int) -> str:
    """What stands where a value was erased; the event is the record that tells of it."""
    return f"erased (by event {event})"


def told_erased(fields: Mapping[str, Any], erased: Mapping[str, int]) -> dict[str, Any]:
    """The fields of an event with erased values, where words say which event erased them."""
    told: dict[str, Any] = {}
    for path, event in erased.items():
        name, slash, place = path.partition("/")
        found = told.get(name, fields.get(name))
        if not slash:
            told[name] = erased_words(event)
        elif isinstance(found, list | tuple) and place.isdigit() and int(place) < len(found):
            told[name] = [*found[: int(place)], erased_words(event), *found[int(place) + 1 :]]
    return told


def _actor(opened: "OpenedRecord") -> str | None:
    if "actor" in opened.erased:
        return erased_words(opened.erased["actor"])
    return opened.event.actor if opened.event else None


def _erased(opened: "OpenedRecord") -> str:
    """What was erased of a record besides its actor, as the end of its sentence."""
    by_event: dict[int, dict[str, None]] = {}
    for path, event in opened.erased.items():
        if path != "actor":
            by_event.setdefault(event, {})[path.partition("/")[0].replace("_", " ")] = None
    told = [f"{', '.join(names)} {erased_words(event)}" for event, names in by_event.items()]
    return "".join(f" · {each}" for each in told)


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


def stored_bytes(found: object) -> bytes:
    """Bytes as they were stored, also where somebody made a text of them: damage must be shown."""
    return found if isinstance(found, bytes) else str(found).encode(errors="surrogateescape")


def short_kind(kind: str) -> str:
    """A kind without its first version, as people read it; a later version is named."""
    return kind.removesuffix(".v1")
