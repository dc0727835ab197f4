"""What was done to a sealed database is found by verification, and called what it is."""

from contextlib import closing

import pytest
from sqlalchemy import delete, insert, update

from ledger.errors import VerificationError
from ledger.levels import Trust, verify_quick, verify_since
from ledger.notes.signed_note import UnverifiedNote, encode_note
from ledger.signing.signing_key import fresh_key
from ledger.store.schema import CHECKPOINT, HEAD, RECORD, TILE
from ledger.verification.findings import Report
from tests.sealed_home import ORIGIN, SealedHome, forged_root

SIZE = 6


@pytest.fixture
def sealed(sealed_home: SealedHome) -> SealedHome:
    """A log of six records, sealed after four and after all."""
    sealed_home.add(4)
    sealed_home.seal()
    sealed_home.add(2)
    sealed_home.seal()
    return sealed_home


def test_a_sealed_log_verifies(sealed: SealedHome) -> None:
    """Nobody would believe a verification that warns of what is in order."""
    report = sealed.verify(sealed.seal().note)
    assert (report.outcome, report.findings) == ("valid", ())
    assert (report.checkpoints_checked, report.signed_size) == (3, SIZE)


def test_what_is_not_signed_yet_is_told_and_no_fault(sealed: SealedHome) -> None:
    """A reader would take the newest records for signed, or young records for tampering."""
    sealed.add(3)
    report = sealed.verify()
    assert report.outcome == "valid"
    (tail,) = report.findings
    assert (tail.verdict, tail.index, tail.last_index) == ("UNSIGNED_TAIL", SIZE, SIZE + 2)


def test_an_edited_record_is_found(sealed: SealedHome) -> None:
    """A record could be changed after it was signed."""
    sealed.write(RECORD, 2, sealed=sealed.record_row(2)["sealed"] + b" ")
    assert sealed.faults() == {("MODIFIED", 2)}


def test_a_changed_copy_is_found(sealed: SealedHome) -> None:
    """A question would be answered from a column that the sealed bytes contradict."""
    sealed.write(RECORD, 1, system="elsewhere")
    assert sealed.faults() == {("MODIFIED", 1)}


def test_an_inserted_record_is_found(sealed: SealedHome) -> None:
    """A record that never was could be put behind the last one."""
    row = sealed.record_row(SIZE - 1)
    with sealed.rogue() as connection:
        connection.execute(insert(RECORD).values(row | {"idx": SIZE, "version": 99}))
    assert sealed.faults() == {("INSERTED", SIZE)}


def test_a_deleted_record_is_found(sealed: SealedHome) -> None:
    """A record could be removed from the middle."""
    with sealed.rogue() as connection:
        connection.execute(delete(RECORD).where(RECORD.c.idx == 2))
    assert ("MISSING", 2) in sealed.faults()


def test_swapped_records_are_found(sealed: SealedHome) -> None:
    """The order of events could be turned around."""
    first, second = sealed.record_row(1), sealed.record_row(2)
    with sealed.rogue() as connection:
        connection.execute(delete(RECORD).where(RECORD.c.idx.in_((1, 2))))
        swapped = [first | {"idx": 2}, second | {"idx": 1}]
        connection.execute(insert(RECORD), swapped)
    assert {("REORDERED", 1), ("REORDERED", 2)} <= sealed.faults()


def test_a_truncated_log_contradicts_its_own_checkpoint(sealed: SealedHome) -> None:
    """The newest records could be cut off with a head that fits what is left."""
    sealed.truncate(4, with_checkpoints=False)
    assert sealed.faults() == {("TRUNCATED", 4)}


def test_a_truncated_log_without_checkpoints_contradicts_a_kept_one(sealed: SealedHome) -> None:
    """Who cuts off records could cut off the checkpoints over them too."""
    kept = sealed.seal().note
    sealed.truncate(3, with_checkpoints=True)
    assert sealed.faults() == set()
    assert sealed.faults(kept) == {("TRUNCATED", 3)}


def test_a_restored_copy_is_called_rolled_back(sealed_home: SealedHome) -> None:
    """A backup is whole in itself: only a kept checkpoint shows that it is old."""
    sealed_home.add(3)
    sealed_home.seal()
    backup = sealed_home.copy()
    sealed_home.add(2)
    kept = sealed_home.seal().note
    sealed_home.restore(backup)
    assert sealed_home.faults() == set()
    assert sealed_home.faults(kept) == {("ROLLED_BACK", 3)}


def test_two_heads_are_called_a_fork(sealed_home: SealedHome) -> None:
    """Two people could be shown two histories."""
    sealed_home.add(3)
    first = sealed_home.seal().note
    backup = sealed_home.copy()
    sealed_home.add(2)
    kept = sealed_home.seal().note
    sealed_home.restore(backup)
    sealed_home.add(2)
    assert sealed_home.faults(first) == set()
    assert sealed_home.faults(first, kept) == {("FORK", 3)}


def test_a_history_rewritten_with_all_its_hashes_contradicts_its_checkpoints(
    sealed: SealedHome,
) -> None:
    """Whoever owns the database could change the oldest record without a trace."""
    kept = sealed.seal().note
    sealed.rewrite(lambda body: body.replace(b"customer-file", b"customer-fine"))
    assert sealed.faults() == {("FORK", 0)}
    with sealed.rogue() as connection:
        connection.execute(delete(CHECKPOINT))
    assert sealed.faults() == set()  # nothing in the database shows it any more
    assert sealed.faults(kept) == {("FORK", 0)}


def test_a_forged_checkpoint_is_found(sealed: SealedHome) -> None:
    """A root could be put into a checkpoint that nobody signed."""
    forged = forged_root(sealed.seal().note)
    with sealed.rogue() as connection:
        last = CHECKPOINT.c.size == SIZE
        connection.execute(update(CHECKPOINT).where(last).values(note=forged))
    assert sealed.faults() == {("BAD_SIGNATURE", None)}


def test_a_checkpoint_of_an_unknown_key_is_found(sealed: SealedHome) -> None:
    """Anybody could sign a rewritten history with a key of their own."""
    text = sealed.seal().note.decode().partition("\n\n")[0] + "\n"
    line = fresh_key(ORIGIN).sign(text)
    with sealed.rogue() as connection:
        last = CHECKPOINT.c.size == SIZE
        note = encode_note(UnverifiedNote(text, (line,)))
        connection.execute(update(CHECKPOINT).where(last).values(note=note))
    assert sealed.faults() == {("UNKNOWN_KEY", None)}


@pytest.mark.parametrize(("column", "value"), [("root", bytes(32)), ("size", 5)])
def test_a_changed_copy_beside_a_checkpoint_is_found(
    sealed: SealedHome, column: str, value: object
) -> None:
    """A checkpoint would be looked up under another size or root than it says."""
    with sealed.rogue() as connection:
        last = CHECKPOINT.c.size == SIZE
        connection.execute(update(CHECKPOINT).where(last).values({column: value}))
    assert sealed.faults() == {("MODIFIED", None)}


def test_a_note_that_is_none_is_found(sealed: SealedHome) -> None:
    """A damaged checkpoint would end the verification instead of being named."""
    with sealed.rogue() as connection:
        connection.execute(update(CHECKPOINT).values(note=b"\xff"))
    assert sealed.faults() == {("MODIFIED", None)}


def test_tiles_are_compared_with_the_records(sealed_home: SealedHome) -> None:
    """Proofs would be made from tiles that lead nowhere."""
    sealed_home.add(600)
    sealed_home.seal()
    assert sealed_home.faults() == set()
    sealed_home.write(TILE, 1, hash=bytes(32))
    assert sealed_home.faults() == {("TILE_MISMATCH", 256)}
    with sealed_home.rogue() as connection:
        connection.execute(delete(TILE).where(TILE.c.idx == 1))
    assert sealed_home.faults() == {("TILE_MISMATCH", 256)}


def test_since_a_checkpoint_only_what_follows_is_read(sealed: SealedHome) -> None:
    """An auditor who verified last week would have to verify everything again."""
    kept = sealed.seal().note
    sealed.add(3)
    sealed.seal()
    report = since(sealed, kept)
    assert (report.outcome, report.records_checked, report.first_index) == ("valid", 3, SIZE)
    sealed.write(RECORD, 7, system="elsewhere")
    assert {(one.verdict, one.index) for one in since(sealed, kept).findings} == {("MODIFIED", 7)}


@pytest.mark.parametrize(
    ("damage", "verdict"),
    [("truncate", "TRUNCATED"), ("rewrite", "FORK"), ("edit", "MODIFIED")],
)
def test_since_a_checkpoint_that_the_log_left_is_refused(
    sealed: SealedHome, damage: str, verdict: str
) -> None:
    """A verification would go on from a checkpoint that is not of this history."""
    kept = sealed.seal().note
    if damage == "truncate":
        sealed.truncate(2, with_checkpoints=False)
    elif damage == "rewrite":
        sealed.rewrite(lambda body: body.replace(b"customer-file", b"customer-fine"))
    else:
        sealed.write(RECORD, 5, sealed=sealed.record_row(5)["sealed"] + b" ")
    with pytest.raises(VerificationError) as caught:
        since(sealed, kept)
    assert caught.value.verdict == verdict


def since(home: SealedHome, kept: bytes) -> Report:
    """A verification of what follows a checkpoint."""
    with closing(home.open()) as ledger:
        return verify_since(ledger, Trust(home.signing.terms()), kept)


def quick(home: SealedHome) -> Report:
    """A quick verification."""
    with closing(home.open()) as ledger:
        return verify_quick(ledger.log, Trust(home.signing.terms()))


def test_quick_finds_what_checkpoints_contradict(sealed: SealedHome) -> None:
    """The quick look would be no look at all."""
    report = quick(sealed)
    assert (report.outcome, report.records_checked, report.signed_size) == ("valid", 0, SIZE)
    sealed.rewrite(lambda body: body.replace(b"customer-file", b"customer-fine"))
    assert quick(sealed).outcome == "broken"
    assert quick(sealed).first_fault == sealed.verify().first_fault


def test_quick_names_what_the_head_lost(sealed: SealedHome) -> None:
    """The quick look would call a log whole that was cut off."""
    with sealed.rogue() as connection:
        connection.execute(update(HEAD).values(size=3))
    assert {(one.verdict, one.index) for one in quick(sealed).findings} == {("TRUNCATED", 3)}
