"""The tree against published answers."""

from hashlib import sha256
from typing import Final

import pytest

from ledger.errors import VerificationError
from ledger.merkle import EMPTY_ROOT, Frontier, next_level, node_hash, require_hashes, tree_root
from ledger.record import leaf_hash
from ledger.units import Size

# The eight entries that the reference implementation of RFC 6962 tests with.
ENTRIES: Final = [
    bytes.fromhex(text)
    for text in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS: Final = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_leaf_and_node_hashes_are_the_published_ones() -> None:
    """Our tree would be no RFC 6962 tree: a prefix byte is wrong."""
    assert leaf_hash(b"").hex() == ROOTS[1]
    assert leaf_hash(b"L123456").hex() == (
        "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    )
    assert node_hash(b"N123", b"N456").hex() == (
        "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
    )


@pytest.mark.parametrize("size", range(9))
def test_roots_are_the_published_ones(size: int) -> None:
    """The shape of the tree would differ from everybody else's."""
    leaves = [leaf_hash(entry) for entry in ENTRIES[:size]]
    assert tree_root(leaves).hex() == ROOTS[size]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    """A log without records would have another root than RFC 6962 gives it."""
    assert Frontier.empty().root() == EMPTY_ROOT == sha256(b"").digest()
    assert Frontier.empty().to_bytes() == b""


def test_a_frontier_gives_back_its_bytes() -> None:
    """The head row would not survive being stored."""
    frontier = Frontier.empty().extended(leaf_hash(entry) for entry in ENTRIES[:7])
    assert len(frontier.hashes) == 3
    assert Frontier.from_bytes(7, frontier.to_bytes()) == frontier


@pytest.mark.parametrize(
    ("size", "count"), [(0, 32), (1, 0), (1, 31), (1, 33), (1, 64), (3, 32), (4, 64), (-1, 32)]
)
def test_a_frontier_of_the_wrong_length_is_refused(size: int, count: int) -> None:
    """A damaged head row would be taken for a tree."""
    with pytest.raises(VerificationError, match="frontier"):
        Frontier.from_bytes(size, bytes(count))


def test_a_frontier_names_the_number_of_hashes_it_expects() -> None:
    """The operator would not see what is wrong with the head row."""
    with pytest.raises(VerificationError, match="expected 2 hashes at size 5, found 1"):
        Frontier(Size(5), (EMPTY_ROOT,))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_leaf_hash_of_another_length_is_refused(length: int) -> None:
    """Two different lists of hashes could give one root."""
    with pytest.raises(VerificationError, match=f"found {length}"):
        Frontier.empty().extended([EMPTY_ROOT, bytes(length)])


def test_hashes_of_the_right_length_pass() -> None:
    """Good hashes would be refused."""
    require_hashes("test", [])
    require_hashes("test", [EMPTY_ROOT])


def test_a_node_without_sibling_moves_up_as_it_is() -> None:
    """The last node would be paired with itself, which gives two trees one root."""
    one, two, three = (leaf_hash(bytes([place])) for place in range(3))
    assert next_level([one, two, three]) == [node_hash(one, two), three]
    assert next_level([one]) == [one]
