"""Any bytes in any file of a bundle: a report each time, and never one that says valid."""

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from ledger.verification.bundle_layout import MANIFEST
from tests.bundled_evidence import KEY_ONLY, Files, bundle_of, checked

GOOD: Final = bundle_of(260, [3, 4, 259])
# The manifest has no evidence in it: a space more changes nothing.
_LISTED: Final = sorted(set(GOOD) - {MANIFEST})


def _mutated(files: Files, path: str, place: int, patch: bytes, *, cut: bool) -> Files:
    raw = files[path]
    at = place % (len(raw) + 1)
    rest = b"" if cut else raw[at + len(patch) :]
    return files | {path: raw[:at] + patch + rest}


_PATCHES: Final = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [b"\n", b"\n\n", b"[" * 2000, b"{", b'"', b"9" * 30, b"\xff\xfe", b"\0", b"-1"]
    ),
)


@given(st.sampled_from(_LISTED), st.integers(0, 2**20), _PATCHES, st.booleans())
def test_a_listed_file_that_changes_is_a_fault(
    path: str,
    place: int,
    patch: bytes,
    cut: bool,  # noqa: FBT001 - drawn
) -> None:
    """Some change of some byte of a bundle would go unseen, or end in a traceback."""
    files = _mutated(GOOD, path, place, patch, cut=cut)
    report = checked(files)
    assert report.outcome == ("valid" if files[path] == GOOD[path] else "broken")


@given(st.integers(0, 2**20), _PATCHES, st.booleans())
def test_any_manifest_gives_a_report(place: int, patch: bytes, cut: bool) -> None:  # noqa: FBT001 - drawn
    """A manifest made to hurt would end in a traceback."""
    report = checked(_mutated(GOOD, MANIFEST, place, patch, cut=cut))
    assert report.outcome in {"valid", "broken", "empty"}


@given(st.dictionaries(st.sampled_from(sorted(GOOD)), st.binary(max_size=300)))
def test_arbitrary_files_are_never_valid(files: Files) -> None:
    """Something that is no bundle would count as evidence."""
    assert checked(files, KEY_ONLY).outcome == "broken"


@given(st.sampled_from(sorted(GOOD)))
def test_a_file_that_is_gone_is_a_fault(path: str) -> None:
    """Part of the evidence could be left out."""
    assert checked({one: raw for one, raw in GOOD.items() if one != path}).outcome == "broken"
