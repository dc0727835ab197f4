"""Anchors kept in memory, for tests of what uses a store."""

from dataclasses import dataclass, field

from ledger.anchors.anchor import Anchor
from ledger.events.log_integrity import AnchorKind
from ledger.units import Size


@dataclass
class AnchorMemory:
    """An `AnchorStore` that forgets at the end of the test."""

    kept: list[Anchor] = field(default_factory=list)

    def add(self, anchor: Anchor) -> None:
        """Keeps it once."""
        if anchor not in self.kept:
            self.kept.append(anchor)

    def anchors_of(self, size: Size) -> list[Anchor]:
        """Those of this size, in the order in which they came."""
        return [anchor for anchor in self.kept if anchor.size == size]

    def newest(self, kind: AnchorKind, authority: str) -> Anchor | None:
        """The one with the largest size."""
        found = [one for one in self.kept if (one.kind, one.authority) == (kind, authority)]
        return max(found, key=lambda one: one.size, default=None)
