"""Up to where an answer is true: the size and root of the log that was asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledger.ledger import Ledger
from ledger.merkle import Frontier
from ledger.units import Hash32, Size
from projections.cases.reading import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The state of the log, and of the world, that an answer tells of."""

    size: Size
    """How many records the log had when it was asked."""
    root: Hash32
    """Of the tree of all of them."""
    known_size: Size | None = None
    """Only records below this index count, where fewer do than there were."""
    as_known: datetime | None = None
    """The instant by which these were recorded."""
    moment: datetime | None = None
    """The instant in the world that was asked about."""

    def document(self) -> dict[str, Any]:
        """The member `as_of` of an answer."""
        found: dict[str, Any] = {"size": self.size, "root": self.root}
        for name in ("known_size", "as_known", "moment"):
            if getattr(self, name) is not None:
                found[name] = getattr(self, name)
        return found

    @property
    def headers(self) -> dict[str, str]:
        """The same for answers that have no such member, such as streams and files."""
        return {"Zegel-Size": str(self.size), "Zegel-Root": self.root.hex()}


def truth_of(
    ledger: Ledger, *, as_known: datetime | None = None, moment: Moment | None = None
) -> Truth:
    """The state of the log now, narrowed to what was known at an instant.

    Args:
        ledger: The log.
        as_known: Only what was recorded by then counts.
        moment: As a question about cases and promises understood both of its times.

    Raises:
        RecordsPruned: it lies among records that were pruned.
    """
    head = ledger.head()
    known = None
    if moment is not None:
        known = Size(min(moment.known_size, head.size))
    elif as_known is not None:
        known = Size(min(ledger.size_at(as_known), head.size))
    return Truth(
        size=head.size,
        root=Frontier(head.size, head.frontier).root(),
        known_size=known,
        as_known=as_known,
        moment=None if moment is None else moment.as_of,
    )
