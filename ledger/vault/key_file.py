"""The key file: the keys of one log as JSON, readable by its owner only.

Invariants: a key file is never overwritten and never half there (written beside its place, synced,
then linked into it); a file that others can read is refused, because whoever may have read it may
have read every personal value of the database, and a warning would scroll by unseen.
"""

import os
import stat
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec import Struct

from ledger.errors import StoreUnavailable
from ledger.units import Entropy
from ledger.vault.keys import KEY_BYTES, LocalKeys

_OWNER_ONLY: Final = 0o600


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
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read()
    except OSError as error:
        raise StoreUnavailable(f"key file {path} cannot be read: {error.strerror}") from error
    if mode & ~stat.S_IRWXU:
        raise StoreUnavailable(
            f"key file {path}: expected access for its owner only (mode 0600), found mode "
            f"{mode:04o}; find out who may have read it, then run: chmod 600 {path}"
        )
    try:
        return _decoded_keys(content, entropy)
    except (ValueError, RecursionError) as error:  # both of msgspec's errors are ValueErrors
        raise StoreUnavailable(
            f"key file {path}: expected a key file of Zegel, found something else: {error}"
        ) from error


def write_new_file(path: Path, content: bytes) -> None:
    """Writes a file that only its owner may read, all or nothing and durable on return.

    Raises:
        FileExistsError: something stands at that path; it was not touched.
        OSError: the file cannot be written; nothing is left of it.
    """
    beside = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(beside, path)  # unlike a rename, it never replaces what stands there
    finally:
        beside.unlink()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


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
