"""What a reader would see, for tests that look at values without recording that they do."""

from collections.abc import Iterable, Iterator

from ledger import reading
from ledger.ledger import Ledger
from ledger.opening import OpenedRecord
from ledger.stored import StoredRecord


def opened_records(ledger: Ledger, rows: Iterable[StoredRecord]) -> Iterator[OpenedRecord]:
    """Rows with their values, in the order given; nothing is added to the log."""
    return reading._opened(ledger, rows, reading._unrecorded(ledger))
