"""Which records take back which: corrections, resolved to indexes.

An event whose envelope names another in `supersedes`, and `log.correction_recorded`, take that
other event back from their own index on. A correction may come before what it corrects; then the
corrected event never counts. What was taken back stays so, even when its correction is corrected.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from ledger.events.log_keeping import LogCorrectionRecorded
from ledger.opening import OpenedRecord
from ledger.store import SealedLog
from ledger.stored import StoredRecord
from projections.batches import batched
from projections.tables import Scope, insert_rows
from projections.view import Batch, View, Void

CORRECTION_KIND: Final = str(LogCorrectionRecorded.__struct_config__.tag)
_SUPERSEDES: Final = b'"supersedes":'
_ASKED_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Correction:
    """The record at `index` takes back an event; `target` is its index, if it was recorded."""

    index: int
    event_id: UUID
    target: int | None


def may_correct(record: StoredRecord) -> bool:
    """Whether a record, of whatever kind, could name an event that it takes back."""
    return record.kind == CORRECTION_KIND or _SUPERSEDES in record.sealed


def find_corrections(log: SealedLog, opened: Iterable[OpenedRecord]) -> list[Correction]:
    """The corrections among some records, in the order of the log."""
    found = []
    for record in opened:
        for event_id in corrected_events(record):
            place = log.index_of_event(event_id)
            found.append(Correction(record.stored.index, event_id, place))
    return found


def corrected_events(record: OpenedRecord) -> Iterable[UUID]:
    """The events that a record takes back, by their ids."""
    event = record.event
    if event is None:
        return
    if event.supersedes is not None:
        yield event.supersedes
    if isinstance(event, LogCorrectionRecorded):
        yield event.corrected_event_id


def narrowed(
    connection: Connection,
    view: View,
    scope: Scope,
    whole: Batch,
    corrections: Sequence[Correction],
) -> Batch:
    """The batch as one view folds it: its kinds only, without what was taken back beforehand.

    Remembers the corrections whose target is still to come.
    """
    early = {
        one.event_id: one.index
        for one in reversed(corrections)
        if one.target is None or one.target > one.index
    }
    kinds = view.kinds
    mine = [record for record in whole.opened if record.stored.kind in kinds]
    known = _voided(connection, view, scope, mine, early)
    opened = mine
    if known or early:
        opened = [
            record
            for record in mine
            if str(record.stored.event_id) not in known and not _is_early(early, record.stored)
        ]
    fresh = [(*scope, str(event_id)) for event_id in early if str(event_id) not in known]
    insert_rows(connection, view.voided, fresh)
    voids = [
        Void(one.target, one.index)
        for one in corrections
        if one.target is not None and one.target < one.index
    ]
    return Batch(whole.stored, opened, voids)


def counted(
    connection: Connection, view: View, scope: Scope, records: Sequence[OpenedRecord]
) -> list[OpenedRecord]:
    """Those of some records, folded before, that no earlier record had taken back."""
    known = _voided(connection, view, scope, records, ())
    return [record for record in records if str(record.stored.event_id) not in known]


def _is_early(early: dict[UUID, int], stored: StoredRecord) -> bool:
    return stored.event_id in early and early[stored.event_id] < stored.index


def _voided(
    connection: Connection,
    view: View,
    scope: Scope,
    records: Collection[OpenedRecord],
    early: Collection[UUID],
) -> set[str]:
    """Which of some records, and of the targets of early corrections, are remembered already."""
    if not records and not early:
        return set()
    table = view.voided
    mine = (table.c.log == scope.log, table.c.generation == scope.generation)
    if connection.execute(select(table.c.event_id).where(*mine).limit(1)).first() is None:
        return set()  # the usual case: corrections follow what they correct
    asked = {str(record.stored.event_id) for record in records} | {str(each) for each in early}
    found: set[str] = set()
    for some in batched(sorted(asked), _ASKED_AT_ONCE):
        query = select(table.c.event_id).where(*mine, table.c.event_id.in_(some))
        found.update(connection.scalars(query))
    return found
