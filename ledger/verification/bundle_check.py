"""Verifies a bundle of evidence offline: files in, a report out; no database, no network.

What holds if the outcome is `valid`:

- the checkpoint is signed as the caller's own policy asks for;
- every chosen record has the form of a sealed record, stands at its index of the tree that the
  checkpoint signs, and links to its neighbour where that one is in the bundle too;
- every opened field hashes to a digest that is sealed in its record;
- tiles and entry bundles, where there are any, lead to the signed root, each record in them too;
- every file is the one that the manifest lists.

Invariants: nothing that a file says makes this raise; keys come from the caller, never from the
bundle; where no record was checked, the outcome is `empty`, never `valid`.

Source: docs/reference/format.md §8; C2SP tlog-tiles v0.1.0 and tlog-proof.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from typing import Final

from ledger.body import body_digests
from ledger.disclosure import decode_disclosure, disclosure_digest
from ledger.errors import FormatError, VerificationError
from ledger.notes.checkpoint import KeyTerm, VerifiedCheckpoint
from ledger.notes.policy import Policy
from ledger.notes.proof_file import decode_proof, verify_proof
from ledger.notes.tile_paths import encode_path
from ledger.notes.tiles import TILE_WIDTH, BundleId, bundles_of
from ledger.record import SealedRecord, leaf_hash
from ledger.verification.bundle_layout import (
    CHECKPOINT,
    DISCLOSURES,
    MANIFEST,
    Manifest,
    decode_line,
    decode_manifest,
    proof_path,
    record_path,
)
from ledger.verification.bundle_report import BundleReport
from ledger.verification.error_findings import finding_of
from ledger.verification.findings import Finding, FindingLog
from ledger.verification.mirror_check import MirrorCheck
from ledger.verification.sealed_chain import check_order, check_previous, read_at

ReadFile = Callable[[str], bytes]
"""The content of a file of the bundle; raises `KeyError` where there is none."""

CheckToken = Callable[[bytes, VerifiedCheckpoint], object]
"""Checks a time stamp over a checkpoint; raises `VerificationError`."""

_TOKENS: Final = "tsa/"


def check_bundle(
    read: ReadFile,
    trust: Policy,
    *,
    terms: Iterable[KeyTerm] = (),
    present: Iterable[str] = (),
    check_token: CheckToken | None = None,
) -> BundleReport:
    """What verifying a bundle found; broken evidence is reported, never raised.

    Args:
        read: Gives files by their path in the bundle.
        trust: Which logs and witnesses the caller believes.
        terms: Which sizes log keys of the policy may sign; a key without one may sign every size.
        present: The paths of all files that are there, so that one too many is found.
        check_token: Checks time stamps; without it they are counted as not checked.
    """
    limits = tuple(terms)
    open_note = partial(trust.open_checkpoint, terms=limits)
    return _BundleCheck(read, open_note, check_token).run(frozenset(present))


class _BundleCheck:
    """One run over one bundle."""

    def __init__(
        self,
        read: ReadFile,
        open_note: Callable[[bytes], VerifiedCheckpoint],
        check_token: CheckToken | None,
    ) -> None:
        self._read = read
        self._open_note = open_note
        self._check_token = check_token
        self._findings = FindingLog()
        self._checkpoint: VerifiedCheckpoint | None = None
        self._sound: dict[int, tuple[SealedRecord, bytes]] = {}
        self._tokens = [0, 0]
        self._opened = 0

    def run(self, present: frozenset[str]) -> BundleReport:
        """The report."""
        manifest = None
        with self._noting(MANIFEST):
            manifest = decode_manifest(self._read(MANIFEST))
        with self._noting(CHECKPOINT):
            self._checkpoint = self._open_note(self._read(CHECKPOINT))
        return self._check_all(manifest, present)

    def _check_all(self, manifest: Manifest | None, present: frozenset[str]) -> BundleReport:
        mirror = None
        if manifest is not None:
            self._check_files(manifest, present)
            self._check_claims(manifest)
            self._check_records(manifest)
            self._check_disclosures(manifest)
            mirror = self._check_mirror(manifest)
        return BundleReport(
            checkpoint=self._checkpoint,
            manifest=manifest,
            records_checked=len(self._sound) if self._checkpoint is not None else 0,
            entries_checked=mirror.entries_checked if mirror else 0,
            tiles_checked=mirror.tiles_checked if mirror else 0,
            disclosures_checked=self._opened,
            tokens_checked=self._tokens[0],
            tokens_unchecked=self._tokens[1],
            findings=self._findings.in_order(),
            counts=dict(self._findings.counts),
        )

    @contextmanager
    def _noting(self, place: str, index: int | None = None) -> Iterator[None]:
        try:
            yield
        except KeyError:
            self._findings.add(Finding("MISSING", index, place, "a file", "none"))
        except (VerificationError, FormatError) as error:
            self._findings.add(finding_of(error, place, index))

    def _check_files(self, manifest: Manifest, present: frozenset[str]) -> None:
        for entry in manifest.files:
            with self._noting(entry.path):
                raw = self._read(entry.path)
                found = sha256(raw).hexdigest()
                if len(raw) != entry.bytes or found != entry.sha256:
                    self._changed(entry.path, f"SHA-256 {entry.sha256}", found)
                if entry.path.startswith(_TOKENS):
                    self._take_token(raw)
        listed = {entry.path for entry in manifest.files} | {MANIFEST}
        for path in sorted(present - listed):
            self._findings.add(Finding("INSERTED", None, path, "no such file", "one"))

    def _take_token(self, raw: bytes) -> None:
        if self._check_token is None or self._checkpoint is None:
            self._tokens[1] += 1
            return
        self._check_token(raw, self._checkpoint)
        self._tokens[0] += 1

    def _check_claims(self, manifest: Manifest) -> None:
        checkpoint = self._checkpoint
        if checkpoint is None:
            return
        for name, wanted, found in (
            ("origin", checkpoint.origin, manifest.origin),
            ("size", str(checkpoint.size), str(manifest.size)),
            ("root", checkpoint.root.hex(), manifest.root),
        ):
            if wanted != found:
                self._changed(f"{MANIFEST} {name}", wanted, found)

    def _check_records(self, manifest: Manifest) -> None:
        before: SealedRecord | None = None
        for index in manifest.indexes:
            with self._noting(record_path(index), index):
                sealed = self._read(record_path(index))
                record = read_at(sealed, index, manifest.origin)
                leaf = leaf_hash(sealed)
                if self._checkpoint is not None:
                    self._check_proof(leaf, index, self._checkpoint)
                if before is not None:
                    check_order(before, record)
                if index - 1 in self._sound:
                    check_previous(record, self._sound[index - 1][1])
                before = record
                self._sound[index] = record, leaf

    def _check_proof(self, leaf: bytes, index: int, checkpoint: VerifiedCheckpoint) -> None:
        proof = decode_proof(self._read(proof_path(index)))
        raw = checkpoint.raw

        def open_note(note: bytes) -> VerifiedCheckpoint:
            # The same bytes again: their signatures were verified once.
            return checkpoint if note == raw else self._open_note(note)

        proven = verify_proof(proof, leaf, index, open_note)
        if proven.raw != raw:
            raise VerificationError(
                *("FORK", index),
                f"{proof_path(index)}: expected the checkpoint of the bundle, found another",
            )

    def _check_disclosures(self, manifest: Manifest) -> None:
        raw = None
        with self._noting(DISCLOSURES):
            raw = self._read(DISCLOSURES)
        *lines, rest = (raw or b"").split(b"\n")
        if rest:
            self._changed(DISCLOSURES, "a line feed at the end", ascii(rest[-20:]))
        last = -1
        for number, line in enumerate(lines, 1):
            place = f"{DISCLOSURES} line {number}"
            with self._noting(place):
                opened = decode_line(line, place)
                if opened.index <= last or opened.index not in manifest.indexes:
                    raise VerificationError(
                        *("DISCLOSURE_MISMATCH", opened.index),
                        f"{place}: expected chosen records, ascending, found {opened.index}",
                    )
                last = opened.index
                if opened.index in self._sound:
                    self._check_opened(opened.index, opened.disclosures)

    def _check_opened(self, index: int, disclosures: Iterable[str]) -> None:
        waiting = set(body_digests(self._sound[index][0].body))
        for text in disclosures:
            place = "disclosure"
            with self._noting(place, index):
                disclosure = text.encode("utf-8", "surrogatepass")
                place = f"disclosure {ascii(decode_disclosure(disclosure)[1])[1:-1][:80]}"
                digest = disclosure_digest(disclosure)
                if digest not in waiting:
                    raise VerificationError(
                        *("DISCLOSURE_MISMATCH", index),
                        f"{place}: expected a digest of the record, found {digest}",
                    )
                waiting.remove(digest)
                self._opened += 1

    def _check_mirror(self, manifest: Manifest) -> MirrorCheck | None:
        if not manifest.is_mirror or self._checkpoint is None:
            return None
        mirror = MirrorCheck(self._read, self._checkpoint, self._findings, manifest.minimum_index)
        mirror.check(entry.path for entry in manifest.files)
        self._check_archive(manifest, self._checkpoint.size)
        return mirror

    def _check_archive(self, manifest: Manifest, size: int) -> None:
        """Names the records that an archive says it holds and does not."""
        paths = {entry.path for entry in manifest.files}
        for bundle in bundles_of(min(manifest.archived_until, size), manifest.minimum_index):
            whole = BundleId(bundle.index, min(TILE_WIDTH, size - bundle.first_leaf))
            if encode_path(whole) not in paths:
                path = encode_path(whole)
                self._findings.add(Finding("MISSING", bundle.first_leaf, path, "records", "none"))

    def _changed(self, place: str, expected: str, found: str) -> None:
        self._findings.add(Finding("MODIFIED", None, place, expected, found[:200]))
