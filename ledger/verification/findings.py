"""What a verification found: verdicts of a closed list, each with its place, and the report.

Invariants: a report is `valid` only when every record that the head counts was checked and nothing
was found; a log without records is `empty`, which is no evidence of anything. Counts are complete
even when only the first findings of each verdict are kept.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal

from ledger.units import Hash32, Size
from ledger.verdicts import NO_FAULT, Verdict

Outcome = Literal["valid", "broken", "empty"]

KEPT_PER_VERDICT: Final = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was sealed, or is gone on purpose."""

    verdict: Verdict
    index: int | None
    """The record that it is about; `None`: the head."""
    place: str
    """`sealed`, `column kind`, `head.frontier`, `disclosure actor`, …"""
    expected: str
    found: str
    last_index: int | None = None
    """The last record of a range that begins at `index`; `None`: that one record."""

    @property
    def is_fault(self) -> bool:
        """Whether evidence is broken; erasing on purpose breaks none, nor does a young record."""
        return self.verdict not in NO_FAULT

    def __str__(self) -> str:
        """One line for people: verdict, where, what was expected and what was found."""
        where = "" if self.index is None else f"record {self.index}"
        if self.last_index is not None and self.last_index != self.index:
            where = f"records {self.index} to {self.last_index}"
        about = ", ".join(part for part in (where, self.place) if part)
        return f"{self.verdict}: {about}: expected {self.expected}, found {self.found}"


def modified(index: int | None, place: str, expected: object, found: object) -> Finding:
    """The finding that something stored is not what was sealed; bytes are shown in hexadecimal."""
    return Finding("MODIFIED", index, place, _shown(expected), _shown(found))


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    return value.hex() if isinstance(value, bytes) else str(value)[:200]


@dataclass(frozen=True, slots=True)
class AnchoredThrough:
    """Up to where independent parties vouch for a log, through a log of checkpoints."""

    name: str
    """Of the log of checkpoints, in its home."""
    origin: str
    """The name of the same for everybody."""
    index: int
    """Of the record there that holds the checkpoint of this log."""
    size: int
    """Of that checkpoint: so many records of this log are anchored."""
    through_size: int
    """Of the anchored checkpoint of the log of checkpoints."""
    anchored_at: datetime
    """By the clock of the party that saw it."""
    by: tuple[str, ...]
    """The names of the parties."""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of verifying one log against its own head."""

    origin: str
    size: Size
    """How many records the head counts."""
    root: Hash32
    """The root that the head commits to; the records lead to it only if the outcome is `valid`."""
    records_checked: int
    disclosures_checked: int
    """Disclosure rows that were opened and compared, also when they failed."""
    disclosures_unopened: int
    """Disclosure rows nobody looked into: no key was offered, or their record is broken."""
    findings: tuple[Finding, ...]
    """In the order of the index, those about the head last; at most 1,000 of each verdict."""
    counts: Mapping[Verdict, int]
    """How many findings of each verdict there were, kept or not."""
    first_index: int = 0
    """Where the verification began; the records before were taken for verified."""
    checkpoints_checked: int = 0
    """Signed checkpoints whose signature and root were compared, also when they failed."""
    checkpoints_uncompared: int = 0
    """How many of them could not be compared with a root, because their leaves were pruned."""
    held_uncompared: tuple[str, ...] = ()
    """Those of them that were kept outside the database: where."""
    signed_size: Size | None = None
    """The size of the newest checkpoint that holds; `None` without one."""
    anchored_through: tuple[AnchoredThrough, ...] = ()
    """Which logs of checkpoints anchor the log, each verified up to the party."""
    unread_logs: tuple[str, ...] = ()
    """Logs of checkpoints that could not be read, and why: what they say was not compared."""

    @property
    def outcome(self) -> Outcome:
        """`broken` with any fault, `empty` where nothing could be checked, else `valid`."""
        if any(count and verdict not in NO_FAULT for verdict, count in self.counts.items()):
            return "broken"
        return "valid" if self.records_checked or self.checkpoints_checked else "empty"

    @property
    def first_fault(self) -> Finding | None:
        """The fault with the lowest index; `None` when there is none."""
        return next((finding for finding in self.findings if finding.is_fault), None)


@dataclass(slots=True)
class FindingLog:
    """Collects findings while a log is walked, in bounded memory."""

    kept: list[Finding] = field(default_factory=list)
    counts: Counter[Verdict] = field(default_factory=Counter)

    def add(self, finding: Finding) -> None:
        """Counts the finding, and keeps it if it is among the first of its verdict."""
        self.counts[finding.verdict] += 1
        if self.counts[finding.verdict] <= KEPT_PER_VERDICT:
            self.kept.append(finding)

    def add_all(self, findings: Iterable[Finding]) -> None:
        """Adds each of them."""
        for finding in findings:
            self.add(finding)

    def absorb(self, later: "FindingLog") -> None:
        """Adds all that another log holds, whose findings come after those of this one."""
        counts = self.counts + later.counts
        self.add_all(later.kept)
        self.counts = counts

    def in_order(self) -> tuple[Finding, ...]:
        """The kept findings by index; those without one, about the head, come last."""
        return in_order(self.kept)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings by index; those without one come last."""
    return tuple(sorted(findings, key=lambda found: (found.index is None, found.index or 0)))


def with_findings(report: Report, found: FindingLog) -> Report:
    """The report with what another check of the same log found."""
    counts = dict(report.counts)
    for verdict, number in found.counts.items():
        counts[verdict] = counts.get(verdict, 0) + number
    return replace(report, findings=in_order((*report.findings, *found.kept)), counts=counts)
