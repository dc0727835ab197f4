"""Keys of signed notes: verifier keys as text, and what a valid signature of each type covers.

Two types: Ed25519 over the text (0x01, logs) and the timestamped Ed25519 cosignature (0x04,
witnesses). Whether a signature holds is decided as OpenSSL does it (RFC 8032 §5.1.7).

Source: C2SP signed-note v1.0.0 and tlog-cosignature v1.0.1.
"""

import re
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.errors import FormatError, VerificationError
from ledger.notes.signed_note import KEY_ID_BYTES, NoteSignature, is_key_name
from ledger.notes.spelling import MAX_NUMBER, decode_base64, encode_base64, shown

PUBLIC_KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
TIMESTAMP_BYTES: Final = 8

_PLACE: Final = "verifier key"
_VKEY_PARTS: Final = 3
_KEY_ID_HEX: Final = re.compile(r"[0-9a-f]{8}")


class KeyType(IntEnum):
    """The signature types that are verified here, as their identifier byte."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name: all that is needed to verify its signatures.

    Raises:
        FormatError: the name is no key name, or the key is not of 32 bytes.
    """

    name: str
    key_type: KeyType
    public_key: bytes
    key_id: bytes = field(init=False)
    """4 bytes, computed; an identifier, no secure hash."""

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise FormatError(_PLACE, "a name without spaces and plus signs", shown(self.name))
        if len(self.public_key) != PUBLIC_KEY_BYTES:
            found = f"{len(self.public_key)} bytes"
            raise FormatError(_PLACE, f"a public key of {PUBLIC_KEY_BYTES} bytes", found)
        object.__setattr__(self, "key_id", self._computed_id())

    @classmethod
    def from_vkey(cls, vkey: str) -> Self:
        """The key that `name+8 hex digits+base64` spells.

        Raises:
            FormatError: it is spelled otherwise, of another type, or its id does not belong to it.
        """
        parts = vkey.split("+", _VKEY_PARTS - 1)  # base64 may hold a plus sign itself
        if len(parts) != _VKEY_PARTS:
            raise FormatError(_PLACE, "name, key id and key parted by plus signs", shown(vkey))
        name, key_id_hex, encoded = parts
        raw = decode_base64(encoded, _PLACE)
        try:
            key_type = KeyType(raw[0])
        except (IndexError, ValueError) as error:
            raise FormatError(_PLACE, "a key of type 0x01 or 0x04", shown(encoded)) from error
        key = cls(name, key_type, raw[1:])
        if _KEY_ID_HEX.fullmatch(key_id_hex) is None or key.key_id.hex() != key_id_hex:
            raise FormatError(_PLACE, f"key id {key.key_id.hex()}", shown(key_id_hex))
        return key

    @property
    def vkey(self) -> str:
        """The key as text: `name+8 hex digits+base64`."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(self._encoded_key())}"

    @property
    def pair(self) -> tuple[str, bytes]:
        """Name and key id, by which signature lines name the key."""
        return self.name, self.key_id

    def verify(self, text: str, signature: NoteSignature) -> "VerifiedSignature":
        """The signature, if it is one of this key over this text.

        Raises:
            VerificationError: it is not (BAD_SIGNATURE).
        """
        if (signature.name, signature.key_id) != self.pair:
            raise self._bad("the line names another key")
        if self.key_type is KeyType.COSIGNATURE:
            return self._verify_cosignature(text, signature.signature)
        self._verify_ed25519(text.encode(), signature.signature)
        return VerifiedSignature(self, None)

    def _verify_cosignature(self, text: str, signature: bytes) -> "VerifiedSignature":
        timestamp_s = int.from_bytes(signature[:TIMESTAMP_BYTES], "big")
        if timestamp_s > MAX_NUMBER:
            raise self._bad(f"expected a timestamp up to {MAX_NUMBER}, found {timestamp_s}")
        self._verify_ed25519(cosigned_message(text, timestamp_s), signature[TIMESTAMP_BYTES:])
        return VerifiedSignature(self, timestamp_s)

    def _verify_ed25519(self, message: bytes, signature: bytes) -> None:
        if len(signature) != SIGNATURE_BYTES:
            raise self._bad(f"expected {SIGNATURE_BYTES} bytes, found {len(signature)}")
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except (InvalidSignature, ValueError) as error:
            raise self._bad("the text was not signed with this key") from error

    def _bad(self, message: str) -> VerificationError:
        return VerificationError("BAD_SIGNATURE", None, f"{self.vkey}: {message}")

    def _computed_id(self) -> bytes:
        named = self.name.encode() + b"\n" + self._encoded_key()
        return sha256(named).digest()[:KEY_ID_BYTES]

    def _encoded_key(self) -> bytes:
        return bytes([self.key_type]) + self.public_key


@dataclass(frozen=True, slots=True)
class VerifiedSignature:
    """A signature that holds; made by `VerifierKey.verify`."""

    key: VerifierKey
    timestamp_s: int | None
    """When a witness signed, in POSIX seconds; `None`: a signature without a time."""


def cosigned_message(text: str, timestamp_s: int) -> bytes:
    """What a witness signs: a header with the time and the whole text of the checkpoint.

    Source: C2SP tlog-cosignature v1.0.1, "Ed25519 signed message".
    """
    return f"cosignature/v1\ntime {timestamp_s}\n{text}".encode()
