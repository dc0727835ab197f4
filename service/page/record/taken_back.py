"""Which later records take a record back: what it says was wrong, though it stays as it was sealed.

Looked through are the records after it in its own stream, which is where steps of a case are
corrected, and the newest records of the kind that corrects whatever it names. The number of both is
bounded, so a page can miss a correction of a log that has very many; views never do.
"""

from typing import Final

from ledger.ledger import Ledger
from ledger.opening import open_pages
from ledger.store.query import RecordQuery
from ledger.stored import StoredRecord
from projections.corrections import CORRECTION_KIND, corrected_events, may_correct

MOST_STEPS: Final = 300
"""After it in its stream."""
MOST_CORRECTIONS: Final = 300
"""Of the kind that corrects; the newest."""


def taken_back_by(ledger: Ledger, stored: StoredRecord) -> tuple[int, ...]:
    """The indexes of the records that take one back, in order; blocking."""
    event_id, log = stored.event_id, ledger.log
    if event_id is None:
        return ()
    steps = log.scan_stream(stored.stream, after=stored.version, limit=MOST_STEPS)
    corrections = log.find(
        RecordQuery(kinds={CORRECTION_KIND}, limit=MOST_CORRECTIONS, reverse=True)
    )
    rows = {row.index: row for row in (*steps, *corrections) if may_correct(row)}
    opened = open_pages(rows.values(), lambda _: {}, None)
    return tuple(sorted(each.stored.index for each in opened if event_id in corrected_events(each)))
