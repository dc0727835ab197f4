"""Cookies that only this log can read and make: AES-256-GCM under a key of its vault.

A sealed value opens only under the name, and in the log, that it was sealed for. Whoever has no key
of the vault can make none, so what stands inside needs no row in the database.

Source: RFC 6265bis §4.1.3 (the prefix `__Host-`), §5.7 (`SameSite`); NIST SP 800-38D §8.2.2
(random nonces).
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.serve_settings import ServeSettings

if TYPE_CHECKING:
    from ledger.ledger import Ledger

HOST_PREFIX: Final = "__Host-"
"""Browsers take a cookie of such a name only over TLS, from the host itself, for all its paths."""

NONCE_BYTES: Final = 12
MOST_CHARACTERS: Final = 4000
"""Of one value: browsers drop cookies of more than 4,096 bytes, name and attributes included."""

_SEALED: Final = re.compile(r"[A-Za-z0-9_-]+={0,2}")
_PURPOSE: Final = b"page-cookie\x00"


def is_over_tls(settings: ServeSettings) -> bool:
    """Whether browsers reach the service over TLS, at the service itself or at a proxy."""
    return settings.tls_cert is not None or settings.require_tls or bool(settings.behind_proxy)


def cookie_name(settings: ServeSettings, name: str) -> str:
    """The name under which a browser keeps a cookie of ours."""
    return f"{HOST_PREFIX}{name}" if is_over_tls(settings) else name


def cookie_cipher(ledger: "Ledger") -> AESGCM:
    """What seals and opens the cookies of one log."""
    return AESGCM(ledger.vault.derived_bytes(_PURPOSE + ledger.origin.encode()))


def seal_value(cipher: AESGCM, name: str, plain: bytes, nonce: bytes) -> str:
    """A value that opens under this name alone, in characters that a cookie may have.

    Args:
        cipher: Of the log.
        name: Of the cookie, and whatever else the value must stand beside.
        plain: What it holds.
        nonce: 12 random bytes, never used twice.
    """
    return urlsafe_b64encode(nonce + cipher.encrypt(nonce, plain, name.encode())).decode()


def open_value(cipher: AESGCM, name: str, value: str) -> bytes | None:
    """What was sealed under this name; `None` for whatever this log did not seal so."""
    if len(value) > MOST_CHARACTERS or not _SEALED.fullmatch(value):
        return None
    try:
        found = urlsafe_b64decode(value)
        return cipher.decrypt(found[:NONCE_BYTES], found[NONCE_BYTES:], name.encode())
    except (InvalidTag, ValueError):
        return None


def cookie_header(settings: ServeSettings, name: str, value: str, *, lasts_s: float) -> str:
    """The header `Set-Cookie` of a cookie that scripts and other sites do not get.

    `Lax`, not `Strict`: a link in a mail, and the way back from the issuer, lead to the page as the
    one who is logged in; forms of other sites never do.

    Args:
        settings: Whether it goes over TLS.
        name: One of ours, without a prefix.
        value: Empty to take the cookie away.
        lasts_s: After how long the browser forgets it; 0: at once.
    """
    secure = "; Secure" if is_over_tls(settings) else ""
    return (
        f"{cookie_name(settings, name)}={value}; Path=/; Max-Age={int(lasts_s)}"
        f"; HttpOnly; SameSite=Lax{secure}"
    )
