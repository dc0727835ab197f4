"""The one session of this process with a token, shared by all that use it.

Invariants: a token is logged in to once per process (a second login is an error of PKCS #11); one
thread uses a session at a time; every error of the token is one of ours. A process that was forked
begins anew, because a library of PKCS #11 may not be used across a fork.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any, Final

import pkcs11
from pkcs11 import KeyType, ObjectClass
from pkcs11.exceptions import NoSuchKey, NoSuchToken, PinIncorrect, PKCS11Error

from ledger.errors import StoreUnavailable
from ledger.vault.token_uri import TokenUri


class TokenSession:
    """A session that is logged in."""

    def __init__(self, uri: TokenUri) -> None:
        """Finds the token and logs in.

        Raises:
            StoreUnavailable: library, token or PIN cannot be used.
        """
        self.place = f"token {uri.token or uri.serial}"
        self._lock = RLock()
        self._pid = os.getpid()
        pin = uri.pin()
        with self._told():
            token = pkcs11.lib(uri.module_path).get_token(
                token_label=uri.token,
                token_serial=None if uri.serial is None else uri.serial.encode(),
            )
            self._session = token.open(rw=True, user_pin=pin)
            self._serial = bytes(token.serial)

    @property
    def is_ours(self) -> bool:
        """Whether it was opened by this process, not by one that forked it."""
        return self._pid == os.getpid()

    @contextmanager
    def used(self) -> Iterator[Any]:
        """The session of the library, which nobody else uses before the end of the block.

        Raises:
            StoreUnavailable: the token cannot be used.
        """
        with self._lock, self._told():
            yield self._session

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Keeps other processes of this machine from changing the same token meanwhile.

        PKCS #11 has no lock. On two machines that change one token at once, the database decides:
        one of both is refused.
        """
        name = f"zegel-token-{sha256(self._serial).hexdigest()[:16]}-{os.getuid()}.lock"
        path = Path(tempfile.gettempdir(), name)
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise StoreUnavailable(f"{path} cannot be locked: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            with self._lock:
                yield
        finally:
            os.close(descriptor)

    def key(self, key_type: KeyType, label: str) -> Any:  # noqa: ANN401 - the library types its keys loosely
        """The secret key of that label; called inside `used`.

        Raises:
            StoreUnavailable: there is none.
        """
        try:
            return self._session.get_key(ObjectClass.SECRET_KEY, key_type, label)
        except NoSuchKey as error:
            raise StoreUnavailable(f"{self.place}: expected a key {label}, found none") from error

    def require_usable(self) -> None:
        """Returns only if the token still answers.

        Raises:
            StoreUnavailable: it does not.
        """
        with self.used() as session:
            session.generate_random(64)

    def close(self) -> None:
        """Logs out."""
        with self._lock, self._told():
            self._session.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except NoSuchToken as error:
            raise StoreUnavailable(
                f"{self.place}: expected a token of that name, found none"
            ) from error
        except PinIncorrect as error:
            raise StoreUnavailable(
                f"{self.place}: expected the PIN of its user, found another"
            ) from error
        except PKCS11Error as error:
            said = f"{type(error).__name__} {error}".strip()
            raise StoreUnavailable(f"{self.place} cannot be used: {said}") from error


_sessions: Final[dict[TokenUri, TokenSession]] = {}
_sessions_lock: Final = RLock()


def token_session(uri: TokenUri) -> TokenSession:
    """The session of this process with that token.

    Raises:
        StoreUnavailable: library, token or PIN cannot be used.
    """
    with _sessions_lock:
        found = _sessions.get(uri)
        if found is None or not found.is_ours:
            found = _sessions[uri] = TokenSession(uri)
        return found


def close_token_sessions() -> None:
    """Logs out everywhere; keys that were read before cannot be used any more."""
    with _sessions_lock:
        while _sessions:
            _sessions.popitem()[1].close()
