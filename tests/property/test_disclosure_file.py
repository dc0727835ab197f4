"""Disclosure files of any content: read back as written, and no byte of one changes unseen."""

from typing import Final

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ledger.verification.disclosure_file import (
    DISCLOSURE_FILE_FORMAT,
    DisclosedRecord,
    DisclosureFile,
    ErasedField,
    check_disclosure_file,
    decode_disclosure_file,
    encode_disclosure_file,
)
from tests.bundled_evidence import KEY_ONLY
from tests.disclosed_records import disclosed

_TEXT: Final = st.text(st.characters(codec="utf-8"), max_size=30)
_INDEX: Final = st.integers(0, 10**18 - 1)
_RECORDS: Final = st.builds(
    DisclosedRecord,
    index=_INDEX,
    sealed=_TEXT,
    proof=_TEXT,
    disclosures=st.lists(_TEXT, max_size=3).map(tuple),
    erased=st.lists(st.builds(ErasedField, _TEXT, _INDEX), max_size=2).map(tuple),
)
_FILES: Final = st.builds(
    DisclosureFile,
    format=st.just(DISCLOSURE_FILE_FORMAT),
    origin=_TEXT,
    size=_INDEX,
    root=_TEXT,
    checkpoint=_TEXT,
    question=st.dictionaries(_TEXT, _TEXT, max_size=3),
    records=st.lists(_RECORDS, max_size=3).map(tuple),
)
GOOD: Final = encode_disclosure_file(disclosed(40, {3: 1, 4: 2, 31: 0}))


@given(_FILES)
def test_a_file_is_read_back_as_it_was_written(file: DisclosureFile) -> None:
    """An auditor would read another thing than was handed out."""
    assert decode_disclosure_file(encode_disclosure_file(file)) == file


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_a_changed_byte_is_a_fault_or_changes_a_claim_only(place: int, mask: int) -> None:
    """Some byte of the evidence could be changed, and the file would still say VALID."""
    raw = bytearray(GOOD)
    raw[place] ^= mask
    report = check_disclosure_file(bytes(raw), KEY_ONLY)
    if report.outcome == "valid":  # the question is what the sender says, and no evidence
        found = decode_disclosure_file(bytes(raw))
        good = decode_disclosure_file(GOOD)
        assert msgspec.structs.replace(found, question={}) == msgspec.structs.replace(
            good, question={}
        )


@given(st.integers(0, len(GOOD)), st.binary(max_size=40), st.booleans())
def test_any_patch_gives_a_report(place: int, patch: bytes, cut: bool) -> None:  # noqa: FBT001 - drawn
    """A file made to hurt would end in a traceback."""
    raw = GOOD[:place] + patch + (b"" if cut else GOOD[place + len(patch) :])
    report = check_disclosure_file(raw, KEY_ONLY)
    assert report.outcome in {"valid", "broken", "empty"}


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_never_valid(raw: bytes) -> None:
    """Something that is no evidence would count as such."""
    assert check_disclosure_file(raw, KEY_ONLY).outcome == "broken"
