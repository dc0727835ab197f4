"""Tells records that were moved from records that were changed, over the bounds of segments.

Whoever checks one segment sees that a record is not the one committed there, and cannot see that it
is the one committed in another segment. Both ends are among the findings, once these are together.
"""

from dataclasses import replace
from typing import Final

from ledger.verification.findings import Finding, FindingLog

_BYTES: Final = "sealed"
_LEAF: Final = "leaf hash "


def with_moves(found: FindingLog) -> FindingLog:
    """The same findings; what stands at the place of another record is named so.

    Args:
        found: By whoever checked the segments.
    """
    homes = {one.expected: one.index for one in found.kept if _is_of_bytes(one)}
    told = FindingLog(counts=found.counts.copy())
    for one in found.kept:
        home = homes.get(one.found) if one.place == _BYTES else None
        if home is None or home == one.index or one.verdict == "REORDERED":
            told.kept.append(one)
            continue
        told.counts[one.verdict] -= 1
        told.counts["REORDERED"] += 1
        record = f"the record of index {home}"
        told.kept.append(replace(one, verdict="REORDERED", found=record))
    told.counts += type(told.counts)()  # without those that are none any more
    return told


def _is_of_bytes(one: Finding) -> bool:
    return one.place == _BYTES and one.expected.startswith(_LEAF)
