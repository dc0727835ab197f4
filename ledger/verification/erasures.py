"""Judges which erasures may explain that a disclosure is missing.

A tombstone explains it if the record it names is the sealed request of an erasure, and that erasure
is either confirmed by a record that commits to exactly the tombstones that are stored, or still
under way. So nobody can delete a disclosure and let an old erasure explain it.

Invariant: memory grows with the number of erasures, 16 bytes each, never with what they erased.

Source: docs/reference/format.md §6.1 and §8.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from struct import error as StructError  # noqa: N812 - named like a module otherwise
from typing import Final, NamedTuple

from ledger.body import read_body
from ledger.erasure.commitment import ErasureCommitment
from ledger.errors import MalformedRecord
from ledger.own_records import ERASURES
from ledger.record import SealedRecord, decode_record
from ledger.stored import StoredTombstone
from ledger.verification.findings import Finding, FindingLog

REQUESTED: Final = "log.erasure_requested.v1"
CONFIRMED: Final = "log.erasure_confirmed.v1"

_KEPT_REASONS: Final = 1_000


@dataclass(frozen=True, slots=True)
class ErasureRecords:
    """How the sealed records of erasures are found; nothing of it is verified yet."""

    sealed_at: Callable[[int], bytes | None]
    """The sealed bytes at an index."""
    confirmation_of: Callable[[int], int | None]
    """The index of the record that confirms what the record at an index asked for."""
    under_way: Container[int]
    """The requests whose erasure is not finished."""


@dataclass(frozen=True, slots=True)
class Erasures:
    """The erasures of a log that hold, and why others do not."""

    requested: "array[int]" = field(default_factory=lambda: array("q"))
    """The indexes of requests, ascending."""
    told_by: "array[int]" = field(default_factory=lambda: array("q"))
    """Of each, the index of the record that confirms it; of one under way its own."""
    faults: Mapping[int, str] = field(default_factory=dict)
    """What is wrong with others, as far as there is room."""
    findings: FindingLog = field(default_factory=FindingLog)

    def told(self, requested_index: object) -> int | None:
        """The record that tells of an erasure; `None`: it explains nothing."""
        if not isinstance(requested_index, int):
            return None
        place = bisect_left(self.requested, requested_index)
        if place < len(self.requested) and self.requested[place] == requested_index:
            return self.told_by[place]
        return None

    def fault_of(self, requested_index: object) -> str:
        """Why an erasure explains nothing."""
        fault = self.faults.get(requested_index) if isinstance(requested_index, int) else None
        return fault or f"a tombstone that names record {requested_index!r}, no such erasure"


def judge_erasures(tombstones: Iterable[StoredTombstone], records: ErasureRecords) -> Erasures:
    """Which erasures hold, by everything that they erased.

    Args:
        tombstones: All those of the erasures in question, erasure by erasure, those of one in the
            order of index and part.
        records: Where their records are.
    """
    requested, told_by = array("q"), array("q")
    faults: dict[int, str] = {}
    findings = FindingLog()
    for index, group in groupby(tombstones, key=lambda each: each.requested_index):
        grave = _grave(group)
        if not isinstance(index, int):
            continue  # each of them is found beside its record
        told = _judge(index, grave, records)
        if isinstance(told, int):
            requested.append(index)
            told_by.append(told)
            continue
        findings.add(told)
        if len(faults) < _KEPT_REASONS:
            faults[index] = f"a tombstone of record {index}, whose erasure does not hold"
    return Erasures(requested, told_by, faults, findings)


class _Grave(NamedTuple):
    """All tombstones of one erasure, as far as a judgement needs them."""

    commitment: str | None
    """What a confirmation of them would commit to; `None`: they are none that one could."""
    newest_index: int
    """The last record that lost something."""


def _grave(group: Iterable[StoredTombstone]) -> _Grave:
    commitment = ErasureCommitment()
    newest = -1
    sound = True
    for each in group:
        try:
            commitment.add(each)
            newest = max(newest, each.index)
        except (StructError, AttributeError, TypeError, ValueError):  # of a damaged column
            sound = False
    return _Grave(commitment.hex() if sound else None, newest)


def _judge(index: int, grave: _Grave, records: ErasureRecords) -> int | Finding:
    """The record that tells of an erasure that holds, or what is wrong with it."""
    request = _own_record(index, REQUESTED, records)
    confirmed_index = records.confirmation_of(index)
    if request is None:
        return _fault(index, "the request of an erasure", "none, which tombstones name")
    if confirmed_index is not None:
        return _judge_confirmed(request, confirmed_index, grave, records)
    if index not in records.under_way:
        return _fault(index, "an erasure under way or confirmed", "neither, but tombstones")
    if grave.commitment is None:
        return _fault(index, "tombstones that an erasure wrote", "others")
    return index


def _judge_confirmed(
    request: SealedRecord, index: int, grave: _Grave, records: ErasureRecords
) -> int | Finding:
    confirmation = _own_record(index, CONFIRMED, records)
    if confirmation is None or confirmation.stream != request.stream:
        return _fault(index, f"the confirmation of record {request.index}", "none")
    said = _member(confirmation, "erased_sha256")
    # What was recorded between request and destruction is erased too, nothing that came later.
    if grave.commitment is None or said != grave.commitment or grave.newest_index >= index:
        found = grave.commitment or "rows that no erasure wrote"
        return _fault(index, f"tombstones with erased_sha256 {said}", found)
    return index


def _own_record(index: int, kind: str, records: ErasureRecords) -> SealedRecord | None:
    """The record at an index if it is one of that kind which the log wrote itself."""
    sealed = records.sealed_at(index)
    if sealed is None:
        return None
    try:
        record = decode_record(bytes(sealed))
    except (MalformedRecord, TypeError):
        return None
    is_own = record.kind == kind and record.index == index
    return record if is_own and _member(record, "system") == ERASURES else None


def _member(record: SealedRecord, name: str) -> object:
    try:
        return read_body(record.body).get(name)
    except MalformedRecord:
        return None


def _fault(index: int, expected: str, found: str) -> Finding:
    return Finding("MISSING_PAYLOAD", index, "zegel_erased", expected, found)
