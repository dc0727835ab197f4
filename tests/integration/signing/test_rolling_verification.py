"""A log that is verified again and again: a change is found, and nothing else is called one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import update

from ledger.errors import StoreUnavailable
from ledger.rolling_verification import RollingVerifier, StoppedError
from ledger.signing.signing_folder import SigningFolder
from ledger.store.schema import RECORD
from ledger.verification_record import RecordKeeper, keeper_of
from service.context import Context
from tests.grants import grant
from tests.sealed_home import SealedHome
from tests.served import seal, served_context

GO_ON = Event()


@dataclass(frozen=True)
class Watched:
    """A log with the verifier of its home."""

    context: Context
    sealed: SealedHome
    verifier: RollingVerifier

    @property
    def keeper(self) -> RecordKeeper:
        """Of what was found."""
        return self.verifier.keeper

    def grow(self, count: int = 3) -> None:
        """More records, signed."""
        self.context.ledger.record_many([grant() for _ in range(count)])
        seal(self.context)

    def change(self, index: int) -> None:
        """Changes the last byte of a sealed record."""
        sealed = self.sealed.record_row(index)["sealed"]
        self.sealed.write(RECORD, index, sealed=sealed[:-1] + b"!")


@pytest.fixture
def watched(database_url: str, tmp_path: Path) -> Iterator[Watched]:
    with served_context(tmp_path, database_url) as context:
        home = context.home
        keeper = keeper_of(home.folder, context.ledger.origin)
        verifier = RollingVerifier(context.ledger, home, keeper)
        yield Watched(context, SealedHome(database_url, home.folder), verifier)


def test_what_is_new_is_verified_from_what_was_found_to_hold(watched: Watched) -> None:
    """Each minute would cost as much as the whole history."""
    watched.grow()
    everything = watched.verifier.verify_all(GO_ON)
    assert (everything.outcome, everything.records_checked) == ("valid", everything.size)
    watched.grow(2)
    new = watched.verifier.verify_new(GO_ON)
    assert new is not None
    assert (new.outcome, new.first_index) == ("valid", everything.size)
    assert (new.size, new.records_checked) == (everything.size + 2, 2)
    record = watched.keeper.read()
    assert (record.full, record.since) == (everything, new)
    assert record.note is not None
    assert f"\n{new.size}\n" in record.note


def test_records_that_wait_for_a_signature_are_verified_each_time(watched: Watched) -> None:
    """A record changed between two checkpoints would be found with the next one only."""
    watched.grow()
    first = watched.verifier.verify_all(GO_ON)
    watched.context.ledger.record(grant())
    for _ in range(2):
        new = watched.verifier.verify_new(GO_ON)
        assert new is not None
        assert (new.outcome, new.records_checked, new.signed_size) == ("valid", 1, first.size)
    watched.change(first.size)
    new = watched.verifier.verify_new(GO_ON)
    assert new is not None
    assert new.fault is not None
    assert (new.fault.verdict, new.fault.index) == ("MODIFIED", first.size)


def test_a_change_far_back_is_found_when_everything_is_verified(watched: Watched) -> None:
    """A record that was verified once could be changed for ever after."""
    watched.grow()
    watched.verifier.verify_all(GO_ON)
    watched.change(0)
    new = watched.verifier.verify_new(GO_ON)
    assert new is not None
    assert new.outcome == "valid"
    found = watched.verifier.verify_all(GO_ON)
    assert found.fault is not None
    assert (found.outcome, found.fault.verdict, found.fault.index) == ("broken", "MODIFIED", 0)
    assert found.faults >= 1


def test_a_change_that_is_undone_is_whole_again(watched: Watched) -> None:
    """A log that was restored would be called broken for ever."""
    watched.grow()
    watched.verifier.verify_all(GO_ON)
    before = watched.sealed.copy()
    watched.change(0)
    assert watched.verifier.verify_all(GO_ON).outcome == "broken"
    watched.sealed.restore(before)
    assert watched.verifier.verify_all(GO_ON).outcome == "valid"
    assert watched.keeper.read().full == watched.verifier.keeper.read().full


def test_a_log_restored_from_an_older_copy_is_found(watched: Watched) -> None:
    """Whoever restores an old backup would take back what was recorded since."""
    watched.grow()
    old = watched.sealed.copy()
    watched.grow()
    size = watched.verifier.verify_all(GO_ON).size
    watched.sealed.restore(old)
    # Not even the signer remembers: only the verifier does.
    state = SigningFolder(watched.context.home.folder).state
    state.path.unlink()
    state.create(watched.context.ledger.origin)
    for found in (watched.verifier.verify_new(GO_ON), watched.verifier.verify_all(GO_ON)):
        assert found is not None
        assert found.fault is not None
        assert found.fault.verdict == "ROLLED_BACK"
        assert str(size) in found.fault.expected


def test_a_history_rewritten_with_all_its_hashes_is_found(watched: Watched) -> None:
    """Columns, hashes and head that agree would hide it."""
    watched.grow()
    watched.verifier.verify_all(GO_ON)
    watched.sealed.rewrite(lambda body: body.replace(b'"kind"', b'"kinD"'))
    found = watched.verifier.verify_new(GO_ON)
    assert found is not None
    assert found.outcome == "broken"


def test_without_a_checkpoint_everything_is_verified(watched: Watched) -> None:
    """A log that nobody signs would never be verified, or each minute as a whole."""
    watched.context.ledger.record(grant())
    assert watched.verifier.verify_new(GO_ON) is None
    found = watched.verifier.verify_all(GO_ON)
    assert (found.outcome, found.signed_size) == ("valid", None)
    waits = [watched.verifier.waits_for_signature]
    seal(watched.context)
    waits.append(watched.verifier.waits_for_signature)
    assert watched.verifier.verify_all(GO_ON).signed_size == found.size
    waits.append(watched.verifier.waits_for_signature)
    assert waits == [False, True, False]


def test_a_home_without_keys_says_nothing_against_the_log(watched: Watched) -> None:
    """A second service without the public keys would call every log broken."""
    watched.grow()
    SigningFolder(watched.context.home.folder).terms_file.unlink()
    with pytest.raises(StoreUnavailable, match="expected the verifier keys of the log, found none"):
        watched.verifier.verify_all(GO_ON)
    assert watched.keeper.read().full is None


def test_a_verification_ends_when_it_is_told_to(watched: Watched) -> None:
    """A stop of the service would wait for the whole history."""
    watched.grow()
    stop = Event()
    stop.set()
    with pytest.raises(StoppedError):
        watched.verifier.verify_all(stop)
    assert watched.keeper.read().full is None


def test_a_column_that_lies_about_its_record_is_a_fault(watched: Watched) -> None:
    """Searches would give other answers than the sealed history."""
    watched.grow()
    with watched.sealed.rogue() as connection:
        connection.execute(update(RECORD).where(RECORD.c.idx == 1).values(kind="access.revoked.v1"))
    found = watched.verifier.verify_all(GO_ON)
    assert found.fault is not None
    assert (found.fault.index, found.fault.place) == (1, "column kind")
