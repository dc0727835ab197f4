"""The memory of a signer survives whole, or is refused."""

import fcntl
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import StoreUnavailable
from ledger.merkle import Frontier
from ledger.signing.signer_state import SignerState, StateFile, _decode, _encode
from ledger.units import Hash32
from ledger.verification.start import Start

hashes = st.binary(min_size=32, max_size=32)
states = st.builds(
    SignerState,
    origin=st.text(min_size=1),
    start=st.builds(
        Start,
        frontier=st.lists(hashes, max_size=9).map(Frontier.empty().extended),
        last_leaf=hashes.map(Hash32),
        recorded_at_us=st.integers(-(2**63), 2**63 - 1),
    ),
    note=st.none() | st.text().map(str.encode),
    signed_at_us=st.integers(0, 2**63 - 1),
)


@pytest.fixture
def file(tmp_path: Path) -> StateFile:
    made = StateFile(tmp_path / "signer" / "state.json", lock_seconds=0.05)
    made.create("log.example/a")
    return made


@given(states)
def test_a_state_is_read_as_it_was_written(state: SignerState) -> None:
    """A signer would remember something else than it signed."""
    assert _decode(_encode(state)) == state


def test_a_new_state_has_signed_nothing(file: StateFile) -> None:
    """A first checkpoint would leave records out."""
    assert file.read() == SignerState.initial("log.example/a")
    assert file.path.stat().st_mode & 0o777 == 0o600


def test_making_a_state_again_changes_nothing(file: StateFile) -> None:
    """A second `init` would make a signer forget."""
    signed = SignerState("log.example/a", file.read().start, b"note", 7)
    file.replace(file.read(), signed)
    file.create("log.example/a")
    assert file.read() == signed


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff", b'{"format":"zegel/signer-state"}'])
def test_a_damaged_state_is_refused(file: StateFile, damage: bytes) -> None:
    """A signer would start from nothing, and sign another history."""
    file.path.write_bytes(damage)
    with pytest.raises(StoreUnavailable, match="expected a state of this version"):
        file.read()


@given(st.data())
def test_a_state_with_one_byte_changed_is_refused_or_another(data: st.DataObject) -> None:
    """A flipped bit in the state would end in a trace."""
    content = bytearray(_encode(SignerState.initial("log.example/a")))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    try:
        _decode(bytes(content))
    except ValueError:
        return


def test_a_frontier_that_does_not_lead_to_the_root_is_refused(file: StateFile) -> None:
    """A signer would go on from a tree that it never signed."""
    content = file.path.read_bytes()
    file.path.write_bytes(content.replace(b'"root": "4', b'"root": "5'))
    with pytest.raises(StoreUnavailable, match="does not lead to its root"):
        file.read()


def test_one_signer_at_a_time_holds_the_state(file: StateFile) -> None:
    """Two signers could sign two heads from one state."""
    with file.path.with_suffix(".lock").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(StoreUnavailable, match="another signer holds it"), file.locked():
            pass
    with file.locked() as state:
        assert state.size == 0


def test_a_state_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A full or read-only disk would end in a trace."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        StateFile(tmp_path / "file" / "state.json").create("log.example/a")
