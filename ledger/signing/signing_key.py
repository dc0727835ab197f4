"""Signing keys of a log as files: Ed25519 in PKCS#8 PEM, with or without a passphrase.

Invariants: a key file is never overwritten and readable by its owner only; its key signs under the
origin of the log, which the file does not hold.

Source: RFC 5958 (PKCS#8), RFC 8410 §7 (Ed25519 in PKCS#8).
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from ledger.errors import StoreUnavailable
from ledger.notes.note_signing import NoteSigner
from ledger.private_files import read_private_file, write_new_file

PASSPHRASE_VARIABLE: Final = "ZEGEL_KEY_PASSPHRASE"  # noqa: S105 - its name, not its value
PASSPHRASE_FILE_VARIABLE: Final = "ZEGEL_KEY_PASSPHRASE_FILE"  # noqa: S105 - likewise
"""For service managers, which hand secrets over as files."""
WHAT: Final = "signing key"

Passphrase = Callable[[], bytes | None]
"""Gives the passphrase of a key file when it is needed; `None`: it has none."""


def environment_passphrase() -> bytes | None:
    """The passphrase in `ZEGEL_KEY_PASSPHRASE`, or in the file that a second variable names.

    A line break at the end of the file is no part of it. `None` where neither gives one.

    Raises:
        StoreUnavailable: the file cannot be read.
    """
    said = os.environ.get(PASSPHRASE_VARIABLE, "").encode()
    path = os.environ.get(PASSPHRASE_FILE_VARIABLE)
    if said or not path:
        return said or None
    try:
        return Path(path).read_bytes().rstrip(b"\r\n") or None
    except OSError as error:
        raise StoreUnavailable(f"{PASSPHRASE_FILE_VARIABLE}: {path}: {error.strerror}") from error


def fresh_key(origin: str) -> NoteSigner:
    """A new key that signs for a log, in memory only."""
    return NoteSigner(origin, Ed25519PrivateKey.generate())


def write_signing_key(path: Path, signer: NoteSigner, passphrase: Passphrase) -> None:
    """Writes a new key file with mode 0600; durable on return.

    Raises:
        StoreUnavailable: something stands there, or it cannot be written; nothing was changed.
    """
    secret = passphrase()
    encryption: KeySerializationEncryption = (
        NoEncryption() if secret is None else BestAvailableEncryption(secret)
    )
    pem = signer.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new_file(path, pem)
    except OSError as error:
        if path.exists():
            raise StoreUnavailable(
                f"{WHAT} {path}: expected none, found one; keys are never overwritten"
            ) from error
        raise StoreUnavailable(f"{WHAT} {path} cannot be written: {error.strerror}") from error


def read_signing_key(path: Path, origin: str, passphrase: Passphrase) -> NoteSigner:
    """The key of a file, to sign for the log of that origin.

    Raises:
        StoreUnavailable: the file is missing, open to others, no Ed25519 key in PEM, or its
            passphrase is missing or wrong.
    """
    pem = read_private_file(path, WHAT)
    secret = passphrase()
    try:
        key = _loaded(pem, secret)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        hint = "" if b"ENCRYPTED" not in pem else f"; {PASSPHRASE_VARIABLE} opens it"
        raise StoreUnavailable(
            f"{WHAT} {path}: expected an Ed25519 key in PKCS#8 PEM that opens, found one that does "
            f"not{hint}"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise StoreUnavailable(f"{WHAT} {path}: expected Ed25519, found {type(key).__name__}")
    return NoteSigner(origin, key)


def _loaded(pem: bytes, secret: bytes | None) -> object:
    """The key; a passphrase that a file does not need is left out."""
    return load_pem_private_key(pem, secret if b"ENCRYPTED" in pem else None)
