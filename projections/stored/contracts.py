"""The contracts behind stored data: which are over, and since when."""

from typing import Any, Final

from sqlalchemy import select

from ledger.personal import WITHHELD
from projections.contract_lines import IN_FORCE, contract_lines
from projections.reader import Reader, listed
from projections.stored.data import VERSION

CONTRACTS: Final = contract_lines("stored", VERSION)
"""The part of the view that keeps every contract."""


class Contracts:
    """Every contract as it stands at the moment asked about."""

    def __init__(self, reader: Reader) -> None:
        """Reads the rows that hold at the moment."""
        rows = CONTRACTS.lined.rows
        self._by_stream: dict[str, dict[str, Any]] = {}
        self._by_customer: dict[str, list[dict[str, Any]]] = {}
        for row in reader.rows(select(rows).where(reader.standing(rows))):
            self._by_stream[row["entity"]] = row
            if row["customer"] not in {None, WITHHELD}:
                self._by_customer.setdefault(row["customer"], []).append(row)

    def behind(self, data: dict[str, Any]) -> list[dict[str, Any]]:
        """The contracts that data are kept for: the one that they name, else the customer's."""
        if data["contract"] is not None:
            named = self._by_stream.get(data["contract"])
            return [] if named is None else [named]
        return self._by_customer.get(data["customer"] or "", [])

    def ended(self, data: dict[str, Any]) -> dict[str, Any] | None:
        """The contract that ended last, where none behind the data is in force any more."""
        behind = self.behind(data)
        if not behind or any(row["status"] == IN_FORCE for row in behind):
            return None
        return max(behind, key=lambda row: (row["ended"], listed(row["indexes"])[-1]))

    def noticed(self, data: dict[str, Any]) -> int | None:
        """When notice was given last, where it was of every contract behind the data."""
        behind = self.behind(data)
        moments = [int(row["noticed"]) for row in behind if row["noticed"] is not None]
        return max(moments) if moments and len(moments) == len(behind) else None
