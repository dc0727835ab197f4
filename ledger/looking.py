"""Who looked at whom: whether a reading showed somebody, told by the records that it names.

A reading keeps the runs of the records that it showed, under the key of the reader; where it showed
some people only, their tokens. Both are compared with the records that name somebody. Where runs
were joined, somebody between them may be taken for shown: `shown_exactly` of the reading is false
then, and the answer is *possibly*.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from ledger.events.log_integrity import LogRead
from ledger.shown_records import Runs
from ledger.stored import StoredRecord


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody, and every record that names them."""

    subject_id: UUID
    places: "array[int]"
    """Indexes, ascending; 8 bytes each, however many."""

    @classmethod
    def of(cls, subject_id: UUID, records: Iterable[StoredRecord]) -> Self:
        """Somebody, with the records that name them in order of index."""
        return cls(subject_id, array("q", (int(record.index) for record in records)))

    def stands_between(self, first: int, last: int) -> bool:
        """Whether a record from `first` through `last` names them."""
        place = bisect_left(self.places, first)
        return place < len(self.places) and self.places[place] <= last


def looks_at(reading: LogRead, looked: Looked) -> bool:
    """Whether a reading showed somebody, or may have where its runs were joined.

    Args:
        reading: With its values opened; one whose reader was erased tells nothing any more.
        looked: Whom.
    """
    if reading.shown_subjects is not None:
        tokens = reading.shown_subjects.split()
        return any(token.endswith(f"#{looked.subject_id.hex}") for token in tokens)
    try:
        runs = Runs.parse(reading.shown or "", is_exact=bool(reading.shown_exactly))
    except ValueError:
        return False
    return any(looked.stands_between(first, last) for first, last in runs.runs)
