"""What was stored, deleted, checked to be gone, and which backups ran out: a narrow row each."""

from typing import Final, Literal

from sqlalchemy import BigInteger, Text
from sqlalchemy import Column as Field

from ledger.events.contracts import ContractEnded, ContractTerminationNotified
from ledger.events.retention import BackupExpired
from ledger.events.storage import (
    DataAnonymised,
    DataDeleted,
    DataFields,
    DataStored,
    DeletionVerified,
)
from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from projections.bitemporal import Cell
from projections.facts import Facts
from projections.instants import optional_microseconds
from projections.kinds import kind_names
from projections.reader import json_cell
from projections.tables import fact_table

VERSION: Final = 1

PLACE: Final = (
    "dataset",
    "location",
    "scope",
    "file",
    "object",
    "contract",
    "customer",
    "system",
)
"""By what an event says which data it is about."""


def _place_fields() -> list[Field[str]]:
    return [Field(name, Text) for name in PLACE]


DATA: Final = fact_table(
    "stored",
    VERSION,
    "data",
    *_place_fields(),
    Field("organisation", Text),
    Field("people", Text, nullable=False),
    Field("categories", Text, nullable=False),
    Field("count", BigInteger),
    Field("recorded", BigInteger, nullable=False),
)
GONE: Final = fact_table(
    "stored",
    VERSION,
    "gone",
    *_place_fields(),
    Field("event", Text, nullable=False),
    Field("what", Text, nullable=False),
    Field("method", Text),
    Field("count", BigInteger),
    Field("trigger_event", Text),
    Field("request", Text),
)
CHECKED: Final = fact_table(
    "stored",
    VERSION,
    "checked",
    *_place_fields(),
    Field("deletion", Text),
    Field("remaining", BigInteger),
)
BACKUP: Final = fact_table(
    "stored",
    VERSION,
    "backup",
    Field("dataset", Text),
    Field("location", Text),
    Field("scope", Text),
    Field("system", Text),
    Field("taken", BigInteger),
)
CAUSE: Final = fact_table(
    "stored",
    VERSION,
    "cause",
    Field("event", Text, nullable=False),
    Field("contract", Text),
    Field("customer", Text),
)
"""Events that a deletion may name as its cause, with the contract that they are about."""


def _place(event: DataFields) -> tuple[Cell, ...]:
    return (
        event.dataset,
        event.location,
        event.scope,
        event.file_id,
        event.object_id,
        event.contract_id,
        event.customer_id,
        event.system,
    )


def read_data(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of data that were stored."""
    event = record.event
    if not isinstance(event, DataStored):
        return None
    return (
        *_place(event),
        event.on_behalf_of,
        json_cell(event.subjects),
        json_cell(sorted({*event.data_categories, *event.content_classes})),
        event.count,
        microseconds(record.recorded_at),
    )


def read_gone(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of a deletion, or of making data nobody's."""
    event = record.event
    if not isinstance(event, DataDeleted | DataAnonymised):
        return None
    what: Literal["deleted", "anonymised"] = (
        "deleted" if isinstance(event, DataDeleted) else "anonymised"
    )
    trigger = event.trigger_event_id
    return (
        *_place(event),
        str(record.stored.event_id),
        what,
        event.method,
        event.count,
        None if trigger is None else str(trigger),
        event.request_id if isinstance(event, DataDeleted) else None,
    )


def read_checked(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of a check that data are gone."""
    event = record.event
    if not isinstance(event, DeletionVerified):
        return None
    deletion = event.deletion_event_id
    return (
        *_place(event),
        None if deletion is None else str(deletion),
        event.remaining_count,
    )


def read_backup(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of a backup that ran out."""
    event = record.event
    if not isinstance(event, BackupExpired):
        return None
    taken = optional_microseconds(event.taken_at)
    return (event.dataset, event.location, event.scope, event.system, taken)


def read_cause(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of the end of a contract, or the notice of it."""
    event = record.event
    if not isinstance(event, ContractEnded | ContractTerminationNotified):
        return None
    return (str(record.stored.event_id), event.contract_id, event.customer_id)


DATA_PARTS: Final = (
    Facts(DATA, kind_names(DataStored), read_data),
    Facts(GONE, kind_names(DataDeleted, DataAnonymised), read_gone),
    Facts(CHECKED, kind_names(DeletionVerified), read_checked),
    Facts(BACKUP, kind_names(BackupExpired), read_backup),
    Facts(CAUSE, kind_names(ContractEnded, ContractTerminationNotified), read_cause),
)
