"""Records that are not the ones committed where they stand: changed, extra, or moved.

Whether a record was moved can be told only when its own place has been seen, before or after it;
so strays are kept until the end of the walk, up to a bound.
"""

from dataclasses import dataclass, field
from typing import Final

from ledger.verdicts import Verdict
from ledger.verification.findings import Finding, FindingLog

KEPT_STRAYS: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Stray:
    verdict: Verdict
    index: int
    leaf: bytes
    expected: str


@dataclass(slots=True)
class Strays:
    """Collects strays and the places whose own record is not there, and matches them at the end."""

    findings: FindingLog
    _strays: list[_Stray] = field(default_factory=list)
    _homes: dict[bytes, int] = field(default_factory=dict)

    def add_changed(self, index: int, leaf: bytes, committed: bytes | None) -> None:
        """Notes an index whose record hashes to `leaf` instead of the committed one."""
        expected = "the committed record" if committed is None else f"leaf hash {committed.hex()}"
        self.add_home(index, committed)
        self._add(_Stray("MODIFIED", index, leaf, expected))

    def add_extra(self, index: int, leaf: bytes) -> None:
        """Notes a record at an index that has its record already, or that the log never had."""
        self._add(_Stray("INSERTED", index, leaf, "no record"))

    def add_home(self, index: int, committed: bytes | None) -> None:
        """Notes an index whose committed record is not there."""
        if committed is not None and len(self._homes) < KEPT_STRAYS:
            self._homes[committed] = index

    def report(self) -> None:
        """Turns every stray into its finding, now that all places have been seen."""
        for stray in self._strays:
            self._report(stray)
        self._strays.clear()

    def _add(self, stray: _Stray) -> None:
        if len(self._strays) < KEPT_STRAYS:
            self._strays.append(stray)
        else:
            self._report(stray)

    def _report(self, stray: _Stray) -> None:
        home = self._homes.get(stray.leaf)
        moved = home is not None and home != stray.index
        self.findings.add(
            Finding(
                "REORDERED" if moved else stray.verdict,
                stray.index,
                "sealed",
                stray.expected,
                f"the record of index {home}" if moved else f"leaf hash {stray.leaf.hex()}",
            )
        )
