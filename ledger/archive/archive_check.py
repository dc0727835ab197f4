"""Checks a whole archive, with nothing but the keys of its log: no database, no home, no network.

Every manifest, every file that a manifest names, and that segments follow each other without a gap.
What an archive alone cannot show is that its last segments were taken away: how far the log goes,
the log knows, and whoever keeps a later checkpoint.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from ledger.archive.archive import manifests_at, opened_manifest, require_following
from ledger.archive.checking import CheckedSegment, check_segment
from ledger.archive.layout import FOLDER, MANIFEST
from ledger.archive.manifest import SegmentManifest
from ledger.archive.place import ArchivePlace
from ledger.errors import FormatError, VerificationError
from ledger.notes.checkpoint import KeyTerm
from ledger.verdicts import Verdict
from ledger.verification.error_findings import finding_of
from ledger.verification.findings import Finding, modified


@dataclass(frozen=True, slots=True)
class ArchiveReport:
    """What checking an archive found."""

    url: str
    origin: str
    segments: int
    first: int
    stop: int
    """The index after the last record that a signed manifest tells of."""
    records_checked: int
    disclosures_checked: int
    findings: tuple[Finding, ...]
    counts: Mapping[Verdict, int]
    unsigned: tuple[str, ...]
    """Files below `segments` that no signed manifest names: what an interrupted run left."""

    @property
    def outcome(self) -> Literal["valid", "broken", "empty"]:
        """`broken` with any fault, `empty` where nothing was checked, else `valid`."""
        if any(finding.is_fault for finding in self.findings):
            return "broken"
        return "valid" if self.records_checked else "empty"

    @property
    def first_fault(self) -> Finding | None:
        """The first fault; `None` without one."""
        return next((finding for finding in self.findings if finding.is_fault), None)


def check_archive(
    url: str,
    origin: str,
    terms: Sequence[KeyTerm],
    progress: Callable[[int], None] | None = None,
) -> ArchiveReport:
    """What verifying every segment of an archive found; broken evidence is reported, not raised.

    Args:
        url: The archive.
        origin: The log that it must be of.
        terms: The keys of that log.
        progress: Told how many records were checked so far.

    Raises:
        BadRequest: the place is none.
        StoreUnavailable: it cannot be reached.
    """
    place = ArchivePlace(url)
    findings: list[Finding] = []
    manifests = list(_signed(place, origin, terms, findings))
    for before, after in pairwise(manifests):
        try:
            require_following(place.url, before, after)
        except VerificationError as error:
            findings.append(finding_of(error, "segments", after.first))
    checked: list[CheckedSegment] = []
    for manifest in manifests:
        checked.append(check_segment(url, manifest, terms))
        if progress is not None:
            progress(sum(one.size for one in checked))
    findings += [finding for one in checked for finding in one.findings]
    named = {file.path for one in manifests for file in one.files}
    named |= {one.records.manifest_path for one in manifests}
    return ArchiveReport(
        url=url,
        origin=origin,
        segments=len(manifests),
        first=manifests[0].first if manifests else 0,
        stop=manifests[-1].stop if manifests else 0,
        records_checked=sum(one.records_checked for one in checked),
        disclosures_checked=sum(one.disclosures_checked for one in checked),
        findings=tuple(findings),
        counts=Counter(finding.verdict for finding in findings),
        unsigned=tuple(path for path in place.paths(FOLDER) if path not in named),
    )


def _signed(
    place: ArchivePlace, origin: str, terms: Sequence[KeyTerm], findings: list[Finding]
) -> Iterator[SegmentManifest]:
    """The manifests that the log has signed; a finding for each other one."""
    for segment in manifests_at(place):
        path = segment.stem + MANIFEST
        try:
            manifest = opened_manifest(place, segment, terms)
        except (VerificationError, FormatError) as error:
            findings.append(finding_of(error, path, segment.first))
            continue
        if manifest.origin != origin:
            findings.append(modified(segment.first, f"{path}, origin", origin, manifest.origin))
        yield manifest
