"""Wrapped subject keys: bound to their log, subject and epoch."""

import os
from dataclasses import replace
from uuid import UUID

import pytest

from ledger.errors import VerificationError
from ledger.vault.keys import KEY_BYTES
from ledger.vault.local_keys import EpochKey, LocalKeys

_SUBJECT = UUID("01a200f9-f5a5-72d0-bebd-5b0f05f4251b")
_OTHER = UUID("01a200f9-f5a5-72d0-bebd-5b102ec2082c")


@pytest.fixture
def keys() -> LocalKeys:
    return LocalKeys.fresh("log.example/1", os.urandom)


def test_a_wrapped_key_unwraps(keys: LocalKeys) -> None:
    """A subject key that does not come back would make its values unreadable."""
    subject_key = os.urandom(KEY_BYTES)
    wrapped = keys.wrap(_SUBJECT, subject_key)
    assert wrapped.epoch == keys.epoch
    assert keys.unwrap(_SUBJECT, *wrapped) == subject_key


def test_wrapping_twice_never_repeats_a_nonce(keys: LocalKeys) -> None:
    """A repeated nonce under one epoch key would break the encryption of both keys."""
    wrapped = {keys.wrap(_SUBJECT, bytes(KEY_BYTES)).wrapped for _ in range(100)}
    assert len({each[:12] for each in wrapped}) == 100


def test_a_key_moved_to_another_subject_does_not_unwrap(keys: LocalKeys) -> None:
    """Whoever writes the database could give one person the key of another."""
    wrapped = keys.wrap(_SUBJECT, bytes(KEY_BYTES))
    with pytest.raises(VerificationError, match="do not unwrap"):
        keys.unwrap(_OTHER, *wrapped)


def test_a_key_of_another_log_does_not_unwrap(keys: LocalKeys) -> None:
    """Rows copied from one log to another would be taken for its own."""
    wrapped = keys.wrap(_SUBJECT, bytes(KEY_BYTES))
    with pytest.raises(VerificationError, match="do not unwrap"):
        replace(keys, origin="log.example/2").unwrap(_SUBJECT, *wrapped)


def test_a_key_of_another_epoch_does_not_unwrap(keys: LocalKeys) -> None:
    """A changed epoch column would pass unnoticed."""
    both = replace(keys, epoch_keys={**keys.epoch_keys, 2: keys.epoch_keys[1]})
    wrapped = keys.wrap(_SUBJECT, bytes(KEY_BYTES)).wrapped
    with pytest.raises(VerificationError, match="do not unwrap"):
        both.unwrap(_SUBJECT, 2, wrapped)
    with pytest.raises(VerificationError, match="expected an epoch of 1, 2, found 3"):
        both.unwrap(_SUBJECT, 3, wrapped)


@pytest.mark.parametrize("length", [0, 5, 12, 27, 59])
def test_a_cut_key_does_not_unwrap(keys: LocalKeys, length: int) -> None:
    """A truncated row would surface as an error of the cryptography library."""
    with pytest.raises(VerificationError, match=f"found {length} bytes"):
        keys.unwrap(_SUBJECT, keys.epoch, keys.wrap(_SUBJECT, bytes(KEY_BYTES)).wrapped[:length])


def test_purposes_have_independent_keys(keys: LocalKeys) -> None:
    """One key for two purposes would let digests of one answer questions about the other."""
    purposes = ["index", "sameness", "identifier"]
    assert len({keys.lookup_key(purpose) for purpose in purposes}) == 3
    assert all(len(keys.lookup_key(purpose)) == KEY_BYTES for purpose in purposes)


def test_look_ups_survive_a_new_epoch_and_the_check_does_not(keys: LocalKeys) -> None:
    """After a rotation nobody would be found, or old keys would pass for the new ones."""
    rotated = keys.with_new_epoch(2)
    assert rotated.epoch == 2
    assert rotated.lookup_key("index") == keys.lookup_key("index")
    assert rotated.check(2) != keys.check(1)


def test_what_was_wrapped_before_a_rotation_still_unwraps(keys: LocalKeys) -> None:
    """Values of everybody whose key is not yet wrapped anew would be unreadable."""
    wrapped = keys.wrap(_SUBJECT, bytes(KEY_BYTES))
    assert keys.with_new_epoch(2).unwrap(_SUBJECT, *wrapped) == bytes(KEY_BYTES)


def test_the_check_of_the_generation_before_stays(keys: LocalKeys) -> None:
    """A crash between the store and the database would leave a log that nobody can open."""
    advanced = keys.advanced(2)
    assert advanced.check(1) == keys.check(1)
    rotated = advanced.with_new_epoch(3)
    assert rotated.check(2) == advanced.check(2)
    destroyed = rotated.without_epochs(frozenset({1}), 4)
    assert destroyed.check(3) == rotated.check(3)
    assert len({keys.check(1), advanced.check(2), rotated.check(3), destroyed.check(4)}) == 4


def test_a_destroyed_epoch_is_gone_and_the_current_one_cannot_be(keys: LocalKeys) -> None:
    """Keys would be called destroyed that still open values, or nothing could be wrapped."""
    rotated = keys.with_new_epoch(2)
    wrapped = keys.wrap(_SUBJECT, bytes(KEY_BYTES))
    destroyed = rotated.without_epochs(frozenset({1}), 3)
    with pytest.raises(VerificationError, match="expected an epoch of 2, found 1"):
        destroyed.unwrap(_SUBJECT, *wrapped)
    with pytest.raises(VerificationError, match="epoch of generation 1, found its key destroyed"):
        destroyed.check(1)
    with pytest.raises(ValueError, match="epoch 2 is in use"):
        rotated.without_epochs(frozenset({1, 2}), 3)


def test_the_check_depends_on_every_secret(keys: LocalKeys) -> None:
    """A key file with one wrong key would be accepted."""
    others = [
        replace(keys, origin="log.example/2"),
        replace(keys, epoch_keys={1: EpochKey(os.urandom(KEY_BYTES), 1)}),
        replace(keys, lookup_secret=os.urandom(KEY_BYTES)),
    ]
    assert all(other.check(1) != keys.check(1) for other in others)


def test_keys_do_not_show_in_a_traceback(keys: LocalKeys) -> None:
    """A log file with a traceback would hold the keys of the vault."""
    assert "lookup_secret" not in repr(keys)
    assert repr(keys.lookup_secret) not in repr(keys)
