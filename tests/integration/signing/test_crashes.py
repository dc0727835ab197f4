"""A signer that dies at any step goes on from there, and never signs two histories."""

from contextlib import closing

import pytest

from ledger.errors import StoreUnavailable, VerificationError
from ledger.signing import rotation
from ledger.signing.signer_state import StateFile
from ledger.store.checkpoints import CheckpointTable
from ledger.store.tiles import TileTable
from tests.sealed_home import SealedHome, without_passphrase


class CrashError(Exception):
    """The process is gone."""


def crash(*_: object, **__: object) -> None:
    """Does nothing but die."""
    raise CrashError


def stored(home: SealedHome) -> list[int]:
    """The sizes of the published checkpoints."""
    with closing(home.open()) as ledger:
        table = CheckpointTable(ledger.log.engine, ledger.log.log_id)
        return [row.size for row in table.scan()]


def test_a_signed_checkpoint_is_published_after_a_crash(
    sealed_home: SealedHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signer would stand by a checkpoint that nobody ever sees."""
    sealed_home.add(3)
    with monkeypatch.context() as patched:
        patched.setattr(CheckpointTable, "add", crash)
        with pytest.raises(CrashError):
            sealed_home.seal()
    state = sealed_home.signing.state.read()
    assert (state.size, stored(sealed_home)) == (3, [])
    assert sealed_home.seal().note == state.note
    assert stored(sealed_home) == [3]
    sealed_home.seal()
    assert stored(sealed_home) == [3]


def test_after_a_crash_behind_the_signature_no_other_history_is_signed(
    sealed_home: SealedHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkpoint that left the machine just before a crash could be contradicted later."""
    sealed_home.add(2)
    backup = sealed_home.copy()
    sealed_home.add(1)
    with monkeypatch.context() as patched:
        patched.setattr(CheckpointTable, "add", crash)
        with pytest.raises(CrashError):
            sealed_home.seal()
    sealed_home.restore(backup)
    sealed_home.add(1)
    with pytest.raises(VerificationError, match="FORK"):
        sealed_home.seal()


@pytest.mark.parametrize(("owner", "step"), [(TileTable, "_store"), (StateFile, "replace")])
def test_a_crash_before_the_state_is_as_if_nothing_was_signed(
    sealed_home: SealedHome, monkeypatch: pytest.MonkeyPatch, owner: type, step: str
) -> None:
    """A crash in the middle would leave a log that cannot be sealed any more."""
    sealed_home.add(300)
    with monkeypatch.context() as patched:
        patched.setattr(owner, step, crash)
        with pytest.raises(CrashError):
            sealed_home.seal()
    assert sealed_home.signing.state.read().size == 0
    assert sealed_home.seal().checkpoint.size == 300
    assert sealed_home.faults() == set()


def test_a_state_that_moved_meanwhile_is_not_overwritten(sealed_home: SealedHome) -> None:
    """Of two signers with one state, the slower one could sign what the other did not see."""
    sealed_home.add(1)
    before = sealed_home.signing.state.read()
    sealed_home.seal()
    after = sealed_home.signing.state.read()
    with pytest.raises(StoreUnavailable, match="another signer uses it"):
        sealed_home.signing.state.replace(before, before)
    assert sealed_home.signing.state.read() == after


@pytest.mark.parametrize("step", ["_recorded", "_hand_over"])
def test_an_interrupted_rotation_is_continued(
    sealed_home: SealedHome, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Each crash would leave one more key, and records of keys that never signed."""
    sealed_home.add(2)
    sealed_home.seal()
    with monkeypatch.context() as patched, closing(sealed_home.open()) as ledger:
        patched.setattr(rotation, step, crash)
        with pytest.raises(CrashError):
            rotation.rotate_key(ledger, sealed_home.signing, without_passphrase)
    sealed_home.add(1)
    sealed_home.seal()  # the old key goes on meanwhile
    with closing(sealed_home.open()) as ledger:
        done = rotation.rotate_key(ledger, sealed_home.signing, without_passphrase)
        size = ledger.head().size
    assert size == 4  # three facts, one rotation
    assert len(list(sealed_home.signing.keys.iterdir())) == 2
    assert sealed_home.signing.current_term().key == done.new
    assert sealed_home.faults() == set()
