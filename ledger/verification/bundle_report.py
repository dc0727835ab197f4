"""The report on a bundle: what was checked, under which signatures, and what was found."""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.notes.checkpoint import VerifiedCheckpoint
from ledger.verdicts import Verdict
from ledger.verification.bundle_layout import Manifest
from ledger.verification.findings import Finding, Outcome


@dataclass(frozen=True, slots=True)
class BundleReport:
    """The result of verifying one bundle."""

    checkpoint: VerifiedCheckpoint | None
    """`None`: no checkpoint that the caller's keys have signed."""
    manifest: Manifest | None
    """`None`: none that can be read."""
    records_checked: int
    """Chosen records that stand at their place in the signed tree."""
    entries_checked: int
    """Records in entry bundles whose bytes were hashed again."""
    tiles_checked: int
    disclosures_checked: int
    """Opened fields that hash to a sealed digest."""
    tokens_checked: int
    tokens_unchecked: int
    """Time stamps that nobody looked into: no root certificate was offered."""
    findings: tuple[Finding, ...]
    """In the order of the index, those about files last; at most 1,000 of each verdict."""
    counts: Mapping[Verdict, int]
    """How many findings of each verdict there were, kept or not."""

    @property
    def outcome(self) -> Outcome:
        """`broken` with any fault, `empty` where no record was checked, else `valid`.

        Records are the chosen ones and, of an archive, all that it holds.
        """
        if any(self.counts.values()) or self.checkpoint is None or self.manifest is None:
            return "broken"
        archived = self.entries_checked if self.manifest.archived_until else 0
        return "valid" if self.records_checked or archived else "empty"

    @property
    def first_fault(self) -> Finding | None:
        """The fault with the lowest index; `None` when there is none."""
        return next(iter(self.findings), None)
