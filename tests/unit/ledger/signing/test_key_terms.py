"""The file of verifier keys is read as it was written, and anything else is named."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import FormatError, StoreUnavailable
from ledger.notes.checkpoint import KeyTerm
from ledger.notes.note_keys import KeyType, VerifierKey
from ledger.signing.key_terms import decode_terms, encode_terms, read_terms, write_terms
from ledger.units import Size

sizes = st.integers(0, 2**63 - 1).map(Size)
keys = st.binary(min_size=32, max_size=32).map(
    lambda raw: VerifierKey("log.example/a", KeyType.ED25519, raw)
)
terms = st.lists(
    st.builds(KeyTerm, keys, sizes, st.none() | sizes), unique_by=lambda term: term.key, max_size=4
).map(tuple)
KEY = VerifierKey("log.example/a", KeyType.ED25519, bytes(32)).vkey


@given(terms)
def test_terms_are_read_as_they_were_written(written: tuple[KeyTerm, ...]) -> None:
    """A key would verify sizes that it may not sign, or none of its own."""
    assert decode_terms(encode_terms(written)) == written


@pytest.mark.parametrize(
    "line",
    [
        KEY,
        f"{KEY} 0",
        f"{KEY} 0 x",
        f"{KEY} 0 - more",
        f"{KEY} 01 -",
        f"{KEY} -1 -",
        "log.example/a 0 -",
        f"{KEY} 0 -\n{KEY} 5 -",
    ],
)
def test_what_is_no_term_is_refused(line: str) -> None:
    """A mistyped line would be passed over, and a retired key go on being trusted."""
    with pytest.raises(FormatError, match="expected"):
        decode_terms(line)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """A damaged file would end in a trace."""
    try:
        decode_terms(text)
    except FormatError:
        return


def test_terms_are_replaced_as_a_whole(tmp_path: Path) -> None:
    """A crash while keys are written would leave a log without any."""
    path = tmp_path / "verifier-keys"
    first = decode_terms(f"{KEY} 0 -")
    write_terms(path, first)
    write_terms(path, ())
    assert read_terms(path) == ()
    assert [each.name for each in tmp_path.iterdir()] == ["verifier-keys"]
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        write_terms(tmp_path / "none" / "keys", first)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A home without keys would end in a trace."""
    with pytest.raises(StoreUnavailable, match="`zegel key new` makes the first key"):
        read_terms(tmp_path / "none")
    (tmp_path / "bytes").write_bytes(b"\xff")
    with pytest.raises(FormatError, match="UTF-8"):
        read_terms(tmp_path / "bytes")
