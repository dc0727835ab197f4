"""A pruned log verifies, and what was removed without a signed decision is found."""

from collections.abc import Callable
from contextlib import closing
from typing import Final

import pytest
from sqlalchemy import Connection, Table, delete, insert, select, text, update

from ledger.errors import RecordsPruned, StoreUnavailable, VerificationError
from ledger.levels import Trust, verify_quick, verify_since
from ledger.merkle import Frontier
from ledger.parallel_verification import verify_on_cores
from ledger.store.schema import MINIMUM, PRUNING, RECORD, TILE
from tests.integration.pruning.conftest import SIZE
from tests.pruned_home import PrunedHome

MINIMUM_INDEX: Final = 512


def test_a_pruned_log_is_verified_from_its_minimum_on(pruned: PrunedHome) -> None:
    """A log that was pruned in order would look broken, or be taken for checked from record 0."""
    report = pruned.verify()
    assert (report.outcome, report.findings) == ("valid", ())
    assert (report.first_index, report.records_checked) == (MINIMUM_INDEX, SIZE + 1 - MINIMUM_INDEX)
    assert report.signed_size == SIZE + 1


def test_several_processes_say_the_same(pruned: PrunedHome) -> None:
    """A verification on all cores would begin at records that are gone."""
    with closing(pruned.open()) as ledger:
        joined = verify_on_cores(ledger, 2, range_records=25)
        assert joined == verify_on_cores(ledger, 1)
    assert (joined.outcome, joined.first_index) == ("valid", MINIMUM_INDEX)


def test_each_step_of_a_pruning_leaves_a_valid_history(home: PrunedHome) -> None:
    """A crash between two steps would leave a history that looks tampered with."""
    home.decide(600)
    assert home.verify().outcome == "valid"
    home.seal()
    assert home.verify().findings == ()
    home.carry_out()
    assert home.verify().findings == ()


def test_nothing_goes_before_the_decision_is_signed(home: PrunedHome) -> None:
    """Whoever can write to the database could make the program delete records."""
    home.decide(600)
    with pytest.raises(StoreUnavailable, match="`zegel seal` makes one"):
        home.carry_out()
    with closing(home.open()) as ledger:
        assert ledger.log.record_at(0) is not None


def test_quick_verification_knows_the_minimum(pruned: PrunedHome) -> None:
    """A quick look at a pruned log would call it broken."""
    with closing(pruned.open()) as ledger:
        report = verify_quick(ledger.log, Trust(pruned.signing.terms()))
    assert (report.outcome, report.findings) == ("valid", ())


def test_checkpoints_below_the_minimum_are_compared_as_far_as_they_can_be(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A checkpoint over pruned records would be a fault, or count for compared when it was not."""
    home = PrunedHome(database_url, tmp_path_factory.mktemp("home"))
    home.create()
    home.fill(256)
    kept = home.seal().note
    home.fill(44)
    odd = home.seal().note
    home.fill(400)
    home.prune(600)
    report = home.verify(kept, odd)
    assert (report.outcome, report.findings) == ("valid", ())
    assert report.checkpoints_uncompared == 2
    assert report.held_uncompared == ("file kept",)
    with closing(home.open()) as ledger:
        quick = verify_quick(ledger.log, Trust(home.signing.terms()))
        assert (quick.outcome, quick.checkpoints_uncompared) == ("valid", 1)
        with pytest.raises(RecordsPruned, match="over 512 records or more, found 300"):
            verify_since(ledger, Trust(home.signing.terms()), odd)


def test_a_forged_checkpoint_below_the_minimum_is_found(pruned: PrunedHome) -> None:
    """The past could be replaced by another one as soon as its records are gone."""
    with pruned.rogue() as connection:
        connection.execute(
            update(TILE).where(TILE.c.level == 1, TILE.c.idx == 0).values(hash=bytes(32))
        )
    faults = pruned.faults()
    assert ("MODIFIED", None) in faults


def test_verification_since_a_checkpoint_goes_on_behind_the_minimum(pruned: PrunedHome) -> None:
    """Somebody who kept a checkpoint could not use it once the log was pruned."""
    note = pruned.seal().note
    pruned.fill(3)
    with closing(pruned.open()) as ledger:
        report = verify_since(ledger, Trust(pruned.signing.terms()), note)
    assert (report.outcome, report.first_index) == ("valid", SIZE + 1)


def delete_records(connection: Connection) -> None:
    connection.execute(delete(RECORD).where(RECORD.c.idx < MINIMUM_INDEX))


def forge_minimum(connection: Connection) -> None:
    rows = connection.execute(
        select(RECORD.c.leaf_hash, RECORD.c.recorded_at_us)
        .where(RECORD.c.idx < MINIMUM_INDEX)
        .order_by(RECORD.c.idx)
    ).all()
    frontier = Frontier.empty().extended([row.leaf_hash for row in rows])
    connection.execute(
        insert(MINIMUM).values(
            log=1,
            minimum=MINIMUM_INDEX,
            frontier=frontier.to_bytes(),
            last_leaf_hash=rows[-1].leaf_hash,
            last_recorded_at_us=rows[-1].recorded_at_us,
        )
    )


def forge_decision(connection: Connection) -> None:
    forge_minimum(connection)
    connection.execute(
        insert(PRUNING).values(
            log=1,
            minimum=MINIMUM_INDEX,
            recorded_index=600,
            manifest_sha256=bytes(32),
            exported_as="nowhere",
        )
    )


@pytest.mark.parametrize(
    ("forge", "fault"),
    [
        (lambda _: None, ("MISSING", 0)),
        (forge_minimum, ("MISSING", 0)),
        (forge_decision, ("MISSING", 0)),
    ],
    ids=["no minimum", "forged minimum", "forged decision"],
)
def test_records_that_went_without_a_signed_decision_are_missing(
    home: PrunedHome, forge: Callable[[Connection], None], fault: tuple[str, int]
) -> None:
    """Whoever owns the database could remove what they do not like and call it pruning."""
    with home.rogue() as connection:
        forge(connection)
        delete_records(connection)
    assert fault in home.faults()
    with closing(home.open()) as ledger:
        quick = verify_quick(ledger.log, Trust(home.signing.terms()))
    assert quick.outcome == ("valid" if forge not in {forge_minimum, forge_decision} else "broken")


def lowered(connection: Connection) -> None:
    connection.execute(update(MINIMUM).values(minimum=256))


def lowered_to_fit(connection: Connection) -> None:
    tile = connection.scalar(select(TILE.c.hash).where(TILE.c.level == 1, TILE.c.idx == 0))
    connection.execute(update(MINIMUM).values(minimum=256, frontier=tile))


def forgotten(connection: Connection) -> None:
    connection.execute(delete(MINIMUM))


def raised(connection: Connection) -> None:
    # Beyond the decision, with everything that follows from the tiles made to fit.
    row = connection.execute(
        select(RECORD.c.leaf_hash, RECORD.c.recorded_at_us).where(RECORD.c.idx == 767)
    ).one()
    hashes = connection.scalars(
        select(TILE.c.hash).where(TILE.c.level == 1, TILE.c.idx < 3).order_by(TILE.c.idx)
    ).all()
    frontier = Frontier.empty().extended(hashes)
    connection.execute(
        update(MINIMUM).values(
            minimum=768,
            frontier=b"".join(frontier.hashes),
            last_leaf_hash=row.leaf_hash,
            last_recorded_at_us=row.recorded_at_us,
        )
    )
    connection.execute(delete(RECORD).where(RECORD.c.idx < 768))


def changed(table: Table, **values: object) -> Callable[[Connection], None]:
    def change(connection: Connection) -> None:
        connection.execute(update(table).values(**values))

    return change


@pytest.mark.parametrize(
    "tamper",
    [
        *(lowered, lowered_to_fit, forgotten, raised),
        changed(MINIMUM, frontier=bytes(32)),
        changed(MINIMUM, frontier=b""),
        changed(MINIMUM, last_leaf_hash=bytes(32)),
        changed(MINIMUM, last_leaf_hash=b"short"),
        changed(MINIMUM, last_recorded_at_us=2**60),
        changed(PRUNING, manifest_sha256=bytes(32)),
        changed(PRUNING, recorded_index=701),
        changed(PRUNING, minimum=1024),
        lambda connection: connection.execute(delete(PRUNING)),
    ],
    ids=[
        *("lowered", "lowered to fit", "forgotten", "raised", "frontier", "no frontier", "leaf"),
        *("short leaf", "time", "manifest", "record", "decision", "no decision"),
    ],
)
def test_a_changed_minimum_is_found(
    pruned: PrunedHome, tamper: Callable[[Connection], None]
) -> None:
    """The row that says what is gone would be the one place where history can be rewritten."""
    pruned.fill(400)
    with pruned.rogue() as connection:
        tamper(connection)
    try:
        outcome: str = pruned.verify().outcome
    except VerificationError:
        outcome = "broken"
    assert outcome == "broken"


def test_a_record_put_back_below_the_minimum_is_found(pruned: PrunedHome) -> None:
    """Another past could be put in the place of the one that was removed."""
    row = pruned.record_row(600)
    with pruned.rogue() as connection:
        connection.execute(insert(RECORD).values(row | {"idx": 3, "stream": row["event_id"]}))
    assert pruned.faults() == {("INSERTED", 3)}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM zegel_record WHERE idx = 512",
        "DELETE FROM zegel_record",
        "UPDATE zegel_minimum SET minimum = 256",
        "UPDATE zegel_minimum SET frontier = last_leaf_hash",
        "UPDATE zegel_minimum SET log = 2, minimum = 1024",
        "DELETE FROM zegel_minimum",
        "UPDATE zegel_pruning SET exported_as = 'nowhere'",
        "DELETE FROM zegel_pruning",
    ],
)
def test_the_database_lets_only_records_below_the_minimum_go(
    pruned: PrunedHome, statement: str
) -> None:
    """A careless statement would remove kept records, or lower the minimum."""
    with closing(pruned.open()) as ledger:
        with pytest.raises(Exception, match="is refused"), ledger.log.engine.begin() as connection:
            connection.execute(text(statement))
        connection.close()
    assert pruned.verify().outcome == "valid"
