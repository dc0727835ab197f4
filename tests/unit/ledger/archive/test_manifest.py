"""A manifest has one spelling, says who signed it, and can never be taken for a checkpoint."""

from contextlib import suppress
from dataclasses import replace
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ledger.archive.layout import CHECKPOINT, RECORDS, SegmentRange
from ledger.archive.manifest import (
    FORMAT,
    SegmentFile,
    SegmentManifest,
    decode_manifest,
    encode_manifest,
    open_manifest,
    sign_manifest,
)
from ledger.errors import BadRequest, FormatError, VerificationError
from ledger.merkle import Frontier
from ledger.notes.checkpoint import KeyTerm, decode_checkpoint, open_checkpoint
from ledger.notes.note_signing import NoteSigner
from ledger.record import NO_PREVIOUS
from ledger.units import Hash32, Size
from ledger.verification.start import BEFORE_ALL_TIME, BEGINNING, Start

ORIGIN: Final = "log.example/a"
SIGNER: Final = NoteSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)))
OTHER: Final = NoteSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
HASHES: Final = st.binary(min_size=32, max_size=32).map(Hash32)
YEARS_US: Final = 4_000_000_000_000_000


def starts(size: int) -> SearchStrategy[Start]:
    """What can be known at a size."""
    if size == 0:
        return st.just(BEGINNING)
    hashes = st.lists(HASHES, min_size=size.bit_count(), max_size=size.bit_count()).map(tuple)
    frontiers = hashes.map(lambda found: Frontier(Size(size), found))
    return st.builds(Start, frontiers, HASHES, st.integers(0, YEARS_US))


@st.composite
def manifests(draw: st.DrawFn) -> SegmentManifest:
    """Any manifest that can be."""
    first = draw(st.integers(0, 2**40))
    records = SegmentRange(first, first + draw(st.integers(1, 65_536)))
    digests = st.binary(min_size=32, max_size=32)
    endings = draw(st.sets(st.sampled_from([CHECKPOINT, ".disclosures.json"])))
    files = tuple(
        SegmentFile(records.stem + ending, draw(st.integers(0, 2**40)), draw(digests))
        for ending in sorted([RECORDS, *endings])
    )
    return SegmentManifest(
        origin=draw(st.sampled_from([ORIGIN, "b.nl/log", "x"])),
        records=records,
        before=draw(starts(records.first)),
        after=draw(starts(records.stop)),
        checkpoint_size=records.stop + draw(st.integers(0, 10**6)),
        consistency=tuple(draw(st.lists(HASHES, max_size=5))),
        files=tuple(sorted(files, key=lambda one: one.path)),
    )


MANIFEST: Final = SegmentManifest(
    origin=ORIGIN,
    records=SegmentRange(0, 65_536),
    before=BEGINNING,
    after=Start(Frontier(Size(65_536), (Hash32(bytes(32)),)), Hash32(bytes(32)), 0),
    checkpoint_size=65_600,
    consistency=(Hash32(bytes(32)),),
    files=(SegmentFile("segments/000000000000.parquet", 12, bytes(32)),),
)


@given(manifests())
def test_what_is_written_is_read_again(manifest: SegmentManifest) -> None:
    """A segment would be read as another than was signed."""
    text = encode_manifest(manifest)
    assert decode_manifest(text) == manifest
    assert encode_manifest(decode_manifest(text)) == text


@given(manifests(), st.data())
def test_a_changed_text_is_refused_or_says_something_else(
    manifest: SegmentManifest, data: st.DataObject
) -> None:
    """Two texts would say the same, and one signature would not tell which was meant."""
    text = encode_manifest(manifest)
    at = data.draw(st.integers(0, len(text) - 1))
    others = [one for one in ("", "0", "1", " ", "\n", "A") if one != text[at]]
    put = data.draw(st.sampled_from(others))
    with suppress(FormatError):
        assert decode_manifest(text[:at] + put + text[at + 1 :]) != manifest


@given(manifests())
def test_no_manifest_is_a_checkpoint(manifest: SegmentManifest) -> None:
    """A signature over a segment would be shown as one over a whole log, or the other way round."""
    with pytest.raises(FormatError):
        decode_checkpoint(encode_manifest(manifest))
    with pytest.raises((FormatError, VerificationError)):
        open_checkpoint(sign_manifest(manifest, SIGNER), [SIGNER.key])
    with pytest.raises(FormatError):
        decode_manifest(f"{manifest.origin}\n5\n{'A' * 43}=\n")


def test_a_log_of_that_name_has_no_archive() -> None:
    """A checkpoint of such a log would begin as a manifest does."""
    with pytest.raises(BadRequest, match="origin"):
        encode_manifest(replace(MANIFEST, origin=FORMAT))


def test_only_the_log_may_sign() -> None:
    """Anybody could put segments into an archive."""
    raw = sign_manifest(MANIFEST, SIGNER)
    assert open_manifest(raw, [KeyTerm(SIGNER.key)]) == MANIFEST
    with pytest.raises(VerificationError) as refused:
        open_manifest(raw, [KeyTerm(OTHER.key)])
    assert refused.value.verdict == "UNKNOWN_KEY"
    forged = raw.replace(b"size 65536", b"size 65535")
    with pytest.raises((VerificationError, FormatError)):
        open_manifest(forged, [KeyTerm(SIGNER.key)])


def test_a_key_that_was_replaced_before_signs_no_later_segment() -> None:
    """Who stole a key that was replaced could write history after it."""
    raw = sign_manifest(MANIFEST, SIGNER)
    assert open_manifest(raw, [KeyTerm(SIGNER.key, 0, 65_536)]) == MANIFEST
    assert open_manifest(raw, [KeyTerm(SIGNER.key, 10**6)]) == MANIFEST
    with pytest.raises(VerificationError):
        open_manifest(raw, [KeyTerm(SIGNER.key, 0, 65_535)])


@pytest.mark.parametrize(
    "path",
    [
        "../secrets.parquet",
        "segments/000000065536.parquet",
        "segments/000000000000/../../x.parquet",
        "segments/000000000000.manifest",
    ],
)
def test_a_manifest_names_its_own_files_only(path: str) -> None:
    """A manifest would make its reader open a file anywhere."""
    with pytest.raises(FormatError, match="file"):
        decode_manifest(
            encode_manifest(replace(MANIFEST, files=(SegmentFile(path, 1, bytes(32)),)))
        )


def test_the_beginning_is_told_as_such() -> None:
    """The first segment would claim a time before all times."""
    text = encode_manifest(MANIFEST)
    assert "previous-recorded-at -\n" in text
    assert "frontier-before -\n" in text
    assert MANIFEST.before.recorded_at_us == BEFORE_ALL_TIME
    assert MANIFEST.previous == NO_PREVIOUS
    with pytest.raises(FormatError, match="index 0"):
        decode_manifest(
            text.replace("last-recorded-at 1970-01-01T00:00:00.000000Z", "last-recorded-at -")
        )
