"""Keys inside a hardware token: epoch keys that never leave it, by PKCS #11.

What a token holds for a log, each object labelled with the origin:

    zegel/<origin>/epoch/<n>   an AES key of 256 bits, made there, sensitive and not extractable
    zegel/<origin>/look-up     an HMAC key of 256 bits, made there, sensitive and not extractable
    zegel/<origin>/state       data: the generation, and the one in which each epoch began

Invariants: subject keys are wrapped and unwrapped inside the token, by AES-256-GCM in the same
layout as with a key file; the state is replaced by writing the new one before the old one is
removed, and the highest generation counts, so there is never a moment without it. Look-up keys are
derived inside the token, once per process; they are not epoch keys and open nobody's values.

Source: OASIS PKCS #11 v2.40: CKM_AES_GCM, CKM_SHA256_HMAC, CKM_GENERIC_SECRET_KEY_GEN.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Self
from uuid import UUID

import msgspec
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, MechanismFlag, ObjectClass
from pkcs11.exceptions import PKCS11Error

from ledger.errors import StoreUnavailable
from ledger.units import Entropy
from ledger.vault.keys import (
    FIRST_EPOCH,
    FIRST_GENERATION,
    KEY_BYTES,
    NONCE_BYTES,
    WrappedKey,
    epoch_at,
    not_unwrapped,
    unknown_epoch,
    wrapping_context,
)
from ledger.vault.token_session import TokenSession, token_session
from ledger.vault.token_state import APPLICATION, TokenState, decoded_state, states_in
from ledger.vault.token_uri import TokenUri

_CHECK_TEXT: Final = b"zegel/token-check/v1"
_TAG_BITS: Final = 128
_TAG_BYTES: Final = _TAG_BITS // 8
_WRAPPED_BYTES: Final = NONCE_BYTES + KEY_BYTES + _TAG_BYTES
_SECRET: Final[dict[Attribute, Any]] = {
    Attribute.SENSITIVE: True,
    Attribute.EXTRACTABLE: False,
    Attribute.PRIVATE: True,
}


class TokenKeys:
    """The keys of one log in a token, which other processes may change meanwhile: see `reload`."""

    def __init__(self, session: TokenSession, state: TokenState, entropy: Entropy) -> None:
        """Use `open` or `create`."""
        self._session = session
        self._state = state
        self._entropy = entropy
        self._handles: dict[int, Any] = {}

    @classmethod
    def create(cls, uri: TokenUri, origin: str, entropy: Entropy) -> Self:
        """New keys for a new log; durable on return.

        Raises:
            StoreUnavailable: the token holds keys of that log, or cannot be used.
        """
        session = token_session(uri)
        if cls.exist(uri, origin):
            raise StoreUnavailable(
                f"{session.place}: expected no keys of log {origin}, found some; keys are never "
                "overwritten"
            )
        state = TokenState(
            origin=origin, generation=FIRST_GENERATION, epochs={FIRST_EPOCH: FIRST_GENERATION}
        )
        made = cls(session, state, entropy)
        made._begin()
        return made

    @classmethod
    def open(cls, uri: TokenUri, origin: str | None, entropy: Entropy) -> Self:
        """The keys of a log.

        Raises:
            StoreUnavailable: the token has none, or cannot be used.
        """
        session = token_session(uri)
        states = states_in(session)
        if origin is None and len(states) == 1:
            (origin,) = states
        found = states.get(origin or "")
        if found is None:
            held = ", ".join(sorted(states)) or "none"
            raise StoreUnavailable(
                f"{session.place}: expected keys of log {origin or 'that is named'}, found {held}"
            )
        return cls(session, found, entropy)

    @staticmethod
    def exist(uri: TokenUri, origin: str | None) -> bool:
        """Whether the token holds keys of that log, or of any."""
        states = states_in(token_session(uri))
        return bool(states) if origin is None else origin in states

    @classmethod
    def discard(cls, uri: TokenUri, origin: str) -> None:
        """Forgets keys that were made just now and that no database knows.

        Their objects stay, for the next creation to take: a key is destroyed only as an epoch.
        """
        state = TokenState(origin=origin, generation=FIRST_GENERATION, epochs={})
        label = f"zegel/{origin}/state"
        cls(token_session(uri), state, bytes)._destroy_objects(label)  # noqa: SLF001 - our own

    @property
    def origin(self) -> str:
        """The origin of the log that these keys belong to."""
        return self._state.origin

    @property
    def place(self) -> str:
        """The token, for messages."""
        return self._session.place

    @property
    def epoch(self) -> int:
        """The number of the epoch that wraps."""
        return max(self._state.epochs)

    @property
    def generation(self) -> int:
        """The generation when the token was read last."""
        return self._state.generation

    @property
    def epochs(self) -> Mapping[int, int]:
        """The generation in which each held epoch began."""
        return self._state.epochs

    def wrap(self, subject_id: UUID, subject_key: bytes) -> WrappedKey:
        """A 12-byte random nonce, then AES-256-GCM of the subject key, made in the token."""
        epoch, nonce = self.epoch, self._entropy(NONCE_BYTES)
        with self._session.used():
            wrapped = self._epoch_key(epoch).encrypt(
                subject_key,
                mechanism=Mechanism.AES_GCM,
                mechanism_param=self._binding(subject_id, epoch, nonce),
            )
        return WrappedKey(epoch, nonce + wrapped)

    def unwrap(self, subject_id: UUID, epoch: int, wrapped: bytes) -> bytes:
        """The 32 bytes of a wrapped subject key, opened in the token.

        Raises:
            VerificationError: the key was not wrapped by these keys for that subject and epoch.
            StoreUnavailable: the token cannot be used.
        """
        if epoch not in self._state.epochs:
            self.reload()  # another process may have begun it
        if epoch not in self._state.epochs:
            raise unknown_epoch(subject_id, epoch, self._state.epochs)
        if len(wrapped) != _WRAPPED_BYTES:
            raise not_unwrapped(subject_id, epoch, wrapped)
        with self._session.used():
            key = self._epoch_key(epoch)
            nonce = wrapped[:NONCE_BYTES]
            try:
                opened = key.decrypt(
                    wrapped[NONCE_BYTES:],
                    mechanism=Mechanism.AES_GCM,
                    mechanism_param=self._binding(subject_id, epoch, nonce),
                )
            except PKCS11Error as error:
                # Tokens disagree on the error of a wrong tag. One that still answers refused it.
                self._session.require_usable()
                raise not_unwrapped(subject_id, epoch, wrapped) from error
        return bytes(opened)

    def lookup_key(self, purpose: str) -> bytes:
        """The 32-byte key of one purpose: the HMAC of its name, made in the token.

        It is the last step of HKDF-SHA256 (RFC 5869, clause 2.3), with the key in the token as the
        pseudo-random key.
        """
        return self._hmac(f"zegel/{purpose}/v1".encode() + b"\x01")

    def check(self, generation: int) -> bytes:
        """The HMAC of origin, epoch and generation, made in the token.

        Raises:
            VerificationError: the epoch of that generation is not held any more.
        """
        epoch = epoch_at(self._state.epochs, generation)
        parts = (_CHECK_TEXT, self.origin.encode(), str(epoch).encode(), str(generation).encode())
        return self._hmac(b"\x00".join(parts))

    def reload(self) -> None:
        """Reads the state again.

        Raises:
            StoreUnavailable: the token cannot be used, or holds no keys of this log any more.
        """
        found = states_in(self._session).get(self.origin)
        if found is None:
            raise StoreUnavailable(f"{self.place}: expected keys of log {self.origin}, found none")
        self._state = found

    def advance(self, generation: int) -> None:
        """Moves the token to that generation, durable on return; nothing if it is there already.

        Raises:
            StoreUnavailable: it is at neither that generation nor the one before, or cannot be
                written; nothing was changed.
        """
        with self._session.changing():
            self.reload()
            if self.generation != generation:
                self._require_next(generation)
                self._write(msgspec.structs.replace(self._state, generation=generation))

    def begin_epoch(self, generation: int) -> int:
        """The number of a new epoch, which wraps from now on; its key is durable on return.

        Raises:
            StoreUnavailable: the token is not at the generation before, or cannot be written.
        """
        with self._session.changing():
            self.reload()
            self._require_next(generation)
            number = self.epoch + 1
            self._destroy_objects(self._label(f"epoch/{number}"))  # of an interrupted beginning
            self._make_epoch_key(number)
            epochs = {**self._state.epochs, number: generation}
            self._write(TokenState(origin=self.origin, generation=generation, epochs=epochs))
        return number

    def destroy_epochs(self, epochs: frozenset[int], generation: int) -> None:
        """Destroys the keys of these epochs in the token, durable on return.

        Raises:
            StoreUnavailable: the token is not at the generation before, or cannot be written.
            ValueError: the current epoch is among them.
        """
        with self._session.changing():
            self.reload()
            self._require_next(generation)
            if self.epoch in epochs:
                raise ValueError(f"epoch {self.epoch} is in use")
            for number in sorted(epochs):
                self._handles.pop(number, None)
                self._destroy_objects(self._label(f"epoch/{number}"))
            kept = {number: at for number, at in self._state.epochs.items() if number not in epochs}
            self._write(TokenState(origin=self.origin, generation=generation, epochs=kept))

    def _label(self, name: str) -> str:
        return f"zegel/{self.origin}/{name}"

    def _binding(self, subject_id: UUID, epoch: int, nonce: bytes) -> GCMParams:
        return GCMParams(nonce, wrapping_context(self.origin, subject_id, epoch), _TAG_BITS)

    def _epoch_key(self, epoch: int) -> Any:  # noqa: ANN401 - the library types its keys loosely
        key = self._handles.get(epoch)
        if key is None:
            label = self._label(f"epoch/{epoch}")
            key = self._handles[epoch] = self._session.key(KeyType.AES, label)
        return key

    def _hmac(self, text: bytes) -> bytes:
        with self._session.used():
            key = self._session.key(KeyType.GENERIC_SECRET, self._label("look-up"))
            return bytes(key.sign(text, mechanism=Mechanism.SHA256_HMAC))

    def _require_next(self, generation: int) -> None:
        if generation != self.generation + 1:
            raise StoreUnavailable(
                f"{self.place}: expected generation {generation - 1}, found {self.generation}; "
                "another step went on meanwhile; run the command again"
            )

    def _make_epoch_key(self, number: int) -> None:
        with self._session.used() as session:
            session.generate_key(
                KeyType.AES,
                KEY_BYTES * 8,
                label=self._label(f"epoch/{number}"),
                store=True,
                capabilities=MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT,
                template=_SECRET,
            )

    def _make_look_up_key(self) -> None:
        with self._session.used() as session:
            session.generate_key(
                KeyType.GENERIC_SECRET,
                KEY_BYTES * 8,
                label=self._label("look-up"),
                store=True,
                mechanism=Mechanism.GENERIC_SECRET_KEY_GEN,
                capabilities=MechanismFlag.SIGN,
                template=_SECRET,
            )

    def _write(self, state: TokenState) -> None:
        """Puts a new state beside the old one, then removes what is older."""
        label = self._label("state")
        with self._session.used() as session:
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.DATA,
                    Attribute.TOKEN: True,
                    Attribute.PRIVATE: True,
                    Attribute.APPLICATION: APPLICATION,
                    Attribute.LABEL: label,
                    Attribute.VALUE: msgspec.json.encode(state),
                }
            )
        self._state = state
        self._destroy_objects(
            label, lambda found: decoded_state(found).generation < state.generation
        )

    def _destroy_objects(self, label: str, chosen: Callable[[Any], bool] = lambda _: True) -> None:
        with self._session.used() as session:
            found = list(session.get_objects({Attribute.TOKEN: True, Attribute.LABEL: label}))
            for each in filter(chosen, found):
                each.destroy()

    def _begin(self) -> None:
        """Makes what a new log needs, but for what an interrupted creation made already."""
        if not self._has(self._label("look-up")):
            self._make_look_up_key()
        if not self._has(self._label(f"epoch/{FIRST_EPOCH}")):
            self._make_epoch_key(FIRST_EPOCH)
        self._write(self._state)

    def _has(self, label: str) -> bool:
        wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: label}
        with self._session.used() as session:
            return bool(list(session.get_objects(wanted)))
