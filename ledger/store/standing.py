"""How far what a system reported goes: three numbers that tell whether it must be read again."""

from typing import NamedTuple

from sqlalchemy import Engine

from ledger.store.row_reader import RowReader


class Standing(NamedTuple):
    """What changes whenever the records of one system, or what can be opened of them, do."""

    generation: int | None
    """Of the vault: each erasure and each rotation of keys moves it."""
    first: int | None
    """The lowest index: pruning moves it."""
    last: int | None
    """The highest index."""


def standing(engine: Engine, log_id: int, system: str) -> Standing:
    """Where the records of a system stand now, at the cost of three steps into an index.

    Raises:
        StoreUnavailable: the database cannot be read.
    """
    end = "SELECT idx FROM zegel_record WHERE log = ? AND system = ? ORDER BY idx {} LIMIT 1"
    rows = RowReader(engine, log_id).fetch(
        "SELECT (SELECT generation FROM zegel_vault WHERE log = ?), "  # noqa: S608 - our own words
        f"({end.format('ASC')}), ({end.format('DESC')})",
        (log_id, log_id, system, log_id, system),
    )
    return Standing(*rows[0])
