"""The key file: the keys of one log as JSON, readable by its owner only.

Invariants: a key file is never overwritten and never half there (written beside its place, synced,
then linked into it); a file that others can read is refused, because whoever may have read it may
have read every personal value of the database, and a warning would scroll by unseen.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from ledger.errors import StoreUnavailable
from ledger.private_files import read_private_file, write_new_file
from ledger.units import Entropy
from ledger.vault.keys import KEY_BYTES, LocalKeys


class _KeyDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file holds; keys in base64."""

    format: Literal["zegel/keys"] = "zegel/keys"
    version: Literal[1] = 1
    origin: str
    epoch: int
    epoch_keys: dict[int, str]
    lookup_secret: str


def create_key_file(path: Path, keys: LocalKeys) -> None:
    """Writes a new key file with mode 0600; on return it is durable.

    Raises:
        StoreUnavailable: the file exists already, or cannot be written; nothing was changed.
    """
    document = _KeyDocument(
        origin=keys.origin,
        epoch=keys.epoch,
        epoch_keys={number: _text(key) for number, key in keys.epoch_keys.items()},
        lookup_secret=_text(keys.lookup_secret),
    )
    content = msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True)
        write_new_file(path, content)
    except OSError as error:
        if path.exists():
            raise StoreUnavailable(
                f"key file {path}: expected none, found one; keys are never overwritten"
            ) from error
        raise StoreUnavailable(f"key file {path} cannot be written: {error.strerror}") from error


def read_key_file(path: Path, entropy: Entropy) -> LocalKeys:
    """The keys of a key file.

    Raises:
        StoreUnavailable: the file is missing, open to others than its owner, or no key file.
    """
    content = read_private_file(path, "key file")
    try:
        return _decoded_keys(content, entropy)
    except (ValueError, RecursionError) as error:  # both of msgspec's errors are ValueErrors
        raise StoreUnavailable(
            f"key file {path}: expected a key file of Zegel, found something else: {error}"
        ) from error


def _decoded_keys(content: bytes, entropy: Entropy) -> LocalKeys:
    document = msgspec.json.decode(content, type=_KeyDocument)
    epoch_keys = {number: _key(text) for number, text in document.epoch_keys.items()}
    if document.epoch not in epoch_keys:
        raise ValueError(f"epoch {document.epoch} has no key")
    secret = _key(document.lookup_secret)
    return LocalKeys(document.origin, document.epoch, epoch_keys, secret, entropy)


def _text(key: bytes) -> str:
    return b64encode(key).decode("ascii")


def _key(text: str) -> bytes:
    try:
        key = b64decode(text, validate=True)
    except Base64Error as error:
        raise ValueError("a key is no base64") from error
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {len(key)} bytes instead of {KEY_BYTES}")
    return key
