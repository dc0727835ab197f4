"""The key file: the keys of one log as JSON, readable by its owner only.

Invariants: there is never a moment without a whole file (written beside its place, synced, then
linked or renamed into it), and never two that change it at once; it moves to higher generations
only. A file that others can read is refused, because whoever may have read it may have read every
personal value of the database, and a warning would scroll by unseen.
"""

import fcntl
import os
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Self
from uuid import UUID

import msgspec
from msgspec import Struct

from ledger.errors import StoreUnavailable
from ledger.private_files import read_private_file, replace_file, write_new_file
from ledger.units import Entropy
from ledger.vault.keys import FIRST_EPOCH, FIRST_GENERATION, KEY_BYTES, WrappedKey
from ledger.vault.local_keys import EpochKey, LocalKeys


class _FirstForm(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="version", tag=1
):
    """How logs before generations kept their keys; it is read, and upgraded when it changes."""

    format: Literal["zegel/keys"]
    origin: str
    epoch: int
    epoch_keys: dict[int, str]
    lookup_secret: str


class _Epoch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: str
    first_generation: int


class _SecondForm(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="version", tag=2
):
    """What the file holds; keys in base64."""

    format: Literal["zegel/keys"] = "zegel/keys"
    origin: str
    generation: int
    epochs: dict[int, _Epoch]
    lookup_secret: str


class FileKeys:
    """The keys of a key file, which other processes may change meanwhile: see `reload`."""

    def __init__(self, path: Path, entropy: Entropy) -> None:
        """Reads the file.

        Raises:
            StoreUnavailable: it is missing, open to others than its owner, or no key file.
        """
        self.path = path
        self._entropy = entropy
        self._keys = read_key_file(path, entropy)

    @classmethod
    def create(cls, path: Path, origin: str, entropy: Entropy) -> Self:
        """New keys for a new log, in a new file; durable on return.

        Raises:
            StoreUnavailable: the file exists already, or cannot be written; nothing was changed.
        """
        create_key_file(path, LocalKeys.fresh(origin, entropy))
        return cls(path, entropy)

    @property
    def origin(self) -> str:
        """The origin of the log that these keys belong to."""
        return self._keys.origin

    @property
    def place(self) -> str:
        """The path, for messages."""
        return f"key file {self.path}"

    @property
    def epoch(self) -> int:
        """The number of the epoch that wraps."""
        return self._keys.epoch

    @property
    def generation(self) -> int:
        """The generation when the file was read last."""
        return self._keys.generation

    @property
    def epochs(self) -> Mapping[int, int]:
        """The generation in which each held epoch began."""
        return self._keys.epochs

    def wrap(self, subject_id: UUID, subject_key: bytes) -> WrappedKey:
        """A 12-byte random nonce, then AES-256-GCM of the subject key."""
        return self._keys.wrap(subject_id, subject_key)

    def unwrap(self, subject_id: UUID, epoch: int, wrapped: bytes) -> bytes:
        """The 32 bytes of a wrapped subject key.

        Raises:
            VerificationError: the key was not wrapped by these keys for that subject and epoch.
        """
        if epoch not in self._keys.epoch_keys:
            self.reload()  # another process may have begun it
        return self._keys.unwrap(subject_id, epoch, wrapped)

    def lookup_key(self, purpose: str) -> bytes:
        """The 32-byte key of one purpose, by HKDF-SHA256 from the look-up secret."""
        return self._keys.lookup_key(purpose)

    def check(self, generation: int) -> bytes:
        """32 bytes by which a database of that generation knows its own keys.

        Raises:
            VerificationError: the epoch of that generation is not held any more.
        """
        return self._keys.check(generation)

    def reload(self) -> None:
        """Reads the file again.

        Raises:
            StoreUnavailable: it cannot be read any more.
        """
        self._keys = read_key_file(self.path, self._entropy)

    def advance(self, generation: int) -> None:
        """Moves the file to that generation, durable on return; nothing if it is there already.

        Raises:
            StoreUnavailable: it is at neither that generation nor the one before, or cannot be
                written; nothing was changed.
        """
        with self._locked():
            if self.generation != generation:
                self._change(generation, lambda keys: keys.advanced(generation))

    def begin_epoch(self, generation: int) -> int:
        """The number of a new epoch, which wraps from now on; its key is durable on return.

        Raises:
            StoreUnavailable: the file is not at the generation before, or cannot be written.
        """
        with self._locked():
            self._change(generation, lambda keys: keys.with_new_epoch(generation))
        return self.epoch

    def destroy_epochs(self, epochs: frozenset[int], generation: int) -> None:
        """Takes the keys of these epochs out of the file, durable on return.

        Raises:
            StoreUnavailable: the file is not at the generation before, or cannot be written.
            ValueError: the current epoch is among them.
        """
        with self._locked():
            self._change(generation, lambda keys: keys.without_epochs(epochs, generation))

    def _change(self, generation: int, change: Callable[[LocalKeys], LocalKeys]) -> None:
        if generation != self.generation + 1:
            raise StoreUnavailable(
                f"{self.place}: expected generation {generation - 1}, found {self.generation}; "
                "another step went on meanwhile; run the command again"
            )
        changed = change(self._keys)
        try:
            replace_file(self.path, _encoded(changed))
        except OSError as error:
            raise StoreUnavailable(f"{self.place} cannot be written: {error.strerror}") from error
        self._keys = changed

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """The newest content, which nobody else changes before the end of the block.

        The folder is locked, because the file itself is replaced.
        """
        try:
            folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise StoreUnavailable(f"{self.place} cannot be locked: {error.strerror}") from error
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            self.reload()
            yield
        finally:
            os.close(folder)


def create_key_file(path: Path, keys: LocalKeys) -> None:
    """Writes a new key file with mode 0600; on return it is durable.

    Raises:
        StoreUnavailable: the file exists already, or cannot be written; nothing was changed.
    """
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True)
        write_new_file(path, _encoded(keys))
    except OSError as error:
        if path.exists():
            raise StoreUnavailable(
                f"key file {path}: expected none, found one; keys are never overwritten"
            ) from error
        raise StoreUnavailable(f"key file {path} cannot be written: {error.strerror}") from error


def read_key_file(path: Path, entropy: Entropy) -> LocalKeys:
    """The keys of a key file of either form.

    Raises:
        StoreUnavailable: the file is missing, open to others than its owner, or no key file.
    """
    content = read_private_file(path, "key file")
    try:
        return _decoded(content, entropy)
    except (ValueError, RecursionError) as error:  # both of msgspec's errors are ValueErrors
        raise StoreUnavailable(
            f"key file {path}: expected a key file of Zegel, found something else: {error}"
        ) from error


def _encoded(keys: LocalKeys) -> bytes:
    document = _SecondForm(
        origin=keys.origin,
        generation=keys.generation,
        epochs={
            number: _Epoch(key=_text(each.key), first_generation=each.first_generation)
            for number, each in sorted(keys.epoch_keys.items())
        },
        lookup_secret=_text(keys.lookup_secret),
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _decoded(content: bytes, entropy: Entropy) -> LocalKeys:
    document = msgspec.json.decode(content, type=_FirstForm | _SecondForm)
    if isinstance(document, _FirstForm):
        document = _upgraded(document)
    epochs = {
        number: EpochKey(_key(each.key), each.first_generation)
        for number, each in document.epochs.items()
    }
    first = min((each.first_generation for each in epochs.values()), default=None)
    if first is None or not FIRST_GENERATION <= first <= document.generation:
        raise ValueError(f"generation {document.generation} has no epoch")
    secret = _key(document.lookup_secret)
    return LocalKeys(document.origin, document.generation, epochs, secret, entropy)


def _upgraded(document: _FirstForm) -> _SecondForm:
    if document.epoch != FIRST_EPOCH or list(document.epoch_keys) != [FIRST_EPOCH]:
        raise ValueError(f"expected epoch {FIRST_EPOCH} alone in a file of version 1")
    key = _Epoch(key=document.epoch_keys[FIRST_EPOCH], first_generation=FIRST_GENERATION)
    return _SecondForm(
        origin=document.origin,
        generation=FIRST_GENERATION,
        epochs={FIRST_EPOCH: key},
        lookup_secret=document.lookup_secret,
    )


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
