"""The two key stores do the same: a file, and a token (SoftHSM)."""

import os
from pathlib import Path
from uuid import uuid4

import pkcs11
import pytest
from pkcs11 import Attribute, ObjectClass

from ledger.errors import StoreUnavailable
from ledger.vault.key_file import FileKeys
from ledger.vault.key_stores import create_keys, discard_keys, keys_exist, open_keys
from ledger.vault.keys import KEY_BYTES, KeyStore
from ledger.vault.token_keys import TokenKeys
from ledger.vault.token_session import token_session
from ledger.vault.token_uri import TokenUri
from tests.key_store_cases import KeyStoreCases


class TestKeyFile(KeyStoreCases):
    """A key file."""

    @pytest.fixture
    def keys(self, tmp_path: Path) -> KeyStore:
        """In a new file."""
        return FileKeys.create(tmp_path / "keys.json", "log.example/1", os.urandom)

    def opened_again(self, keys: KeyStore) -> KeyStore:
        """As another process would open them."""
        assert isinstance(keys, FileKeys)
        return FileKeys(keys.path, os.urandom)


@pytest.fixture
def token(token_uri: str) -> TokenUri:
    return TokenUri.parse(token_uri)


@pytest.fixture
def origin() -> str:
    """Of a log whose keys no other test has."""
    return f"log.example/{uuid4().hex}"


class TestToken(KeyStoreCases):
    """A token."""

    uri: TokenUri

    @pytest.fixture
    def keys(self, token: TokenUri, origin: str) -> KeyStore:
        """In the token of this run."""
        self.uri = token
        return TokenKeys.create(token, origin, os.urandom)

    def opened_again(self, keys: KeyStore) -> KeyStore:
        """As another process would open them."""
        return TokenKeys.open(self.uri, keys.origin, os.urandom)


def test_keys_never_leave_the_token(token: TokenUri, origin: str) -> None:
    """A token that gives its keys away protects no better than a file."""
    create_keys(token, origin, os.urandom).begin_epoch(2)
    names = {f"zegel/{origin}/{name}" for name in ("epoch/1", "epoch/2", "look-up")}
    with token_session(token).used() as session:
        found = {
            key[Attribute.LABEL]: key
            for key in session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY})
            if key[Attribute.LABEL] in names
        }
        assert found.keys() == names
        for key in found.values():
            assert (key[Attribute.SENSITIVE], key[Attribute.EXTRACTABLE]) == (True, False)
            assert (key[Attribute.ALWAYS_SENSITIVE], key[Attribute.LOCAL]) == (True, True)
            assert (key[Attribute.WRAP], key[Attribute.UNWRAP]) == (False, False)
            with pytest.raises(pkcs11.exceptions.AttributeSensitive):
                key[Attribute.VALUE]


def test_the_key_of_a_destroyed_epoch_is_no_object_any_more(token: TokenUri, origin: str) -> None:
    """The key would only be forgotten by us, and lie in the token for whoever asks."""
    keys = create_keys(token, origin, os.urandom)
    keys.begin_epoch(2)
    keys.destroy_epochs(frozenset({1}), 3)
    label = {Attribute.LABEL: f"zegel/{origin}/epoch/1"}
    with token_session(token).used() as session:
        assert list(session.get_objects(label)) == []


@pytest.mark.parametrize("step", ["_make_epoch_key", "_write"])
def test_an_interrupted_new_epoch_leaves_the_old_one(
    token: TokenUri, origin: str, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A crash between two objects would leave a token that nobody can use."""
    keys = create_keys(token, origin, os.urandom)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(TokenKeys, step, crash)
        with pytest.raises(KeyboardInterrupt):
            keys.begin_epoch(2)
    again = open_keys(token, origin, os.urandom)
    assert (again.epoch, again.generation) == (1, 1)
    assert again.begin_epoch(2) == 2
    subject_id = uuid4()
    assert again.unwrap(subject_id, *again.wrap(subject_id, bytes(KEY_BYTES))) == bytes(KEY_BYTES)


def test_an_interrupted_destruction_is_repeated(
    token: TokenUri, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a crash the key would be gone and the token would still name it, for ever."""
    keys = create_keys(token, origin, os.urandom)
    keys.begin_epoch(2)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(TokenKeys, "_write", crash)
        with pytest.raises(KeyboardInterrupt):
            keys.destroy_epochs(frozenset({1}), 3)
    again = open_keys(token, origin, os.urandom)
    assert (dict(again.epochs), again.generation) == ({1: 1, 2: 2}, 2)
    again.destroy_epochs(frozenset({1}), 3)
    assert dict(again.epochs) == {2: 2}


def test_of_two_states_the_newer_one_counts(
    token: TokenUri, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash before the old state is removed would set the generation back."""
    keys = create_keys(token, origin, os.urandom)

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(TokenKeys, "_destroy_objects", crash)
        with pytest.raises(KeyboardInterrupt):
            keys.advance(2)
    again = open_keys(token, origin, os.urandom)
    assert again.generation == 2
    again.advance(3)
    with token_session(token).used() as session:
        assert len(list(session.get_objects({Attribute.LABEL: f"zegel/{origin}/state"}))) == 1


def test_one_token_keeps_the_keys_of_many_logs_apart(token: TokenUri, origin: str) -> None:
    """Keys of one log would be overwritten by, or taken for, those of another."""
    first = create_keys(token, origin, os.urandom)
    second = create_keys(token, f"{origin}/2", os.urandom)
    assert first.lookup_key("index") != second.lookup_key("index")
    with pytest.raises(StoreUnavailable, match="never overwritten"):
        create_keys(token, origin, os.urandom)
    with pytest.raises(StoreUnavailable, match=r"expected keys of log log\.example/none"):
        open_keys(token, "log.example/none", os.urandom)


@pytest.mark.parametrize("step", ["_make_look_up_key", "_make_epoch_key", "_write"])
def test_an_interrupted_creation_is_repeated(
    token: TokenUri, origin: str, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A crash would leave a name that no log can have any more, or two keys of one name."""

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(TokenKeys, step, crash)
        with pytest.raises(KeyboardInterrupt):
            create_keys(token, origin, os.urandom)
    assert not keys_exist(token, origin)
    keys = create_keys(token, origin, os.urandom)
    subject_id = uuid4()
    assert keys.unwrap(subject_id, *keys.wrap(subject_id, bytes(KEY_BYTES))) == bytes(KEY_BYTES)
    assert len(keys.lookup_key("index")) == KEY_BYTES


def test_keys_that_no_database_knows_are_discarded(token: TokenUri, origin: str) -> None:
    """Another log of the same name could never be made again."""
    create_keys(token, origin, os.urandom)
    assert keys_exist(token, origin)
    discard_keys(token, origin)
    assert not keys_exist(token, origin)
    create_keys(token, origin, os.urandom)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("token=", "token=other-"), "expected a token of that name"),
        (("module-path=/", "module-path=/absent/"), "cannot be used: .*while loading"),
    ],
)
def test_a_token_that_is_not_there_is_named(
    token: TokenUri, change: tuple[str, str], expected: str
) -> None:
    """An operator would see the error of a library that he does not know."""
    elsewhere = TokenUri.parse(token.text.replace(*change))
    with pytest.raises(StoreUnavailable, match=expected):
        open_keys(elsewhere, None, os.urandom)
