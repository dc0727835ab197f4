"""What an append needs of a database driver; one class per database does it the fast way there."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import Connection

from ledger.draft import Receipt
from ledger.store.requests import DatabaseUuid

RECORD_COLUMNS: Final = (
    "log", "idx", "sealed", "leaf_hash", "stream", "version", "kind", "event_id",
    "recorded_at_us", "occurred_at_us", "system",
)  # fmt: skip
DISCLOSURE_COLUMNS: Final = ("log", "idx", "subject_id", "fields", "ciphertext")
SAMENESS_COLUMNS: Final = ("log", "event_id", "digest", "idx")

Row = tuple[Any, ...]


class HeadRow(NamedTuple):
    """The head of a log as stored."""

    size: int
    last_leaf_hash: bytes
    last_recorded_at_us: int | None
    frontier: bytes


class Rows(Protocol):
    """The statements of an append, on one connection that is inside a writing transaction."""

    def __init__(self, connection: Connection, log: int) -> None: ...

    @staticmethod
    def database_uuid(value: UUID) -> DatabaseUuid:
        """The UUID as this driver takes and gives it."""

    def lock_head(self) -> HeadRow | None:
        """The head, which nobody else can move before this transaction ends."""

    def vault_generation(self) -> int | None:
        """The generation of the vault's keys; `None` without a vault."""

    def known(
        self, event_ids: Sequence[DatabaseUuid]
    ) -> Iterator[tuple[DatabaseUuid, bytes | None, int]]:
        """Event id, digest and index of those that are in the log."""

    def versions(self, streams: Sequence[DatabaseUuid]) -> Iterator[tuple[DatabaseUuid, int]]:
        """The streams that exist, with their newest version, kept or pruned."""

    def receipts(self, indexes: Sequence[int]) -> Iterator[Receipt]:
        """The receipts that were given for stored records."""

    def minimum(self) -> int:
        """The lowest index that is kept; records below it were pruned."""

    def newest_recorded_at_us(self, kind: str) -> int | None:
        """When the newest record of a kind was recorded; `None` without one."""

    def insert(
        self, records: Sequence[Row], disclosures: Sequence[Row], sameness: Sequence[Row]
    ) -> None:
        """Stores rows; what exists already raises the driver's integrity error."""

    def move_head(self, found: HeadRow, moved: HeadRow) -> bool:
        """Whether the head was still where it was found, and is now where it was moved to."""


def pages(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """The items in lists of at most `size`."""
    remaining = iter(items)
    while page := list(islice(remaining, size)):
        yield page
