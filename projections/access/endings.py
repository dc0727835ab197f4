"""What ends the reason for a grant: its contract, the contracts of its organisation, a leaving."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import select

from ledger.personal import WITHHELD
from projections.access.organisations import Organisations
from projections.access.people import People, Span
from projections.contract_lines import IN_FORCE, contract_lines
from projections.grants import VERSION
from projections.reader import Reader, listed

CONTRACTS: Final = contract_lines("access", VERSION)
"""The part of the view that keeps every contract."""
_CONTROLLERS: Final = frozenset({"controller", "joint-controller"})
"""Whose people have access to data of their own: no contract gave it to them."""


class Endings:
    """When the reason for a grant, or for a use, was gone."""

    def __init__(self, reader: Reader) -> None:
        """Reads contracts, people and organisations; none of them are many."""
        self.people = People(reader)
        self.organisations = Organisations(reader)
        self._of_contract: dict[str, list[Span]] = {}
        by_organisation: dict[str, dict[str, list[dict[str, Any]]]] = {}
        rows = CONTRACTS.lined.rows
        query = select(rows).where(reader.known(rows)).order_by(rows.c.entity, rows.c.valid_from)
        for row in reader.rows(query):
            if row["status"] != IN_FORCE:
                self._of_contract.setdefault(row["entity"], []).append(_span(row))
            for role, name in listed(row["parties"]):
                if role not in _CONTROLLERS:
                    contracts = by_organisation.setdefault(name, {})
                    contracts.setdefault(row["entity"], []).append(row)
        self._without_contract = {
            name: list(_all_over(contracts.values())) for name, contracts in by_organisation.items()
        }

    @property
    def ended_contracts(self) -> list[str]:
        """Every contract that was ever over."""
        return sorted(self._of_contract)

    @property
    def organisations_without(self) -> list[str]:
        """Every organisation whose contracts were ever all over."""
        return sorted(name for name, spans in self._without_contract.items() if spans)

    def of_grant(self, grant: dict[str, Any]) -> list[Span]:
        """When a grant had lost its reason, by a row of it with `entity` and what it says."""
        return [
            *self._of_contract.get(grant["contract"] or "", ()),
            *self._of_organisation(grant["organisation"], grant["system"]),
            *self._of_person(grant["grantee"], grant["organisation"]),
        ]

    def of_use(self, use: dict[str, Any], grant: dict[str, Any] | None) -> Iterator[Span]:
        """What had ended when a use occurred; the actor counts, whoever the grant was given to."""
        organisation = use["organisation"] or (grant["organisation"] if grant else None)
        spans = [
            *self._of_person(use["actor"], organisation),
            *self._of_organisation(organisation, use["system"]),
            *(self._of_contract.get(grant["contract"] or "", ()) if grant else ()),
        ]
        return (span for span in spans if span.begin <= use["occurred"] < span.end)

    def _of_person(self, person: str | None, organisation: str | None) -> list[Span]:
        return [] if person in {None, WITHHELD} else self.people.away(person, organisation)

    def _of_organisation(self, organisation: str | None, system: str | None) -> list[Span]:
        if organisation is None or self.organisations.keeps(organisation, system):
            return []  # people of whoever keeps the system are there without a contract
        return self._without_contract.get(organisation, [])


def _span(row: dict[str, Any]) -> Span:
    return Span(row["valid_from"], row["valid_to"], listed(row["indexes"])[-1], "contract ended")


def _all_over(contracts: Iterable[list[dict[str, Any]]]) -> Iterator[Span]:
    """When none of the contracts of an organisation was in force, after one of them was."""
    rows = sorted((row for rows in contracts for row in rows), key=lambda row: row["valid_from"])
    moments = sorted({edge for row in rows for edge in (row["valid_from"], row["valid_to"])})
    for begin, end in pairwise(moments):
        standing = [row for row in rows if row["valid_from"] <= begin < row["valid_to"]]
        if standing and all(row["status"] != IN_FORCE for row in standing):
            last = max(standing, key=lambda row: row["valid_from"])
            index = listed(last["indexes"])[-1]
            yield Span(begin, end, index, "the organisation has no contract any more")


def met_by(spans: Iterable[Span], begin: int, end: int) -> list[Span]:
    """The spans that meet a stretch of time, cut to it, in the order of their beginning."""
    met = [
        span._replace(begin=max(span.begin, begin), end=min(span.end, end))
        for span in spans
        if span.begin < end and span.end > begin
    ]
    return sorted(met, key=lambda span: (span.begin, span.told_by))


def told_once(spans: Iterable[Span]) -> list[str]:
    """Why, each reason once, in the order given."""
    return list(dict.fromkeys(span.reason for span in spans))
