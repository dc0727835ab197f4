"""Signed notes: a text and the signature lines below it, read and written, nothing verified.

    <text, ends in a newline>
    <empty line>
    — <key name> <base64 of key id and signature>

Invariants:

- decode and encode are inverses byte for byte, in both directions;
- the separator is the last empty line, so the text may hold empty lines itself;
- 1 to 64 signatures, at most 524,288 bytes in all: post-quantum signatures of 16 witnesses fit.

Source: C2SP signed-note v1.0.0.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Self

from ledger.errors import FormatError
from ledger.notes.spelling import decode_base64, encode_base64, shown

MAX_NOTE_BYTES: Final = 524_288
MAX_SIGNATURES: Final = 64
KEY_ID_BYTES: Final = 4

_PREFIX: Final = "\N{EM DASH} "
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SURROGATES: Final = frozenset(map(chr, range(0xD800, 0xE000)))
"""They have no UTF-8 form."""


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: who claims to have signed, and with what result."""

    name: str
    """Non-empty, without Unicode spaces, control characters or plus signs."""
    key_id: bytes
    """4 bytes; names the key and its algorithm only together with `name`."""
    signature: bytes
    """At least one byte; what they mean depends on the algorithm of the key."""


@dataclass(frozen=True, slots=True)
class UnverifiedNote:
    """What a note says and who claims to have signed it."""

    text: str
    """What is signed: ends in a newline; the empty line is not part of it."""
    signatures: tuple[NoteSignature, ...]

    def with_signatures(self, more: Iterable[NoteSignature]) -> Self:
        """The note with these lines below its own; a line that stands there already is left out."""
        return replace(self, signatures=tuple(dict.fromkeys((*self.signatures, *more))))

    def signed_by(self, keys: Iterable[tuple[str, bytes]]) -> Self:
        """The note with only the lines of these (name, key id) pairs, in their order."""
        wanted = frozenset(keys)
        kept = tuple(one for one in self.signatures if (one.name, one.key_id) in wanted)
        return replace(self, signatures=kept)


def is_key_name(name: str) -> bool:
    """Whether a key may have this name.

    Source: C2SP signed-note v1.0.0, "Format".
    """
    return bool(name) and not any(
        one.isspace() or one == "+" or one < " " or one in _SURROGATES for one in name
    )


def encode_note(note: UnverifiedNote) -> bytes:
    """The bytes of a note.

    Raises:
        FormatError: text, key names or signatures cannot stand in a note, there are none or more
            than 64 signatures, or the note is longer than 524,288 bytes.
    """
    _require_count(note.signatures)
    lines = "".join(map(encode_signature_line, note.signatures))
    try:
        raw = f"{_checked_text(note.text)}\n{lines}".encode()
    except UnicodeEncodeError as error:
        raise FormatError("note", "text that has a UTF-8 form", shown(note.text)) from error
    _require_length(raw)
    return raw


def decode_note(raw: bytes) -> UnverifiedNote:
    """What the bytes of a note say.

    Raises:
        FormatError: they are not a signed note, or beyond one of the limits.
    """
    text = _decoded(raw)
    end = text.rfind("\n\n")
    if end < 0:
        raise FormatError("note", "an empty line above the signatures", "none")
    signatures = _signatures(text[end + 2 :])
    _require_count(signatures)
    return UnverifiedNote(text[: end + 1], signatures)


def encode_signature_line(signature: NoteSignature) -> str:
    """One signature line, with its newline.

    Raises:
        FormatError: the name or the lengths cannot stand in a note.
    """
    _require_name(signature.name)
    if len(signature.key_id) != KEY_ID_BYTES or not signature.signature:
        found = f"{len(signature.key_id)} and {len(signature.signature)} bytes"
        raise FormatError("signature line", f"{KEY_ID_BYTES} and at least 1 byte", found)
    encoded = encode_base64(signature.key_id + signature.signature)
    return f"{_PREFIX}{signature.name} {encoded}\n"


def decode_signature_lines(raw: bytes) -> tuple[NoteSignature, ...]:
    """Signature lines without a text, at least one: what a witness answers.

    Raises:
        FormatError: they are not signature lines, or beyond one of the limits.

    Source: C2SP tlog-witness v1.0.0, "add-checkpoint".
    """
    signatures = _signatures(_decoded(raw))
    _require_count(signatures)
    return signatures


def _decoded(raw: bytes) -> str:
    _require_length(raw)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(f"note, byte {error.start}", "UTF-8", f"0x{raw[error.start]:02x}") from (
            error
        )
    _require_printable(text)
    return text


def _signatures(text: str) -> tuple[NoteSignature, ...]:
    *lines, rest = text.split("\n")
    if rest:
        raise FormatError("note", "a newline at the end", shown(rest[-20:]))
    return tuple(_decode_line(line, f"signature line {n}") for n, line in enumerate(lines, 1))


def _decode_line(line: str, place: str) -> NoteSignature:
    name, space, encoded = line.removeprefix(_PREFIX).partition(" ")
    if not line.startswith(_PREFIX) or not space:
        raise FormatError(place, "an em dash, a key name and base64", shown(line))
    _require_name(name, place)
    raw = decode_base64(encoded, place)
    if len(raw) <= KEY_ID_BYTES:
        raise FormatError(place, f"more than {KEY_ID_BYTES} bytes", f"{len(raw)} bytes")
    return NoteSignature(name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:])


def _checked_text(text: str) -> str:
    _require_printable(text)
    if not text.endswith("\n"):
        raise FormatError("note", "a text that ends in a newline", shown(text[-20:]))
    return text


def _require_printable(text: str) -> None:
    if found := _CONTROL.search(text):
        place = f"note, character {found.start()}"
        raise FormatError(place, "no control character but newline", shown(found[0]))


def _require_name(name: str, place: str = "signature line") -> None:
    if not is_key_name(name):
        raise FormatError(place, "a key name without spaces and plus signs", shown(name))


def _require_count(signatures: tuple[NoteSignature, ...]) -> None:
    if not 1 <= len(signatures) <= MAX_SIGNATURES:
        raise FormatError("note", f"1 to {MAX_SIGNATURES} signatures", str(len(signatures)))


def _require_length(raw: bytes) -> None:
    if len(raw) > MAX_NOTE_BYTES:
        raise FormatError("note", f"at most {MAX_NOTE_BYTES} bytes", str(len(raw)))
