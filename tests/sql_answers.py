"""Statements asked of a log, as its commands ask them."""

from typing import Any

from ledger.ledger import Ledger
from projections.sql.asking import Limits, SqlAnswer, ask
from projections.sql.view_rows import Moment


def moment_of(ledger: Ledger) -> Moment:
    """Now, by all that was recorded."""
    return Moment(as_of=ledger.clock(), size=ledger.head().size, zone="Europe/Amsterdam")


def rows_of(
    ledger: Ledger, statement: str, moment: Moment | None = None, **values: str
) -> list[tuple[Any, ...]]:
    """The rows of an answer."""
    with ask(ledger, statement, moment or moment_of(ledger), values=values) as answer:
        return list(answer.rows)


def answered(ledger: Ledger, statement: str, limits: Limits) -> tuple[list[Any], SqlAnswer]:
    """The rows that were given within limits, and the answer they belong to."""
    with ask(ledger, statement, moment_of(ledger), limits=limits) as answer:
        rows = list(answer.rows)
    return rows, answer
