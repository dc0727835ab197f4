"""A new key takes over at one checkpoint that both keys signed."""

from contextlib import closing

import pytest

from ledger.errors import VerificationError
from ledger.events.log_keeping import LogKeyRotated
from ledger.notes.checkpoint import open_checkpoint
from ledger.query import EventQuery
from ledger.signing.rotation import Rotation, rotate_key
from ledger.signing.signer import Signer
from ledger.signing.signing_key import read_signing_key
from tests.sealed_home import ORIGIN, SealedHome, without_passphrase


def rotated(home: SealedHome) -> Rotation:
    """A rotation."""
    with closing(home.open()) as ledger:
        return rotate_key(ledger, home.signing, without_passphrase, "yearly")


def test_a_rotation_is_recorded_and_sealed_by_both_keys(sealed_home: SealedHome) -> None:
    """Nobody could tell from the log that a new key is the right one."""
    sealed_home.add(2)
    sealed_home.seal()
    done = rotated(sealed_home)
    with closing(sealed_home.open()) as ledger:
        (found,) = ledger.read(EventQuery(kinds=("log.key_rotated",)))
    assert isinstance(found.event, LogKeyRotated)
    assert (found.stored.index, found.event.verifier_key) == (done.index, done.new.vkey)
    for key in (done.old, done.new):
        assert open_checkpoint(done.boundary.note, [key]).size == 3
    old, new = sealed_home.signing.terms()
    assert (old.first_size, old.last_size) == (0, 3)
    assert (new.first_size, new.last_size) == (3, None)


def test_each_key_verifies_its_own_sizes_only(sealed_home: SealedHome) -> None:
    """Whoever steals a retired key could go on signing with it."""
    sealed_home.add(2)
    sealed_home.seal()
    done = rotated(sealed_home)
    sealed_home.add(1)
    assert open_checkpoint(sealed_home.seal().note, [done.new]).size == 4
    assert sealed_home.faults() == set()
    retired = read_signing_key(sealed_home.signing.key_file(done.old), ORIGIN, without_passphrase)
    sealed_home.add(1)
    with closing(sealed_home.open()) as ledger:
        Signer(ledger.log, lambda: retired, sealed_home.signing.state, ledger.clock).seal()
    assert sealed_home.faults() == {("UNKNOWN_KEY", None)}


def test_keys_can_be_replaced_again_and_again(sealed_home: SealedHome) -> None:
    """A log could outlive two keys only."""
    sealed_home.add(1)
    for _ in range(3):
        rotated(sealed_home)
    report = sealed_home.verify()
    assert (report.outcome, report.size, len(sealed_home.signing.terms())) == ("valid", 4, 4)


def test_a_log_that_does_not_continue_is_not_handed_over(sealed_home: SealedHome) -> None:
    """A new key could start with a history that the old one would have refused."""
    sealed_home.add(3)
    sealed_home.seal()
    sealed_home.truncate(1, with_checkpoints=True)
    terms = sealed_home.signing.terms()
    with pytest.raises(VerificationError, match="ROLLED_BACK"):
        rotated(sealed_home)
    assert sealed_home.signing.terms() == terms
