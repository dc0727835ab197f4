"""Whether sealed bytes that are in an archive alone were moved there by a signed decision.

A record `log.retention_executed` names the first index whose bytes stayed, the root over those
before it, and the hash over the manifests of the segments that hold them. A checkpoint must cover
that record. Each manifest must be signed by the log, and each segment begin where the one before
it ends.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import NamedTuple

from ledger.archive.archive import require_following
from ledger.archive.manifest import SegmentManifest, open_manifest, read_manifest
from ledger.errors import FormatError, VerificationError
from ledger.notes.checkpoint import KeyTerm
from ledger.stored import StoredArchiving, StoredSegment
from ledger.units import Hash32
from ledger.verification.error_findings import finding_of
from ledger.verification.findings import Finding, modified
from ledger.verification.pruned_decision import difference


class ArchivedPart(NamedTuple):
    """What a database says of the records whose bytes it does not hold any more."""

    origin: str
    minimum: int
    """Below this index records were pruned since: of those nothing is asked here."""
    segments: Sequence[StoredSegment]
    decisions: Sequence[StoredArchiving]
    records: Mapping[int, bytes]
    """The sealed records that the decisions name, by index."""
    roots: Mapping[int, Hash32]
    """The root of the tree at the size that each decision names."""


def archiving_fault(
    decision: StoredArchiving, sealed: bytes | None, roots: Mapping[int, Hash32]
) -> Finding | None:
    """Where the record of a decision differs from the row; `None` if it says the same."""
    root = roots.get(decision.stop)
    said = {
        "archived_index": decision.stop,
        "root_sha256": None if root is None else root.hex(),
        "manifest_sha256": decision.manifest_sha256.hex(),
    }
    return difference(f"archiving up to {decision.stop}", decision.recorded_index, sealed, said)


def archived_findings(
    part: ArchivedPart, signed_size: int | None, terms: Sequence[KeyTerm]
) -> Iterator[Finding]:
    """What is wrong with an archived part; nothing if signed records decided all of it.

    Args:
        part: As stored.
        signed_size: How many records a checkpoint that holds covers; `None` without one.
        terms: The keys of the log; without any, signatures are not looked at.
    """
    allowed = 0
    for decision in part.decisions:
        if decision.recorded_index < part.minimum:
            allowed = max(allowed, min(decision.stop, part.minimum))
            continue  # its record was pruned; what it moved was pruned too
        fault = archiving_fault(decision, part.records.get(decision.recorded_index), part.roots)
        if fault is not None:
            yield fault
        elif decision.recorded_index < (signed_size or 0):
            allowed = max(allowed, decision.stop)
    stop = max((each.stop for each in part.segments), default=0)
    if allowed < stop:
        expected = "sealed bytes, or a signed record that they were archived"
        said = f"an archive up to {stop}, and signed records up to {allowed or 'none'}"
        yield Finding("MISSING", allowed, "sealed", expected, said, stop - 1)
    yield from _other_manifests(part)
    yield from _wrong_manifests(part, terms)


def _other_manifests(part: ArchivedPart) -> Iterator[Finding]:
    """Decisions that moved other segments than those that are noted."""
    begin = 0
    for decision in part.decisions:
        mine = [one for one in part.segments if begin < one.stop <= decision.stop]
        begin = decision.stop
        is_done = bool(mine) and mine[-1].stop == decision.stop
        if is_done and manifests_sha256(mine) != decision.manifest_sha256:
            place = f"zegel_archived_segment up to {decision.stop}"
            found = manifests_sha256(mine)
            yield modified(mine[0].first, place, decision.manifest_sha256, found)


def _wrong_manifests(part: ArchivedPart, terms: Sequence[KeyTerm]) -> Iterator[Finding]:
    opened: list[SegmentManifest] = []
    for segment in part.segments:
        if segment.stop <= part.minimum:
            continue
        place = f"manifest of records {segment.first} to {segment.stop - 1}"
        try:
            raw = segment.manifest
            manifest = open_manifest(raw, terms) if terms else read_manifest(raw)
        except (VerificationError, FormatError) as error:
            yield finding_of(error, place, segment.first)
            continue
        said = (manifest.origin, manifest.first, manifest.stop)
        if said != (part.origin, segment.first, segment.stop):
            yield modified(segment.first, place, part.origin, " ".join(map(str, said)))
        opened.append(manifest)
    for before, after in pairwise(opened):
        try:
            require_following("zegel_archived_segment", before, after)
        except VerificationError as error:
            yield finding_of(error, "manifests", after.first)


def manifests_sha256(segments: Sequence[StoredSegment]) -> bytes:
    """The hash over manifests, one after the other, that a decision names."""
    return sha256(b"".join(one.manifest for one in segments)).digest()
