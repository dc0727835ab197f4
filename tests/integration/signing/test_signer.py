"""The signer signs what continues its last checkpoint, and nothing else."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from ledger.errors import StoreUnavailable, VerificationError
from ledger.notes.checkpoint import open_checkpoint
from ledger.store.checkpoints import CheckpointTable
from ledger.store.schema import HEAD, RECORD
from tests.sealed_home import ORIGIN, SealedHome, without_passphrase


def refusal(home: SealedHome) -> tuple[str, int | None]:
    """Why the signer does not sign; and it must not have moved."""
    before = home.signing.state.read()
    with pytest.raises(VerificationError) as caught:
        home.seal()
    assert home.signing.state.read() == before
    return caught.value.verdict, caught.value.index


def test_a_checkpoint_is_signed_by_the_key_of_the_log(sealed_home: SealedHome) -> None:
    """Whoever has the verifier key could not tell our checkpoint from anybody else's."""
    sealed_home.add(3)
    sealed = sealed_home.seal()
    key = sealed_home.signing.current_term().key
    opened = open_checkpoint(sealed.note, [key])
    with closing(sealed_home.open()) as ledger:
        head = ledger.head()
        stored = CheckpointTable(ledger.log.engine, ledger.log.log_id).newest()
    assert (opened.origin, opened.size) == (ORIGIN, 3)
    assert opened.root == sealed_home.verify().root
    assert head.size == 3
    assert stored is not None
    assert (stored.size, stored.root, stored.note) == (3, opened.root, sealed.note)


def test_nothing_new_gives_the_last_checkpoint_again(sealed_home: SealedHome) -> None:
    """An idle log would collect checkpoints that say nothing."""
    sealed_home.add(1)
    first = sealed_home.seal()
    again = sealed_home.seal()
    assert not again.is_new
    assert again.note == first.note


def test_only_new_records_are_read_again(sealed_home: SealedHome) -> None:
    """Sealing would cost more the longer the log is."""
    sealed_home.add(300)
    sealed_home.seal()
    sealed_home.add(5)
    assert sealed_home.seal().new_records == 5
    # A change long before the last checkpoint is for verification to find, not for the signer.
    sealed_home.write(RECORD, 3, kind="access.denied.v1")
    sealed_home.add(1)
    assert sealed_home.seal().new_records == 1
    assert sealed_home.faults() == {("MODIFIED", 3)}


def test_a_truncated_log_is_not_signed(sealed_home: SealedHome) -> None:
    """Signed records could be cut off and the rest be signed as if nothing had happened."""
    sealed_home.add(5)
    sealed_home.seal()
    sealed_home.truncate(3, with_checkpoints=False)
    assert refusal(sealed_home) == ("TRUNCATED", 3)


def test_a_restored_backup_is_not_signed(sealed_home: SealedHome) -> None:
    """What was recorded after a backup would be gone, and the gap be signed over."""
    sealed_home.add(3)
    sealed_home.seal()
    backup = sealed_home.copy()
    sealed_home.add(2)
    sealed_home.seal()
    sealed_home.restore(backup)
    assert refusal(sealed_home) == ("ROLLED_BACK", 3)


@pytest.mark.parametrize("added", [2, 4])
def test_another_history_is_not_signed(sealed_home: SealedHome, added: int) -> None:
    """Two people could hold validly signed checkpoints of two histories."""
    sealed_home.add(3)
    backup = sealed_home.copy()
    sealed_home.add(2)
    sealed_home.seal()
    sealed_home.restore(backup)
    sealed_home.add(added)
    assert refusal(sealed_home) == ("FORK", 4)


def test_a_history_rewritten_with_all_its_hashes_is_not_signed(sealed_home: SealedHome) -> None:
    """Whoever owns the database could change the oldest record and have it signed."""
    sealed_home.add(5)
    sealed_home.seal()
    sealed_home.rewrite(lambda body: body.replace(b"customer-file", b"customer-fine"))
    sealed_home.add(1)
    assert refusal(sealed_home) == ("FORK", 4)


def test_a_changed_last_signed_record_is_not_signed_over(sealed_home: SealedHome) -> None:
    """A record could be changed between two checkpoints without the signer noticing."""
    sealed_home.add(4)
    sealed_home.seal()
    sealed = sealed_home.record_row(3)["sealed"]
    sealed_home.write(RECORD, 3, sealed=sealed.replace(b"customer", b"custemer"))
    assert refusal(sealed_home) == ("MODIFIED", 3)


def test_a_lost_last_signed_record_is_not_signed_over(sealed_home: SealedHome) -> None:
    """A record could be removed between two checkpoints without the signer noticing."""
    sealed_home.add(4)
    sealed_home.seal()
    sealed_home.add(2)
    with sealed_home.rogue() as connection:
        connection.execute(delete(RECORD).where(RECORD.c.idx == 3))
    assert refusal(sealed_home) == ("MISSING", 3)


def test_new_records_are_hashed_again_before_they_are_signed(sealed_home: SealedHome) -> None:
    """A bit that flipped on disk before sealing would be signed for ever."""
    sealed_home.add(2)
    sealed_home.seal()
    sealed_home.add(4)
    sealed = sealed_home.record_row(4)["sealed"]
    sealed_home.write(RECORD, 4, sealed=sealed.replace(b"customer", b"custemer"))
    assert refusal(sealed_home) == ("MODIFIED", 4)


def test_a_changed_copy_in_a_new_record_is_not_signed(sealed_home: SealedHome) -> None:
    """Questions would be answered from a column that the sealed bytes contradict."""
    sealed_home.add(4)
    sealed_home.write(RECORD, 2, kind="access.denied.v1")
    assert refusal(sealed_home) == ("MODIFIED", 2)


def test_a_gap_in_new_records_is_not_signed(sealed_home: SealedHome) -> None:
    """A record that was acknowledged could vanish before it is signed."""
    sealed_home.add(5)
    with sealed_home.rogue() as connection:
        connection.execute(delete(RECORD).where(RECORD.c.idx == 2))
    assert refusal(sealed_home) == ("MISSING", 2)


def test_a_changed_leaf_hash_below_the_last_checkpoint_is_not_signed_over(
    sealed_home: SealedHome,
) -> None:
    """Proofs would be made from a leaf hash that leads to another root than the signed one."""
    sealed_home.add(4)
    sealed_home.seal()
    sealed_home.write(RECORD, 1, leaf_hash=bytes(32))
    sealed_home.add(1)
    assert refusal(sealed_home) == ("TILE_MISMATCH", None)


def test_a_changed_head_is_not_signed(sealed_home: SealedHome) -> None:
    """A head that commits to something else than the records would pass for sealed."""
    sealed_home.add(3)
    with sealed_home.rogue() as connection:
        connection.execute(update(HEAD).values(frontier=bytes(64)))
    assert refusal(sealed_home) == ("MODIFIED", None)


def test_a_signer_without_its_memory_signs_nothing(sealed_home: SealedHome) -> None:
    """Whoever removes one file could have any history signed from its beginning."""
    sealed_home.add(1)
    sealed_home.seal()
    sealed_home.signing.state.path.unlink()
    with pytest.raises(StoreUnavailable, match="expected what was signed last, found no file"):
        sealed_home.seal()


def test_the_state_of_another_log_is_refused(sealed_home: SealedHome, tmp_path: Path) -> None:
    """Two logs on one machine would refuse each other's records as forks."""
    sealed_home.add(1)
    other = tmp_path / "other"
    other.mkdir()
    home = SealedHome(sealed_home.url, other)
    home.signing.create("other.example/log", without_passphrase)
    home.key_file = sealed_home.key_file
    with pytest.raises(StoreUnavailable, match=r"expected that of seal\.example/log"):
        home.seal()
