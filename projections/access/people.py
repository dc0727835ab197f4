"""Who left an organisation, and over which stretches of time they were gone.

What is said of one person is put together when it is asked: after an erasure nobody can tell any
more whose line a status belongs to.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import Column as Field
from sqlalchemy import Text, select

from ledger.events.organisation import IdentityStatusChanged
from ledger.opening import OpenedRecord
from ledger.personal import WITHHELD
from projections.bitemporal import FOREVER, Cell
from projections.facts import Facts
from projections.grants import VERSION
from projections.kinds import kind_names
from projections.reader import Reader
from projections.tables import fact_table

_STATUS = fact_table(
    "access",
    VERSION,
    "identity",
    Field("person", Text),
    Field("status", Text, nullable=False),
    Field("organisation", Text),
)


class Span(NamedTuple):
    """A stretch of time in microseconds, half-open, with what makes it one."""

    begin: int
    end: int
    told_by: int
    """The index of the record that tells of it."""
    reason: str


def read_status(record: OpenedRecord) -> tuple[Cell, ...] | None:
    """The cells of one change in the standing of a person."""
    event = record.event
    if not isinstance(event, IdentityStatusChanged):
        return None
    return (event.person, event.status, event.organisation)


STATUSES: Final = Facts(_STATUS, kind_names(IdentityStatusChanged), read_status)
"""The part of the view that keeps who became active and who left."""


class People:
    """When each person was gone from each organisation, as far as it was told."""

    def __init__(self, reader: Reader) -> None:
        """Reads the few facts about the standing of people."""
        status = _STATUS.c
        query = select(_STATUS).where(reader.counted(_STATUS)).order_by(status.occurred, status.idx)
        self._told: dict[str, list[dict[str, Any]]] = {}
        for row in reader.rows(query):
            if row["person"] not in {None, WITHHELD}:
                self._told.setdefault(row["person"], []).append(row)

    @property
    def gone(self) -> list[str]:
        """Everybody who ever left, by token."""
        return [
            person
            for person, rows in self._told.items()
            if any(row["status"] == "left" for row in rows)
        ]

    def away(self, person: str | None, organisation: str | None) -> list[Span]:
        """When a person had left an organisation; with none named, all of which it was told.

        Leaving without an organisation named is leaving every one.
        """
        rows = self._told.get(person or "", [])
        if organisation is not None:
            return _spans(row for row in rows if row["organisation"] in {None, organisation})
        return _spans_of_all(rows)


def _spans(rows: Iterable[dict[str, Any]]) -> list[Span]:
    """The stretches that begin with a leaving and end with the next return."""
    spans: list[Span] = []
    left: dict[str, Any] | None = None
    for row in rows:
        if row["status"] == "left":
            left = left or row
        elif left is not None:
            spans.append(_span(left, row["occurred"]))
            left = None
    if left is not None:
        spans.append(_span(left, FOREVER))
    return [span for span in spans if span.begin < span.end]


def _spans_of_all(rows: Iterable[dict[str, Any]]) -> list[Span]:
    """The same where the organisation is not known: nobody is gone who is active anywhere."""
    spans: list[Span] = []
    standing: dict[str | None, str] = {}
    left: dict[str, Any] | None = None
    for row in rows:
        if row["organisation"] is None:
            standing = {None: row["status"]}
        else:
            standing[row["organisation"]] = row["status"]
        # What was said without an organisation holds no longer once one is named.
        named = {key: word for key, word in standing.items() if key is not None} or standing
        is_gone = "active" not in named.values()
        if is_gone and left is None:
            left = row
        elif not is_gone and left is not None:
            spans.append(_span(left, row["occurred"]))
            left = None
    if left is not None:
        spans.append(_span(left, FOREVER))
    return [span for span in spans if span.begin < span.end]


def _span(row: dict[str, Any], end: int) -> Span:
    where = f" {row['organisation']}" if row["organisation"] else ""
    return Span(row["occurred"], end, row["idx"], f"left{where}")
