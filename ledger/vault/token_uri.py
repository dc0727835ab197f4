"""The name of a hardware token in settings: a `pkcs11:` URI that can hold no PIN.

Source: RFC 7512 (the PKCS #11 URI scheme), clauses 2.3 and 2.4.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from urllib.parse import unquote

from ledger.errors import BadRequest, StoreUnavailable
from ledger.private_files import read_private_file

SCHEME: Final = "pkcs11:"
PIN_VARIABLE: Final = "ZEGEL_TOKEN_PIN"
_PATH: Final = frozenset({"token", "serial"})
_QUERY: Final = frozenset({"module-path", "pin-source"})
_EXAMPLE: Final = "pkcs11:token=zegel?module-path=/usr/lib/softhsm/libsofthsm2.so"


@dataclass(frozen=True, slots=True)
class TokenUri:
    """Which token, by which library, and where its PIN is."""

    text: str
    module_path: str
    token: str | None
    """Its label."""
    serial: str | None
    pin_source: Path | None
    """A file that only its owner can read; `None`: the environment has the PIN."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The token that a URI names.

        Raises:
            BadRequest: it is no such URI, or holds a PIN.
        """
        if not text.startswith(SCHEME):
            raise BadRequest(f"key store: expected a URI such as {_EXAMPLE}, found {text!r}")
        path, _, query = text.removeprefix(SCHEME).partition("?")
        named = _attributes(path, ";", _PATH)
        asked = _attributes(query, "&", _QUERY)
        if not named or "module-path" not in asked:
            raise BadRequest(
                f"key store: expected token or serial, and module-path, as in {_EXAMPLE}, "
                f"found {text!r}"
            )
        source = asked.get("pin-source")
        return cls(
            text,
            asked["module-path"],
            named.get("token"),
            named.get("serial"),
            None if source is None else _pin_file(source),
        )

    def pin(self, environment: Mapping[str, str] = os.environ) -> str:
        """The PIN of the user.

        Raises:
            StoreUnavailable: it is in neither place, or others can read its file.
        """
        found = environment.get(PIN_VARIABLE)
        if found:
            return found
        if self.pin_source is None:
            raise StoreUnavailable(
                f"{self.text}: expected a PIN in {PIN_VARIABLE}, or in a file that pin-source "
                "names, found neither"
            )
        content = read_private_file(self.pin_source, "PIN file")
        return content.decode(errors="replace").rstrip("\r\n")


def _attributes(text: str, separator: str, known: frozenset[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in filter(None, text.split(separator)):
        name, _, value = part.partition("=")
        if name in {"pin-value", "pin-source"} - known:
            raise BadRequest(
                f"key store: expected no PIN in the URI, found {name}; put it into {PIN_VARIABLE} "
                "or into a file that only its owner can read, which pin-source names"
            )
        if name not in known or not value or name in found:
            raise BadRequest(
                f"key store: expected each of {', '.join(sorted(known))} at most once, with a "
                f"value, found {name!r}"
            )
        found[name] = unquote(value)
    return found


def _pin_file(source: str) -> Path:
    path = Path(source.removeprefix("file://").removeprefix("file:"))
    if not path.is_absolute():
        raise BadRequest(f"key store: pin-source: expected an absolute path, found {source!r}")
    return path
