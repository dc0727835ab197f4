"""What every key store has to do, asked of a file and of a token alike."""

from abc import ABC, abstractmethod
from uuid import uuid4

import pytest

from ledger.errors import StoreUnavailable, VerificationError
from ledger.vault.keys import KEY_BYTES, KeyStore

_KEY = bytes(range(KEY_BYTES))


class KeyStoreCases(ABC):
    """A subclass gives the store; each test finds a fresh one in `keys`."""

    @pytest.fixture
    @abstractmethod
    def keys(self) -> KeyStore:
        """New keys of a log of their own."""

    @abstractmethod
    def opened_again(self, keys: KeyStore) -> KeyStore:
        """The same keys, as another process would open them."""

    def test_a_new_store_begins_at_one(self, keys: KeyStore) -> None:
        """Generations and epochs of store and database would not begin at the same number."""
        assert (keys.epoch, keys.generation, dict(keys.epochs)) == (1, 1, {1: 1})

    def test_a_wrapped_key_comes_back_after_a_restart(self, keys: KeyStore) -> None:
        """Every value of a person would be lost with the process that wrote it."""
        subject_id = uuid4()
        wrapped = keys.wrap(subject_id, _KEY)
        assert wrapped.epoch == 1
        assert self.opened_again(keys).unwrap(subject_id, *wrapped) == _KEY

    def test_a_wrapped_key_opens_for_its_subject_alone(self, keys: KeyStore) -> None:
        """Whoever writes the database could give one person the key of another."""
        wrapped = keys.wrap(uuid4(), _KEY)
        with pytest.raises(VerificationError, match="do not unwrap"):
            keys.unwrap(uuid4(), *wrapped)

    @pytest.mark.parametrize("length", [0, 12, 27, 59])
    def test_a_cut_key_does_not_open(self, keys: KeyStore, length: int) -> None:
        """A damaged row would surface as an error of some library, or as another key."""
        subject_id = uuid4()
        wrapped = keys.wrap(subject_id, _KEY).wrapped[:length]
        with pytest.raises(VerificationError, match=f"found {length} bytes"):
            keys.unwrap(subject_id, 1, wrapped)

    def test_a_changed_key_does_not_open(self, keys: KeyStore) -> None:
        """A changed row would give a key that opens nothing, far from its cause."""
        subject_id = uuid4()
        wrapped = bytearray(keys.wrap(subject_id, _KEY).wrapped)
        wrapped[20] ^= 1
        with pytest.raises(VerificationError, match="do not unwrap"):
            keys.unwrap(subject_id, 1, bytes(wrapped))

    def test_look_up_keys_differ_by_purpose_and_stay(self, keys: KeyStore) -> None:
        """Nobody would be found after a restart or a rotation, or one digest answer for another."""
        purposes = ("index", "sameness", "identifier")
        found = [keys.lookup_key(purpose) for purpose in purposes]
        assert len(set(found)) == len(purposes)
        assert {len(key) for key in found} == {KEY_BYTES}
        keys.begin_epoch(2)
        again = self.opened_again(keys)
        assert [again.lookup_key(purpose) for purpose in purposes] == found

    def test_a_generation_is_kept(self, keys: KeyStore) -> None:
        """Old keys would be taken for the newest after a restart."""
        keys.advance(2)
        keys.advance(3)
        assert keys.generation == 3
        assert self.opened_again(keys).generation == 3

    def test_a_repeated_step_changes_nothing(self, keys: KeyStore) -> None:
        """A step that was interrupted could not be taken again."""
        keys.advance(2)
        keys.advance(2)
        assert keys.generation == 2

    @pytest.mark.parametrize("generation", [1, 4])
    def test_a_generation_moves_by_one_and_upwards(self, keys: KeyStore, generation: int) -> None:
        """An older key could be made to look new, or a database be locked out of its keys."""
        keys.advance(2)
        with pytest.raises(StoreUnavailable, match="another step went on"):
            keys.advance(generation)
        assert self.opened_again(keys).generation == 2

    def test_a_step_sees_what_another_process_did(self, keys: KeyStore) -> None:
        """Of two processes that change the keys, one would undo what the other did."""
        other = self.opened_again(keys)
        other.begin_epoch(2)
        with pytest.raises(StoreUnavailable, match="another step went on"):
            keys.begin_epoch(2)
        keys.advance(3)
        assert dict(self.opened_again(keys).epochs) == {1: 1, 2: 2}
        other.reload()
        assert other.generation == 3

    def test_a_new_epoch_wraps_and_the_old_one_still_opens(self, keys: KeyStore) -> None:
        """Keys that are not wrapped anew yet would be lost."""
        subject_id = uuid4()
        before = keys.wrap(subject_id, _KEY)
        assert keys.begin_epoch(2) == 2
        after = keys.wrap(subject_id, _KEY)
        assert (before.epoch, after.epoch) == (1, 2)
        for store in (keys, self.opened_again(keys)):
            assert store.unwrap(subject_id, *before) == store.unwrap(subject_id, *after) == _KEY

    def test_an_epoch_of_another_process_is_found(self, keys: KeyStore) -> None:
        """A process that was running during a rotation could not open what others wrote since."""
        subject_id = uuid4()
        other = self.opened_again(keys)
        other.begin_epoch(2)
        assert keys.unwrap(subject_id, *other.wrap(subject_id, _KEY)) == _KEY

    def test_a_destroyed_epoch_opens_nothing(self, keys: KeyStore) -> None:
        """A key would be called destroyed and still open old copies of the database."""
        subject_id = uuid4()
        wrapped = keys.wrap(subject_id, _KEY)
        keys.begin_epoch(2)
        keys.destroy_epochs(frozenset({1}), 3)
        for store in (keys, self.opened_again(keys)):
            assert dict(store.epochs) == {2: 2}
            with pytest.raises(VerificationError, match="expected an epoch of 2, found 1"):
                store.unwrap(subject_id, *wrapped)

    def test_destroying_twice_is_no_fault(self, keys: KeyStore) -> None:
        """A destruction that was interrupted could not be finished."""
        keys.begin_epoch(2)
        keys.destroy_epochs(frozenset({1}), 3)
        keys.destroy_epochs(frozenset({1}), 4)
        assert self.opened_again(keys).generation == 4

    def test_the_current_epoch_is_never_destroyed(self, keys: KeyStore) -> None:
        """Everybody's key would be gone at one slip."""
        with pytest.raises(ValueError, match="epoch 1 is in use"):
            keys.destroy_epochs(frozenset({1}), 2)
        assert self.opened_again(keys).epoch == 1

    def test_the_check_belongs_to_a_generation(self, keys: KeyStore) -> None:
        """A database could not tell its keys from others, or from those of before."""
        checks = [keys.check(1)]
        keys.advance(2)
        assert keys.check(1) == checks[0]
        checks.append(keys.check(2))
        keys.begin_epoch(3)
        assert keys.check(2) == checks[1]
        checks.append(keys.check(3))
        again = self.opened_again(keys)
        assert [again.check(generation) for generation in (1, 2, 3)] == checks
        assert len(set(checks)) == len(checks)
        assert {len(check) for check in checks} == {32}
