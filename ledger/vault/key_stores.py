"""Where keys can be: in a file, or in a hardware token. Nothing else needs to know which."""

from pathlib import Path
from typing import TYPE_CHECKING

from ledger.units import Entropy
from ledger.vault.key_file import FileKeys
from ledger.vault.keys import KeyStore
from ledger.vault.token_uri import TokenUri

if TYPE_CHECKING:
    from ledger.vault.token_keys import TokenKeys

KeyPlace = Path | TokenUri
"""A key file, or a token."""


def key_place(setting: str | None, key_file: Path) -> KeyPlace:
    """Where the settings of a home say that its keys are.

    Args:
        setting: A `pkcs11:` URI; `None`: the key file.
        key_file: That of the home.

    Raises:
        BadRequest: the setting is no such URI.
    """
    return key_file if setting is None else TokenUri.parse(setting)


def open_keys(place: KeyPlace, origin: str | None, entropy: Entropy) -> KeyStore:
    """The keys that are there.

    Args:
        place: Where.
        origin: Of the log; `None`: of the only one whose keys are there.
        entropy: Unpredictable bytes.

    Raises:
        StoreUnavailable: there are none, or they cannot be used.
    """
    if isinstance(place, Path):
        return FileKeys(place, entropy)
    return _token_keys().open(place, origin, entropy)


def create_keys(place: KeyPlace, origin: str, entropy: Entropy) -> KeyStore:
    """New keys for a new log, durable on return.

    Raises:
        StoreUnavailable: there are keys of that log, or the place cannot be written.
    """
    if isinstance(place, Path):
        return FileKeys.create(place, origin, entropy)
    return _token_keys().create(place, origin, entropy)


def keys_exist(place: KeyPlace, origin: str | None) -> bool:
    """Whether there are keys at a place: of that log, or of any.

    Raises:
        StoreUnavailable: a token cannot be used.
    """
    if isinstance(place, Path):
        return place.exists()
    return _token_keys().exist(place, origin)


def discard_keys(place: KeyPlace, origin: str) -> None:
    """Removes keys that were made just now and that no database knows.

    Raises:
        StoreUnavailable: a token cannot be used.
    """
    if isinstance(place, Path):
        place.unlink()
    else:
        _token_keys().discard(place, origin)


def _token_keys() -> "type[TokenKeys]":
    from ledger.vault.token_keys import TokenKeys  # noqa: PLC0415 - most logs need no token

    return TokenKeys
