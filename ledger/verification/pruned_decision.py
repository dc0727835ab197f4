"""Whether records that are missing at the beginning of a log were pruned by a signed decision.

A record `log.retention_executed` names the minimum index, the root over what goes and the export,
a checkpoint must cover it, and its system is one that the log refuses from any source. Without such
a record, missing records are just that: `MISSING`.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from ledger.body import read_body
from ledger.errors import VerificationError
from ledger.events.log_keeping import LogRetentionExecuted
from ledger.own_records import PRUNINGS
from ledger.record import decode_record
from ledger.stored import StoredMinimum, StoredPruning
from ledger.units import Hash32
from ledger.verification.findings import Finding, modified

EXECUTED: Final = str(LogRetentionExecuted.__struct_config__.tag)


class PrunedPart(NamedTuple):
    """What a database says of the records that it does not keep any more."""

    minimum: StoredMinimum
    prunings: Sequence[StoredPruning]
    decisions: Mapping[int, bytes]
    """The sealed records that the decisions name, by index, as far as they are kept."""
    roots: Mapping[int, Hash32]
    """The root of the tree at the minimum of each decision."""
    first_left: int | None
    """The lowest index below the minimum of which something is stored all the same."""


def decision_findings(part: PrunedPart, signed_size: int | None) -> list[Finding]:
    """What is wrong with a pruning; nothing if a signed record decided it.

    Args:
        part: As stored.
        signed_size: How many records a checkpoint that holds covers; `None` without one.
    """
    minimum = part.minimum.minimum
    found: list[Finding] = []
    allowed = 0
    for pruning in part.prunings:
        if pruning.recorded_index < minimum:
            continue  # the record was pruned itself; a later decision stands for it
        fault = decision_fault(pruning, part.decisions.get(pruning.recorded_index), part.roots)
        if fault is not None:
            found.append(fault)
        elif pruning.recorded_index < (signed_size or 0):
            allowed = max(allowed, pruning.minimum)
    if allowed < minimum:
        expected = "records, or a signed record that they were pruned"
        said = f"a minimum of {minimum}, and signed records up to {allowed or 'none'}"
        found.append(Finding("MISSING", allowed, "sealed", expected, said, minimum - 1))
    if part.first_left is not None:
        place = (part.first_left, "sealed", "nothing below the minimum", "a row")
        found.append(Finding("INSERTED", *place))
    return found


def decision_fault(
    pruning: StoredPruning, sealed: bytes | None, roots: Mapping[int, Hash32]
) -> Finding | None:
    """Where the record of a decision differs from the row; `None` if it says the same."""
    root = roots.get(pruning.minimum)
    said = {
        "minimum_index": pruning.minimum,
        "root_sha256": None if root is None else root.hex(),
        "manifest_sha256": pruning.manifest_sha256.hex(),
    }
    place = f"pruning up to {pruning.minimum}"
    return difference(place, pruning.recorded_index, sealed, said)


def difference(
    place: str, index: int, sealed: bytes | None, said: Mapping[str, object]
) -> Finding | None:
    """Where the record of a decision says something else; `None` if nowhere.

    Args:
        place: Which decision, for people.
        index: Where its record stands.
        sealed: The record; `None`: it is not there.
        said: What its fields must say; `None` as a value differs from everything.
    """
    if sealed is None:
        return Finding("MISSING", index, place, "the record that decided it", "none")
    try:
        record = decode_record(sealed)
        body = read_body(record.body)
    except VerificationError as error:
        return modified(index, place, "the record that decided it", str(error))
    compared = [
        ("index", index, record.index),
        ("kind", EXECUTED, record.kind),
        ("system", PRUNINGS, body.get("system")),
        *((name, value, body.get(name)) for name, value in said.items()),
    ]
    for name, expected, found in compared:
        if expected is None or expected != found:
            return modified(index, f"{place}, {name}", found, expected)
    return None
