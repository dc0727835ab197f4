"""A sealed log whose first records are pruned, as `zegel prune` does it step by step."""

from contextlib import closing
from typing import Final

from ledger.draft import Receipt
from ledger.events.access import AccessUsed
from ledger.ledger import Ledger
from ledger.prunable import PrunedRange
from ledger.pruning import carry_out, range_below, record_decision, undone
from ledger.stored import StoredPruning
from tests.grants import OCCURRED_AT
from tests.sealed_home import SealedHome

ARCHIVE: Final = "archive-1.zip"
MANIFEST: Final = bytes(range(32))


def used(**fields: object) -> AccessUsed:
    """A use of access without anything personal in it: it leaves no disclosure."""
    return AccessUsed(occurred_at=OCCURRED_AT, resource="customer-file", **fields)  # type: ignore[arg-type]  # whatever the kind takes


class PrunedHome(SealedHome):
    """A sealed home whose records can go."""

    def fill(self, count: int) -> list[Receipt]:
        """That many more records, sealed."""
        with closing(self.open()) as ledger:
            found = ledger.record_many([used() for _ in range(count)])
        self.seal()
        return [one for one in found if isinstance(one, Receipt)]

    def decide(self, wanted: int) -> StoredPruning:
        """A decision to remove the records below an index, not signed yet."""
        with closing(self.open()) as ledger:
            pruned = range_below(ledger.log, wanted, ledger.head().size)
            decide(ledger, pruned)
            found = undone(ledger.log)
        assert found is not None
        return found

    def carry_out(self) -> int:
        """How many records the newest decision removed."""
        with closing(self.open()) as ledger:
            pruning = undone(ledger.log)
            return 0 if pruning is None else carry_out(ledger, pruning, self.signing.terms())

    def prune(self, wanted: int) -> StoredPruning:
        """Removes the records below an index."""
        pruning = self.decide(wanted)
        self.seal()
        self.carry_out()
        return pruning


def decide(ledger: Ledger, pruned: PrunedRange) -> Receipt:
    """Records the decision to remove a range."""
    return record_decision(
        ledger,
        pruned,
        exported_as=ARCHIVE,
        manifest_sha256=MANIFEST,
        decided_by="person:dpo@example.nl",
        reason="line 4",
    )
