"""Which records a rule may find due: their indexes, through the database index that fits.

Only records that have disclosures left are given. Each page is a look-up of its own that starts
after the last one, so that rows may be deleted meanwhile.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, Final

from ledger.retention.rules import OCCURRED, RECORDED, Rule, kinds_named
from ledger.store.engine import is_postgresql
from ledger.store.query import any_of
from ledger.store.requests import microseconds
from ledger.store.row_reader import RowReader

if TYPE_CHECKING:
    from ledger.ledger import Ledger

PAGE_ROWS: Final = 1_000
_BEFORE_ALL: Final = -(2**63)
_HAS_DISCLOSURES: Final = (
    "EXISTS (SELECT 1 FROM zegel_disclosure AS beside "
    "WHERE beside.log = zegel_record.log AND beside.idx = zegel_record.idx)"
)


def candidate_indexes(
    ledger: "Ledger", reader: RowReader, rule: Rule, limit: datetime, zone: tzinfo
) -> Iterator[int]:
    """The indexes of the records whose values the rule could find due at a moment.

    Args:
        ledger: The log.
        reader: Of that log.
        rule: One without a problem.
        limit: The moment, aware.
        zone: Whose calendar counts.
    """
    bound = rule.term.begun_before(limit, zone)
    if bound is None:
        return iter(())
    log, kinds = ledger.log.log_id, _kinds(rule)
    postgresql = is_postgresql(ledger.log.engine)
    if rule.trigger == OCCURRED:
        return _occurred_before(reader, log, microseconds(bound), kinds, postgresql=postgresql)
    # What waits for an event may have been recorded long before or after it.
    stop = ledger.log.head().size
    if rule.trigger == RECORDED:
        stop = min(stop, ledger.log.size_at(bound))
    if kinds:
        return _of_kinds(reader, log, stop, kinds, postgresql=postgresql)
    return _with_disclosures(reader, log, stop)


def _kinds(rule: Rule) -> list[str]:
    """The kinds that a rule names; none: any kind."""
    found = {kind for name in rule.kinds for kind in (name, *kinds_named(name))}
    return sorted(found)


def _occurred_before(
    reader: RowReader, log: int, before_us: int, kinds: Sequence[str], *, postgresql: bool
) -> Iterator[int]:
    """Those that occurred before an instant, in the order in which they occurred."""
    # SQLite, which knows no statistics, would rather walk the log.
    forced = "" if postgresql else " INDEXED BY zegel_record_occurred"
    of_kind, names = _kind_condition(kinds, postgresql=postgresql)
    last = (_BEFORE_ALL, -1)
    while True:
        rows = reader.fetch(
            f"SELECT occurred_at_us, idx FROM zegel_record{forced} WHERE log = ? "  # noqa: S608 - placeholders
            "AND occurred_at_us >= ? AND (occurred_at_us, idx) > (?, ?) AND occurred_at_us < ? "
            f"AND {_HAS_DISCLOSURES}{of_kind} ORDER BY occurred_at_us, idx LIMIT {PAGE_ROWS}",
            (log, last[0], *last, before_us, *names),
        )
        yield from (row[1] for row in rows)
        if len(rows) < PAGE_ROWS:
            return
        last = rows[-1]


def _of_kinds(
    reader: RowReader, log: int, stop: int, kinds: Sequence[str], *, postgresql: bool
) -> Iterator[int]:
    """Those of some kinds below an index, kind by kind."""
    forced = "" if postgresql else " INDEXED BY zegel_record_kind"
    for kind in kinds:
        yield from _paged(
            reader,
            f"SELECT idx FROM zegel_record{forced} WHERE log = ? AND kind = ? "  # noqa: S608 - placeholders
            f"AND idx > ? AND idx < ? AND {_HAS_DISCLOSURES} ORDER BY idx LIMIT {PAGE_ROWS}",
            (log, kind),
            stop,
        )


def _with_disclosures(reader: RowReader, log: int, stop: int) -> Iterator[int]:
    """Those below an index, whatever their kind."""
    return _paged(
        reader,
        "SELECT DISTINCT idx FROM zegel_disclosure WHERE log = ? AND idx > ? AND idx < ? "  # noqa: S608 - placeholders
        f"ORDER BY idx LIMIT {PAGE_ROWS}",
        (log,),
        stop,
    )


def _paged(
    reader: RowReader, statement: str, parameters: tuple[Any, ...], stop: int
) -> Iterator[int]:
    last = -1
    while True:
        rows = reader.fetch(statement, (*parameters, last, stop))
        yield from (row[0] for row in rows)
        if len(rows) < PAGE_ROWS:
            return
        last = rows[-1][0]


def _kind_condition(kinds: Sequence[str], *, postgresql: bool) -> tuple[str, list[object]]:
    if not kinds:
        return "", []
    text, names = any_of("kind", kinds, postgresql=postgresql)
    return f" AND {text}", names
