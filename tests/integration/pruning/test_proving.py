"""What is kept of a pruned log is proven as before; what is gone is named with its export."""

from contextlib import closing
from typing import Final

import pytest

from ledger.errors import RecordsPruned, VerificationError
from ledger.mirror import mirror_files
from ledger.notes.checkpoint import open_checkpoint
from ledger.notes.policy import Policy, PolicyLog
from ledger.notes.proof_file import decode_proof, verify_proof
from ledger.notes.tile_proofs import consistency_from_tiles
from ledger.proofs import verify_consistency
from ledger.proving import prove
from ledger.store.checkpoints import CheckpointTable
from ledger.store.tiles import TileTable
from ledger.verification.findings import FindingLog
from ledger.verification.mirror_check import MirrorCheck
from tests.integration.pruning.conftest import SIZE
from tests.pruned_home import ARCHIVE, PrunedHome

MINIMUM: Final = 512
KEPT: Final = (512, 513, 600, SIZE - 1)


def proofs(home: PrunedHome, indexes: tuple[int, ...]) -> list[bytes]:
    """The proof files of records."""
    with closing(home.open()) as ledger:
        return [prove(ledger.log, index, home.signing.terms()) for index in indexes]


def test_kept_records_have_the_proofs_that_they_had(home: PrunedHome) -> None:
    """A proof from before and one from after would not be the same evidence."""
    home.decide(600)
    home.seal()
    before = proofs(home, KEPT)
    home.carry_out()
    assert proofs(home, KEPT) == before


def test_a_proof_that_was_handed_out_holds_after_its_record_went(home: PrunedHome) -> None:
    """Somebody with evidence about an old record would have lost it with our copy."""
    (proof,) = proofs(home, (3,))
    leaf = home.record_row(3)["leaf_hash"]
    home.prune(600)
    policy = Policy(tuple(PolicyLog(term.key) for term in home.signing.terms()))
    checkpoint = verify_proof(decode_proof(proof), leaf, 3, policy.open_checkpoint)
    assert checkpoint.size == SIZE
    assert home.verify(checkpoint.raw).findings == ()


def test_a_checkpoint_from_before_is_consistent_with_the_newest(pruned: PrunedHome) -> None:
    """A witness that saw the log before it was pruned could never go on with it."""
    with closing(pruned.open()) as ledger:
        table = CheckpointTable(ledger.log.engine, ledger.log.log_id)
        terms = pruned.signing.terms()
        old, new = (
            open_checkpoint(row.note, [term.key for term in terms], terms=terms)
            for row in reversed(table.newest_first(2))
        )
        proof = consistency_from_tiles(old.size, new.size, TileTable(ledger.log).fetch)
        verify_consistency(old.size, old.root, new.size, new.root, proof)
        assert (old.size, new.size) == (SIZE, SIZE + 1)


@pytest.mark.parametrize("size", [1, 255, 300, 511])
def test_a_size_below_the_minimum_is_refused_in_words(pruned: PrunedHome, size: int) -> None:
    """A witness that is far behind would look like broken evidence, or get a wrong proof."""
    with (
        closing(pruned.open()) as ledger,
        pytest.raises(RecordsPruned, match=f"exported as {ARCHIVE}"),
    ):
        consistency_from_tiles(size, SIZE, TileTable(ledger.log).fetch)


def test_a_pruned_record_is_named_with_its_export(pruned: PrunedHome) -> None:
    """Somebody who needs an old record would be told that evidence is missing."""
    with (
        closing(pruned.open()) as ledger,
        pytest.raises(RecordsPruned, match=rf"record 3: .* from 512 on; .* exported as {ARCHIVE}"),
    ):
        prove(ledger.log, 3, pruned.signing.terms())


def test_two_prunings_name_the_export_of_each_record(home: PrunedHome) -> None:
    """An old record would be looked for in the archive of later ones."""
    home.prune(300)
    home.prune(600)
    with closing(home.open()) as ledger:
        first = ledger.log.pruned.export_of(255)
        second = ledger.log.pruned.export_of(256)
    assert first is not None
    assert second is not None
    assert (first.minimum, second.minimum) == (256, 512)
    assert home.verify().findings == ()


def test_the_mirror_of_a_pruned_log_leads_to_its_checkpoint(pruned: PrunedHome) -> None:
    """A public mirror could not be made any more, or would have holes that nobody explains."""
    with closing(pruned.open()) as ledger:
        files = dict(mirror_files(ledger.log, pruned.signing.terms()))
    terms = pruned.signing.terms()
    checkpoint = open_checkpoint(files["checkpoint"], [one.key for one in terms], terms=terms)
    findings = FindingLog()
    check = MirrorCheck(files.__getitem__, checkpoint, findings, MINIMUM)
    check.check(files)
    assert findings.kept == []
    assert check.entries_checked == SIZE + 1 - MINIMUM
    assert {"tile/0/000", "tile/0/001", "tile/entries/000"}.isdisjoint(files)
    assert {"tile/0/002.p/189", "tile/1/000.p/2"} <= files.keys()
    strict = FindingLog()
    MirrorCheck(files.__getitem__, checkpoint, strict).check(files)
    assert strict.counts["MISSING"] == 2


def test_a_missing_record_above_the_minimum_stays_broken_evidence(pruned: PrunedHome) -> None:
    """Lost records would be taken for pruned ones."""
    with pruned.rogue() as connection:
        connection.exec_driver_sql("DELETE FROM zegel_record WHERE idx = 520")
    with closing(pruned.open()) as ledger, pytest.raises(VerificationError):
        prove(ledger.log, 521, pruned.signing.terms())
