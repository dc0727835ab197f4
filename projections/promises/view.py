"""The views under the promises: what is settled about them, and how each stands judged."""

from typing import Any, Final, get_args

from sqlalchemy import select

from ledger.events import KINDS
from ledger.events.log_integrity import LogSourceCoverageDeclared
from ledger.events.log_sources import LogSourceGapDetected
from ledger.events.policy import PolicyPublished, PolicyWithdrawn
from ledger.events.promise import PromiseEvent
from ledger.opening import OpenedRecord
from ledger.own_records import SOURCES
from ledger.store.requests import microseconds
from projections.bitemporal import Cell
from projections.facts import Facts
from projections.instants import cell_instant
from projections.kinds import kind_names
from projections.promises.judging import Judging
from projections.promises.material import KEPT
from projections.promises.rulebook import is_stale, rulebook_read
from projections.promises.tables import (
    COVERAGE,
    LOST,
    SETTING,
    SETTINGS_VIEW,
    VERDICT,
    VERSION,
    VIEW,
)
from projections.reader import Reader, json_cell, listed
from projections.view import Column, Filter, Section, View

_SETTINGS: Final = kind_names(PolicyPublished, PolicyWithdrawn, *get_args(PromiseEvent))
_JUDGED: Final = frozenset(
    kind for kind in KINDS if not kind.startswith("log.") and not kind.startswith("processing.")
)
"""Facts of the world; the log's own keeping promises nothing to anybody."""


def read_setting(record: OpenedRecord) -> tuple[Cell, ...]:
    """The cells of a record that settles something: its sealed body holds nothing personal."""
    return (record.stored.kind, record.stored.sealed.partition(b"\n\n")[2].decode())


def read_coverage(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of a declaration that a source was connected."""
    event = record.event
    if not isinstance(event, LogSourceCoverageDeclared):
        return None
    until = event.covered_until
    return (
        event.source,
        microseconds(event.covered_from),
        None if until is None else microseconds(until),
        json_cell(event.kinds),
    )


def read_lost(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of a gap in the running numbers of a source: when what is missing was written."""
    event = record.event
    if not isinstance(event, LogSourceGapDetected) or event.source is None:
        return None
    if event.system != SOURCES:  # nobody but a collector of this log knows
        return None
    since = microseconds(event.missing_from or event.occurred_at)
    until = microseconds(event.missing_until or event.occurred_at)
    return (event.source, min(since, until), max(since, until))


def settings_known(reader: Reader) -> list[dict[str, Any]]:
    """Every record that settles what a statement promises, in the order of the log."""
    query = select(SETTING).where(reader.counted(SETTING)).order_by(SETTING.c.idx)
    return [
        {
            "occurred_at": cell_instant(row["occurred"]),
            "kind": row["kind"],
            "index": row["idx"],
        }
        for row in reader.rows(query)
    ]


def items_open(reader: Reader) -> list[dict[str, Any]]:
    """Every judged event that breaks a promise, waits, or tells too little."""
    row = VERDICT.c
    query = (
        select(VERDICT)
        .where(reader.standing(VERDICT), row.verdict != KEPT)
        .order_by(row.moment, row.idx, row.rule)
    )
    rules = rulebook_read(reader.connection, reader.scope).rules
    found = []
    for each in reader.rows(query):
        promise = rules[each["rule"]].declaration.event.promise_id
        wanted = reader.chosen.get("promise")
        if wanted and promise not in wanted:
            continue
        found.append(
            {
                "promise": promise,
                "verdict": each["verdict"],
                "occurred_at": cell_instant(each["moment"]),
                "due_at": cell_instant(each["due"]),
                "reason": each["reason"],
                "index": each["idx"],
                "indexes": listed(each["evidence"]),
            }
        )
    return found


STATEMENTS: Final = View(
    name=SETTINGS_VIEW,
    title="What settles the promises of statements",
    version=VERSION,
    parts=(Facts(SETTING, _SETTINGS, read_setting),),
    sections={
        "known": Section(
            "policies, promises, parameters and decisions, as recorded",
            (
                Column("occurred_at", "occurred", "instant"),
                Column("kind", "kind"),
                Column("index", "index", "index"),
            ),
            settings_known,
        ),
    },
    filters={},
)
PROMISES: Final = View(
    name=VIEW,
    title="How each promise stands judged",
    version=VERSION,
    parts=(
        Judging(_JUDGED),
        Facts(COVERAGE, kind_names(LogSourceCoverageDeclared), read_coverage),
        Facts(LOST, kind_names(LogSourceGapDetected), read_lost),
    ),
    sections={
        "open": Section(
            "judged events that break a promise, wait, or tell too little",
            (
                Column("promise", "promise"),
                Column("verdict", "verdict"),
                Column("occurred_at", "occurred", "instant"),
                Column("due_at", "due", "instant"),
                Column("reason", "reason"),
                Column("index", "index", "index"),
                Column("indexes", "rests on", "indexes"),
            ),
            items_open,
        ),
    },
    filters={"promise": Filter("one promise, such as RAG-03")},
    after=(STATEMENTS,),
    is_stale=is_stale,
)
