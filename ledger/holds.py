"""Which legal holds stand, read from the few records that speak of them; who may be erased.

Nothing is remembered between two questions: a hold binds the moment its record is durable. A hold
is taken back only by another record of a hold that supersedes it, or by `log.correction_recorded`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import select

from ledger.body import body_digests
from ledger.errors import LegalHoldStands
from ledger.events.log_keeping import LogCorrectionRecorded
from ledger.events.retention import LegalHoldFields, LegalHoldPlaced, LegalHoldReleased
from ledger.legal_hold import Hold, Release, settled_holds
from ledger.opening import OpenedRecord
from ledger.personal import parse_token
from ledger.store.engine import reading
from ledger.store.query import RecordQuery
from ledger.store.row_reader import RowReader
from ledger.store.rows import pages
from ledger.store.schema import ERASED

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from ledger.stored import StoredDisclosure

_KINDS: Final = frozenset(
    str(each.__struct_config__.tag)
    for each in (LegalHoldPlaced, LegalHoldReleased, LogCorrectionRecorded)
)
_PAGE_ROWS: Final = 500
_NAMED_FIELDS: Final = frozenset({"person", "ip", "customer_id", "subjects"})


def holds_at(ledger: "Ledger", at: datetime, *, known_size: int | None = None) -> list[Hold]:
    """Every hold that was ever placed, with its state at a moment, in the order of the log.

    Args:
        ledger: The log.
        at: As of when, aware.
        known_size: By the records below this index only; `None`: by all.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    rows = ledger.log.find(RecordQuery(kinds=_KINDS, stop=known_size))
    opened = list(ledger.open_records(rows))
    indexes = [each.stored.index for each in opened if isinstance(each.event, LegalHoldPlaced)]
    disclosures = ledger.log.disclosures_of(indexes)
    erased = erased_fields(ledger, indexes)
    placements = [
        _placement(
            each,
            each.event,
            disclosures.get(each.stored.index, ()),
            erased.get(each.stored.index, ()),
        )
        for each in opened
        if isinstance(each.event, LegalHoldPlaced)
    ]
    releases = [
        Release(
            each.stored.index,
            _event_id(each),
            each.stored.stream,
            each.event.occurred_at,
            each.event.causation_id,
        )
        for each in opened
        if isinstance(each.event, LegalHoldReleased)
    ]
    return settled_holds(placements, releases, taken_back(opened), at)


def standing_holds(ledger: "Ledger", at: datetime, *, known_size: int | None = None) -> list[Hold]:
    """The holds that stand at a moment; see `holds_at`."""
    return [
        each for each in holds_at(ledger, at, known_size=known_size) if each.state == "standing"
    ]


def require_no_hold(ledger: "Ledger", subject_id: UUID, *, at: datetime | None = None) -> None:
    """Passes if no standing hold is on a subject or on a record that it has a disclosure in.

    Args:
        ledger: The log.
        subject_id: Who is to be erased.
        at: When; without it, now.

    Raises:
        LegalHoldStands: holds forbid it; the error has them all.
        StoreUnavailable: the database cannot be used.
    """
    holds = [
        each
        for each in standing_holds(ledger, at or ledger.clock())
        if _binds(ledger, each, subject_id)
    ]
    if holds:
        raise LegalHoldStands(f"subject {subject_id.hex}", holds)


def _binds(ledger: "Ledger", hold: Hold, subject_id: UUID) -> bool:
    if hold.covers_everything or subject_id in hold.people:
        return True
    groups = ({subject_id}, None), (hold.people, None)
    named = RecordQuery(subject_ids=groups if hold.names_people else groups[:1])
    if any(hold.covers_place(each) for each in ledger.log.find(named)):
        return True
    own = RecordQuery(subject_ids=groups[:1], start=hold.index, stop=hold.index + 1)
    return any(True for _ in ledger.log.find(own))


def unheld(ledger: "Ledger", places: Sequence[tuple[int, UUID]]) -> list[tuple[int, UUID]]:
    """Those of some disclosures, each by index and subject, that no standing hold keeps now.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    holds = standing_holds(ledger, ledger.clock())
    if not holds:
        return list(places)
    reader = RowReader(ledger.log.engine, ledger.log.log_id)
    found: list[tuple[int, UUID]] = []
    for page in pages(places, _PAGE_ROWS):
        indexes = sorted({index for index, _ in page})
        disclosures = ledger.log.disclosures_of(indexes)
        kept = {
            record.index
            for record in reader.records_among(indexes, RecordQuery())
            for subject_ids in [{each.subject_id for each in disclosures.get(record.index, ())}]
            if any(hold.covers(record, subject_ids) for hold in holds)
        }
        found += [place for place in page if place[0] not in kept]
    return found


def erased_fields(ledger: "Ledger", indexes: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """The paths of the fields that were erased of these records, by index."""
    found: dict[int, list[str]] = {}
    if not indexes:
        return found
    with reading(ledger.log.engine) as connection:
        query = select(ERASED.c.idx, ERASED.c.fields).where(
            ERASED.c.log == ledger.log.log_id, ERASED.c.idx.in_(indexes)
        )
        for index, fields in connection.execute(query):
            found.setdefault(index, []).extend(fields.split(","))
    return found


def _placement(
    opened: OpenedRecord,
    event: LegalHoldPlaced,
    disclosures: Sequence["StoredDisclosure"],
    erased: Sequence[str],
) -> Hold:
    tokens = tuple(dict.fromkeys(each for each in map(_token, _named(event)) if each is not None))
    named = frozenset(each for each in map(_subject_id, tokens) if each is not None)
    shown = sum(len(each.fields.split(",")) for each in disclosures)
    committed = len(body_digests(opened.stored.sealed.partition(b"\n\n")[2]))
    return Hold(
        index=opened.stored.index,
        event_id=_event_id(opened),
        stream=opened.stored.stream,
        # A source whose clock is ahead must not open a gap in which data are destroyed.
        binds_from=min(event.occurred_at, opened.recorded_at),
        placed_at=event.occurred_at,
        recorded_at=opened.recorded_at,
        valid_until=event.valid_until,
        people=named,
        tokens=tokens,
        names_people=bool(named),
        erased_people=any(path.partition("/")[0] in _NAMED_FIELDS for path in erased),
        damaged=shown + len(erased) < committed,
        kinds=event.kinds,
        systems=frozenset(event.systems),
        datasets=_present(event.dataset or event.scope),
        cases=_present(event.file_id, event.object_id),
        scope=event.scope,
        basis=event.basis,
        placed_by=_token(event.decided_by) or _token(event.actor),
    )


def _present(*values: str | None) -> frozenset[str]:
    return frozenset(each for each in values if each is not None)


def _named(event: LegalHoldFields) -> Iterable[str | None]:
    return (event.person, event.ip, event.customer_id, *event.subjects)


def _subject_id(shown: str) -> UUID | None:
    token = parse_token(shown)
    return None if token is None else token[1]


def _token(shown: str | None) -> str | None:
    return None if shown is None or parse_token(shown) is None else shown


def _event_id(opened: OpenedRecord) -> UUID:
    return opened.stored.event_id or opened.stored.stream


def taken_back(opened: Iterable[OpenedRecord]) -> Mapping[UUID, int]:
    """The event ids that some records take back, with the index of the one that does."""
    found: dict[UUID, int] = {}
    for each in opened:
        event = each.event
        if event is None:
            continue
        if event.supersedes is not None:
            found.setdefault(event.supersedes, each.stored.index)
        if isinstance(event, LogCorrectionRecorded):
            found.setdefault(event.corrected_event_id, each.stored.index)
    return found
