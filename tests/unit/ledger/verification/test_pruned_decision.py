"""Only a signed record of the log itself makes missing records pruned ones."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
import pytest

from ledger.own_records import PRUNINGS
from ledger.record import SealedRecord, encode_record
from ledger.stored import StoredMinimum, StoredPruning
from ledger.units import Hash32, Index
from ledger.verification.pruned_decision import EXECUTED, PrunedPart, decision_findings

ROOT: Final = Hash32(bytes(range(32)))
MANIFEST: Final = bytes(range(32, 64))
DECIDED: Final = 700
MINIMUM: Final = 512


def sealed(index: int = DECIDED, kind: str = EXECUTED, **body: object) -> bytes:
    """A record that decides to prune up to 512, with these members instead."""
    members: dict[str, Any] = {
        "kind": kind,
        "event_id": "0195e3a0-0000-7000-8000-000000000001",
        "occurred_at": "2026-03-28T23:00:00Z",
        "system": PRUNINGS,
        "rule_id": "pruning",
        "minimum_index": MINIMUM,
        "root_sha256": ROOT.hex(),
        "manifest_sha256": MANIFEST.hex(),
        **body,
    }
    record = SealedRecord(
        *("log.example/zegel", Index(index), Hash32(bytes(32)), datetime(2026, 1, 1, tzinfo=UTC)),
        *(UUID(int=1), 1, kind, msgspec.json.encode(members)),
    )
    return encode_record(record)


@dataclass
class Told:
    """What a database says, and how much of it is signed."""

    minimum: int = MINIMUM
    prunings: list[StoredPruning] = field(
        default_factory=lambda: [StoredPruning(MINIMUM, DECIDED, MANIFEST, "a.zip")]
    )
    decisions: dict[int, bytes] = field(default_factory=lambda: {DECIDED: sealed()})
    first_left: int | None = None
    signed_size: int | None = DECIDED + 1

    def found(self) -> list[tuple[str, int | None]]:
        """Verdict and index of every finding."""
        part = PrunedPart(
            StoredMinimum(self.minimum, b"", bytes(32), 0),
            self.prunings,
            self.decisions,
            {512: ROOT, 768: ROOT},
            self.first_left,
        )
        return [(one.verdict, one.index) for one in decision_findings(part, self.signed_size)]


@pytest.mark.parametrize("minimum", [256, 512])
def test_a_signed_decision_allows_a_minimum_up_to_its_own(minimum: int) -> None:
    """A pruning in order, or one that was interrupted, would look like tampering."""
    assert Told(minimum=minimum).found() == []


@pytest.mark.parametrize(
    ("told", "faults"),
    [
        (Told(signed_size=None), [("MISSING", 0)]),
        (Told(signed_size=DECIDED), [("MISSING", 0)]),
        (Told(prunings=[]), [("MISSING", 0)]),
        (Told(decisions={}), [("MISSING", 700), ("MISSING", 0)]),
        (Told(minimum=640), [("MISSING", 512)]),
        (Told(first_left=3), [("INSERTED", 3)]),
    ],
    ids=["never signed", "not yet signed", "no row", "no record", "beyond", "left"],
)
def test_records_beyond_a_signed_decision_are_missing(
    told: Told, faults: list[tuple[str, int | None]]
) -> None:
    """Whoever owns the database could remove records and say that they were pruned."""
    assert told.found() == faults


@pytest.mark.parametrize(
    "record",
    [
        sealed(index=701),
        sealed(kind="log.read.v1"),
        sealed(minimum_index=768),
        sealed(root_sha256=bytes(32).hex()),
        sealed(manifest_sha256=bytes(32).hex()),
        sealed(system="portal"),
        sealed(system=None),
        b"no record",
    ],
    ids=["index", "kind", "minimum", "root", "manifest", "a source", "no system", "bytes"],
)
def test_a_record_that_says_something_else_decides_nothing(record: bytes) -> None:
    """Any signed record could be passed off as the decision."""
    assert Told(decisions={DECIDED: record}).found() == [("MODIFIED", 700), ("MISSING", 0)]


def test_an_older_decision_that_was_pruned_itself_is_not_needed() -> None:
    """A second pruning would break what the first one left."""
    first = StoredPruning(256, 300, MANIFEST, "a.zip")
    second = StoredPruning(MINIMUM, DECIDED, MANIFEST, "b.zip")
    assert Told(prunings=[first, second]).found() == []
