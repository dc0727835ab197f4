"""A plain walk over sealed records, without the columns and the head of a database."""

import pytest

from ledger.errors import VerificationError
from ledger.record import leaf_hash
from ledger.verification.sealed_chain import read_at, verify_chain
from tests.vectors.records import ORIGIN, chain


def test_a_chain_gives_its_leaf_hashes() -> None:
    """A dump could not be compared with a checkpoint."""
    sealed = chain(4)
    assert verify_chain(ORIGIN, sealed) == [leaf_hash(each) for each in sealed]


def test_the_first_wrong_record_is_named() -> None:
    """Whoever looks into a broken dump would not know where."""
    sealed = chain(4)
    sealed[2] = sealed[2].replace(b"customer", b"customes")
    with pytest.raises(VerificationError) as caught:
        verify_chain(ORIGIN, sealed)
    assert (caught.value.verdict, caught.value.index) == ("MODIFIED", 3)


def test_a_record_at_another_place_is_reordered() -> None:
    """A sound record could stand in for another one."""
    with pytest.raises(VerificationError) as caught:
        read_at(chain(2)[1], 0, ORIGIN)
    assert (caught.value.verdict, caught.value.index) == ("REORDERED", 0)
