"""Publishes a statement file in a log: all of it in one transaction, and nothing twice."""

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from formats.statement_file.document import StatementFile
from formats.statement_file.publishing import Earlier, Slot, publication_events, slot_of
from ledger.draft import Receipt
from ledger.events import Event
from ledger.events.log_keeping import LogCorrectionRecorded
from ledger.events.policy import PolicyPublished
from ledger.events.promise import PromiseDeclared, PromiseParameterSet
from ledger.holds import taken_back
from ledger.ledger import Ledger
from ledger.opening import instant_of
from ledger.store.query import RecordQuery
from ledger.stored import StoredRecord
from ledger.units import Hash32, Index

if TYPE_CHECKING:
    from uuid import UUID

_KINDS: Final = frozenset(
    str(each.__struct_config__.tag)
    for each in (PolicyPublished, PromiseDeclared, PromiseParameterSet, LogCorrectionRecorded)
)


class Published(NamedTuple):
    """One event of a publication and where it stands in the log."""

    event: Event
    receipt: Receipt
    """`duplicate`: it stood there before, and was not recorded again."""


def publish_statement(
    ledger: Ledger,
    file: StatementFile,
    text: str | None,
    *,
    occurred_at: datetime | None = None,
    effective_from: datetime | None = None,
    actor: str | None = None,
) -> list[Published]:
    """Every event of the publication, in order, each with its receipt.

    Args:
        ledger: The log.
        file: The statement file.
        text: The statement itself, to be kept too.
        occurred_at: When it is published; now, if not given.
        effective_from: From when it counts, instead of what the file says.
        actor: Who publishes it: `person:…`.

    Raises:
        FormatError: the text is not the one that the file is about, or a promise is one of another
            statement; nothing was recorded.
        StoreUnavailable: the database cannot be written; nothing was recorded.
    """
    events = publication_events(
        file,
        text,
        occurred_at=occurred_at or ledger.clock(),
        effective_from=effective_from,
        actor=actor,
        derive_id=ledger.derive_id,
        earlier=earlier_in(ledger),
    )
    fresh = [each for each in events if _known(ledger, each) is None]
    outcomes = ledger.record_many(fresh) if fresh else []
    receipts = {each.event_id: each for each in outcomes if isinstance(each, Receipt)}
    # An event that another program published meanwhile is known by now.
    return [
        Published(each, receipt)
        for each in events
        if (receipt := receipts.get(each.event_id) or _known(ledger, each)) is not None
    ]


def earlier_in(ledger: Ledger) -> Earlier:
    """What a log says already of promises, read from the few records that speak of them."""
    opened = list(ledger.open_records(ledger.log.find(RecordQuery(kinds=_KINDS))))
    gone = frozenset(taken_back(opened))
    ids: defaultdict[Slot, list[UUID]] = defaultdict(list)
    decided: set[tuple[str, str]] = set()
    policies: dict[str, str] = {}
    for each in opened:
        event, event_id = each.event, each.stored.event_id
        if event is None or event_id is None:
            continue
        slot = slot_of(event)
        if isinstance(event, PromiseDeclared) and event.policy_id and event_id not in gone:
            policies[event.promise_id] = event.policy_id
        if slot is not None:
            ids[slot].append(event_id)
        elif isinstance(event, PromiseParameterSet) and event_id not in gone:
            decided.update((event.promise_id, parameter.name) for parameter in event.params)
    return Earlier(ids, frozenset(decided), gone, policies)


def _known(ledger: Ledger, event: Event) -> Receipt | None:
    """The receipt of an event that the log has, kept or pruned."""
    if event.event_id is None:
        return None
    record = ledger.log.find_event(event.event_id)
    if record is not None:
        return _receipt(record)
    index = ledger.log.index_of_event(event.event_id)
    if index is None:
        return None
    return Receipt(Index(index), None, None, None, None, event.event_id, duplicate=True)


def _receipt(record: StoredRecord) -> Receipt:
    return Receipt(
        index=record.index,
        leaf_hash=Hash32(record.leaf_hash),
        recorded_at=instant_of(record.recorded_at_us),
        stream=record.stream,
        version=record.version,
        event_id=record.event_id,
        duplicate=True,
    )
