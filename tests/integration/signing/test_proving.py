"""Proofs and mirrors that come from the store hold, and cost the same in a longer log."""

from contextlib import closing

import pytest
from sqlalchemy import update

from ledger.errors import BadRequest, VerificationError
from ledger.ledger import Ledger
from ledger.mirror import mirror_files
from ledger.notes.checkpoint import open_checkpoint
from ledger.notes.entry_bundles import decode_bundle
from ledger.notes.proof_file import decode_proof
from ledger.notes.tile_paths import decode_path
from ledger.notes.tile_proofs import inclusion_from_tiles, root_from_tiles
from ledger.notes.tiles import BundleId, TileId
from ledger.proofs import verify_inclusion
from ledger.proving import prove
from ledger.record import leaf_hash
from ledger.store.schema import RECORD
from ledger.store.tiles import TileTable
from tests.sealed_home import SealedHome

SIZE = 700


def proven(home: SealedHome, ledger: Ledger, index: int) -> int:
    """The size of the checkpoint against which the proof of a record holds."""
    raw = prove(ledger.log, index, home.signing.terms())
    said = decode_proof(raw)
    checkpoint = open_checkpoint(said.checkpoint, [home.signing.current_term().key])
    record = ledger.log.record_at(index)
    assert record is not None
    leaf = leaf_hash(record.sealed)
    verify_inclusion(leaf, index, checkpoint.size, said.hashes, checkpoint.root)
    return checkpoint.size


def test_every_record_of_a_checkpoint_can_be_proven(sealed_home: SealedHome) -> None:
    """Somebody could be told that there is no proof of a record that is there."""
    sealed_home.add(SIZE)
    with (
        closing(sealed_home.open()) as ledger,
        pytest.raises(BadRequest, match="expected a checkpoint over it, found none"),
    ):
        proven(sealed_home, ledger, 0)
    sealed_home.seal()
    sealed_home.add(1)
    with closing(sealed_home.open()) as ledger:
        for index in (0, 1, 255, 256, 511, 512, 698, SIZE - 1):
            assert proven(sealed_home, ledger, index) == SIZE
        with pytest.raises(BadRequest, match="expected a checkpoint over it, found one over 700"):
            proven(sealed_home, ledger, SIZE)
        with pytest.raises(BadRequest, match="found none at 9000"):
            proven(sealed_home, ledger, 9000)


def test_a_proof_of_a_changed_record_is_not_given(sealed_home: SealedHome) -> None:
    """A proof file would be handed out that fails elsewhere."""
    sealed_home.add(4)
    sealed_home.seal()
    sealed_home.write(RECORD, 1, sealed=b"something else")
    with closing(sealed_home.open()) as ledger, pytest.raises(VerificationError, match="record 1"):
        prove(ledger.log, 1, sealed_home.signing.terms())


def test_a_proof_reads_a_few_tiles_whatever_the_size(sealed_home: SealedHome) -> None:
    """A proof would cost more the longer the log is."""
    sealed_home.add(SIZE)
    sealed_home.seal()
    with closing(sealed_home.open()) as ledger:
        tiles = TileTable(ledger.log)
        rows = 0

        def fetch(tile: TileId) -> bytes:
            nonlocal rows
            content = tiles.fetch(tile)
            rows += len(content) // 32
            return content

        inclusion_from_tiles(3, SIZE, fetch)
    # At most two tiles of 256 rows on each of the two levels that this size has.
    assert rows <= 4 * 256 < SIZE * 2


def test_a_mirror_is_the_sealed_log(sealed_home: SealedHome) -> None:
    """A mirror would show others another log, or one that no client can read."""
    sealed_home.add(SIZE)
    note = sealed_home.seal().note
    sealed_home.add(5)
    with closing(sealed_home.open()) as ledger:
        files = dict(mirror_files(ledger.log, sealed_home.signing.terms()))
        sealed = [row.sealed for row in ledger.log.scan_raw(0, SIZE)]
    assert list(files)[-1] == "checkpoint"
    assert files.pop("checkpoint") == note
    whats = {decode_path(path): content for path, content in files.items()}
    tiles = {(one.level, one.index): raw for one, raw in whats.items() if isinstance(one, TileId)}
    found = root_from_tiles(SIZE, lambda tile: tiles[tile.level, tile.index])
    assert found == open_checkpoint(note, [sealed_home.signing.current_term().key]).root
    entries = [
        entry
        for one, raw in sorted(
            (one, raw) for one, raw in whats.items() if isinstance(one, BundleId)
        )
        for entry in decode_bundle(one, raw)
    ]
    assert entries == sealed


def test_a_mirror_of_a_changed_log_is_not_made(sealed_home: SealedHome) -> None:
    """Others would mirror what the checkpoint does not cover."""
    sealed_home.add(3)
    sealed_home.seal()
    with sealed_home.rogue() as connection:
        connection.execute(update(RECORD).where(RECORD.c.idx == 2).values(sealed=b"else"))
    with closing(sealed_home.open()) as ledger, pytest.raises(VerificationError, match="record 2"):
        list(mirror_files(ledger.log, sealed_home.signing.terms()))
    sealed_home.write(RECORD, 2, leaf_hash=bytes(32))
    with closing(sealed_home.open()) as ledger, pytest.raises(VerificationError, match="TILE"):
        list(mirror_files(ledger.log, sealed_home.signing.terms()))


def test_a_log_that_was_never_sealed_proves_nothing(sealed_home: SealedHome) -> None:
    """A proof without a signature would look like one."""
    sealed_home.add(1)
    with closing(sealed_home.open()) as ledger:
        with pytest.raises(BadRequest, match="zegel seal"):
            prove(ledger.log, 0, sealed_home.signing.terms())
        with pytest.raises(BadRequest, match="zegel seal"):
            list(mirror_files(ledger.log, sealed_home.signing.terms()))
