"""From bytes or plain values to typed events and back, strictly.

Invariants: `decode_event(encode_event(event))` equals the event; whatever is wrong with the input,
the only error is `MalformedEvent`, and it names kind, field, expectation and finding.
"""

import difflib
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import msgspec

from ledger.errors import MalformedEvent
from ledger.events.kinds import kind_of, resolve_kind
from ledger.events.refusals import refusal_in
from ledger.events.vocabulary import KINDS, Event
from ledger.events.wording import Path, expectation, fields_of, shown

_encoder: Final = msgspec.json.Encoder()
_any_decoder: Final = msgspec.json.Decoder()

_REFUSALS: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def encode_event(event: Event) -> bytes:
    """The JSON of an event on one line, its kind first; fields at their default are left out.

    Raises:
        MalformedEvent: a value that JSON cannot hold.
    """
    try:
        return _encoder.encode(event)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise MalformedEvent(
            kind_of(event), "?", "values that JSON can hold", str(error)
        ) from error


def decode_event(data: bytes) -> Event:
    """The event that a JSON object says; its `kind` carries a version.

    Raises:
        MalformedEvent: the bytes are no JSON object of a known kind, or a field is wrong.
    """
    try:
        return _decoder().decode(data)
    except _REFUSALS as error:
        raise _malformed(_plain(data), str(error)) from error


def event_from_mapping(values: Mapping[str, Any], *, strict: bool = True) -> Event:
    """The event that named values say.

    Args:
        values: The fields by name, nested objects as mappings; `kind` may lack its version.
        strict: False reads texts as what their field asks for: `"3"` as a number, `"true"` as yes.

    Raises:
        MalformedEvent: `kind` is missing or unknown, or a field is wrong.
    """
    named = values.get("kind")
    if not isinstance(named, str):
        raise MalformedEvent("event", "kind", "a kind such as access.granted", _finding(named))
    kind = resolve_kind(named)
    plain = {**values, "kind": kind}
    try:
        return msgspec.convert(plain, KINDS[kind], strict=strict)
    except (msgspec.ValidationError, RecursionError) as error:
        raise _malformed(plain, str(error)) from error


@cache
def _decoder() -> msgspec.json.Decoder[Event]:
    """Made when it is first asked for: that takes long, and many programs decode no event."""
    return msgspec.json.Decoder(Event)


def _plain(data: bytes) -> object:
    """The untyped content of bytes that no event decoder took.

    Raises:
        MalformedEvent: the bytes are not even JSON.
    """
    try:
        return _any_decoder.decode(data)
    except _REFUSALS as error:
        raise MalformedEvent("event", "(whole)", "a JSON object in UTF-8", str(error)) from error


def _malformed(values: object, message: str) -> MalformedEvent:
    """The error that says what a message of msgspec means to whoever sent the values."""
    if not isinstance(values, Mapping):
        return MalformedEvent("event", "(whole)", "a JSON object", shown(values))
    kind = values.get("kind")
    if not isinstance(kind, str):
        return MalformedEvent("event", "kind", "a kind such as access.granted.v1", _finding(kind))
    if kind not in KINDS:
        return _unknown_kind(kind)
    refusal = refusal_in(message)
    steps = refusal.path
    if refusal.name is not None:
        return _wrong_name(kind, steps, refusal.name, missing=refusal.fault == "missing")
    expected = "names that are texts" if refusal.fault == "key" else expectation(KINDS[kind], steps)
    return MalformedEvent(kind, _spelled(steps), expected, _found_at(values, steps))


def _unknown_kind(kind: str) -> MalformedEvent:
    try:
        known = resolve_kind(kind)
    except MalformedEvent as error:
        return error
    return MalformedEvent("event", "kind", f"a kind with its version, {known}", shown(kind))


def _wrong_name(kind: str, steps: Path, name: str, *, missing: bool) -> MalformedEvent:
    place = (*steps, name)
    if missing:
        return MalformedEvent(kind, _spelled(place), expectation(KINDS[kind], place), "nothing")
    near = difflib.get_close_matches(name, fields_of(KINDS[kind])) if not steps else []
    hint = f" (did you mean {' or '.join(near)}?)" if near else ""
    expected = "a field of this kind" if not steps else f"a field of {_spelled(steps)}"
    return MalformedEvent(kind, _spelled(place), expected + hint, "a field of that name")


def _spelled(steps: Path) -> str:
    return "/".join(str(step) for step in steps) or "(whole)"


def _found_at(values: object, steps: Path) -> str:
    found: Any = values
    try:
        for step in steps:
            found = found[step]
    except (LookupError, TypeError):
        return "a value that does not fit"  # msgspec names no place inside named values
    return shown(found)


def _finding(value: object) -> str:
    return "nothing" if value is None else shown(value)
