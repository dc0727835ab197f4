"""Files on the system: when each came, was processed, delivered and deleted, how long it stayed.

A file is gone when a deletion names it; until then it is there.
"""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, Text, case, func, select
from sqlalchemy import Column as Field

from ledger.events.files import FileDelivered, FileProcessed, FileProduced, FileReceived
from ledger.events.storage import DataAnonymised, DataDeleted, DataStored
from ledger.opening import OpenedRecord
from projections.bitemporal import Cell
from projections.facts import Facts
from projections.instants import cell_instant
from projections.kinds import kind_name, kind_names
from projections.reader import Reader
from projections.stored.data import VERSION
from projections.tables import fact_table
from projections.view import Column

_STEPS: Final = {
    kind_name(FileReceived): "received",
    kind_name(FileProduced): "produced",
    kind_name(FileProcessed): "processed",
    kind_name(FileDelivered): "delivered",
    kind_name(DataStored): "stored",
    kind_name(DataDeleted): "deleted",
    kind_name(DataAnonymised): "deleted",
}
_CAME: Final = ("received", "produced", "stored")
FILE: Final = fact_table(
    "stored",
    VERSION,
    "file",
    Field("file", Text, nullable=False),
    Field("step", Text, nullable=False),
    Field("system", Text),
    Field("process", Text),
    Field("bytes", BigInteger),
    Field("customer", Text),
    search="file",
)


def read_step(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of one step of a file; nothing when data other than a file are meant."""
    event = record.event
    if isinstance(event, FileReceived | FileProcessed | FileProduced | FileDelivered):
        said = (event.process, event.size_bytes)
    elif isinstance(event, DataStored | DataDeleted | DataAnonymised) and event.file_id:
        said = (None, None)
    else:
        return None
    return (event.file_id, _STEPS[record.stored.kind], event.system, *said, event.customer_id)


FILE_STEPS: Final = Facts(
    FILE,
    kind_names(
        FileReceived,
        FileProcessed,
        FileProduced,
        FileDelivered,
        DataStored,
        DataDeleted,
        DataAnonymised,
    ),
    read_step,
)
"""The part of the view that keeps every step of every file."""


def _moment(*steps: str, last: bool = False) -> ColumnElement[int | None]:
    extreme = func.max if last else func.min
    return extreme(case((FILE.c.step.in_(steps), FILE.c.occurred)))


def file_times(reader: Reader, of: Select[Any] | None = None) -> Select[Any]:
    """One row per file, or per file of some: what is known of it, and the moments of its steps.

    A file that came again after it was deleted is there since then.
    """
    file = FILE.c
    steps = (
        select(
            file.file,
            func.max(file.system).label("system"),
            func.max(file.process).label("process"),
            func.max(file.bytes).label("bytes"),
            func.max(file.customer).label("customer"),
            _moment(*_CAME).label("came"),
            _moment(*_CAME, last=True).label("came_last"),
            _moment("processed", last=True).label("processed"),
            _moment("delivered", last=True).label("delivered"),
            _moment("deleted", last=True).label("deleted"),
            func.max(case((file.step.in_(_CAME), file.step))).label("came_as"),
            func.min(file.idx).label("first_index"),
            func.max(file.idx).label("last_index"),
        )
        .where(
            reader.counted(FILE),
            reader.matching(file=[file.file], system=[file.system]),
            *(() if of is None else (file.file.in_(of),)),
        )
        .group_by(file.file)
    ).subquery()
    again = steps.c.came_last > steps.c.deleted
    others = [each for each in steps.c if each.name not in {"came", "came_last", "deleted"}]
    return select(
        *others,
        case((again, steps.c.came_last), else_=steps.c.came).label("came"),
        case((again, None), else_=steps.c.deleted).label("deleted"),
    )


def files(reader: Reader) -> list[dict[str, Any]]:
    """Every file with how long it was on the system, the longest first."""
    times = file_times(reader).subquery()
    left = func.coalesce(times.c.deleted, reader.as_of)
    query = (
        select(times)
        .where(times.c.came.is_not(None))
        .order_by((left - times.c.came).desc(), times.c.first_index)
    )
    if "min_seconds" in reader.chosen:
        least = min(int(value) for value in reader.chosen["min_seconds"])
        query = query.where(left - times.c.came > least * 1_000_000)
    customers = reader.chosen.get("customer")
    if customers is not None:
        query = query.where(times.c.customer.in_(customers))
    return [_row(reader, row) for row in reader.rows(query.limit(reader.most))]


def _row(reader: Reader, row: dict[str, Any]) -> dict[str, Any]:
    gone = row["deleted"]
    until = reader.as_of if gone is None else gone
    return {
        "file": row["file"],
        "dwell": timedelta(microseconds=until - row["came"]),
        "dwell_seconds": (until - row["came"]) // 1_000_000,
        "still_there": gone is None,
        "came_as": row["came_as"],
        "came_at": cell_instant(row["came"]),
        "processed_at": cell_instant(row["processed"]),
        "delivered_at": cell_instant(row["delivered"]),
        "deleted_at": cell_instant(gone),
        "after_processing": _between(row["processed"], until),
        "after_delivery": _between(row["delivered"], until),
        "system": row["system"],
        "process": row["process"],
        "bytes": row["bytes"],
        "customer": row["customer"],
        "indexes": sorted({row["first_index"], row["last_index"]}),
    }


def _between(begin: int | None, end: int) -> timedelta | None:
    return None if begin is None or begin > end else timedelta(microseconds=end - begin)


FILE_COLUMNS: Final = (
    Column("dwell_seconds", "seconds there", "count"),
    Column("dwell", "there for", "duration"),
    Column("still_there", "still there", "flag"),
    Column("came_as", "came as"),
    Column("came_at", "came", "instant"),
    Column("processed_at", "processed", "instant"),
    Column("delivered_at", "delivered", "instant"),
    Column("deleted_at", "deleted", "instant"),
    Column("after_processing", "after processing", "duration"),
    Column("after_delivery", "after delivery", "duration"),
    Column("system", "system"),
    Column("process", "process"),
    Column("bytes", "bytes", "bytes"),
    Column("customer", "customer", "token"),
    Column("file", "file", "token"),
    Column("indexes", "rests on", "indexes"),
)
