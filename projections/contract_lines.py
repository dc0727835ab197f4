"""Contracts as lines: from when to when each was in force, and how it came to its end.

Several views ask for them, so each keeps them in tables of its own. A contract is in force from its
own beginning, else from when it was started, until it ends, its term is over, or a notice that was
given takes effect.
"""

from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, Text
from sqlalchemy import Column as Field

from ledger.events.contracts import ContractEnded, ContractStarted, ContractTerminationNotified
from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from projections.bitemporal import FOREVER, Cell, Change, Rule, Segment
from projections.instants import optional_microseconds
from projections.kinds import kind_name, kind_names
from projections.lines import Lines
from projections.reader import json_cell
from projections.tables import line_tables

IN_FORCE: Final = "in force"
ENDED: Final = "ended"
RAN_OUT: Final = "ran out"

_STARTED: Final = kind_name(ContractStarted)
_ENDED: Final = kind_name(ContractEnded)


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """What stands of one contract after its changes so far."""

    started: int | None = None
    until: int | None = None
    """When it is over by itself: its term, or a notice that was given."""
    ended: int | None = None
    noticed: int | None = None
    contract_kind: str | None = None
    customer: str | None = None
    parties: tuple[tuple[str, str], ...] = ()
    """Role and organisation."""
    indexes: tuple[int, ...] = ()


def read_change(record: OpenedRecord) -> tuple[str, int, dict[str, Any]] | None:
    """The contract that an event changes, when, and to what."""
    event = record.event
    if not isinstance(event, ContractStarted | ContractTerminationNotified | ContractEnded):
        return None
    moment, until = event.occurred_at, None
    if isinstance(event, ContractStarted):
        moment, until = event.valid_from or moment, event.valid_until
    elif isinstance(event, ContractTerminationNotified):
        moment, until = event.notified_at or moment, event.ends_at
    else:
        moment = event.ended_at or moment
    terms: dict[str, Any] = {
        "until": optional_microseconds(until),
        "contract_kind": event.contract_kind,
        "customer": event.customer_id,
        "parties": [
            (party.role, party.organisation)
            for party in event.parties
            if party.organisation is not None
        ],
    }
    return event.contract_id, microseconds(moment), terms


def step(contract: Contract | None, change: Change) -> Contract:
    """The contract after one more change."""
    terms = change.terms
    before = contract or Contract()
    parties = tuple((role, name) for role, name in terms["parties"])
    after = msgspec.structs.replace(
        before,
        contract_kind=terms["contract_kind"] or before.contract_kind,
        customer=terms["customer"] or before.customer,
        parties=parties or before.parties,
        indexes=(*before.indexes[:1], change.index),
    )
    if change.kind == _STARTED:
        return msgspec.structs.replace(
            after,
            started=change.moment,
            until=terms["until"],
            ended=None,
            noticed=None,
            indexes=(change.index,),
        )
    if change.kind == _ENDED:
        return msgspec.structs.replace(after, ended=change.moment)
    until = terms["until"] if terms["until"] is not None else before.until
    return msgspec.structs.replace(after, noticed=change.moment, until=until)


def segments(contract: Contract, valid_from: int, valid_to: int) -> list[Segment]:
    """The contract over a stretch of time: in force, then over where its own end falls within."""
    if contract.ended is not None:
        return [Segment(valid_from, valid_to, _cells(contract, ENDED, contract.ended))]
    end = FOREVER if contract.until is None else contract.until
    found = []
    if valid_from < end:
        found.append(Segment(valid_from, min(end, valid_to), _cells(contract, IN_FORCE, None)))
    if end < valid_to:
        found.append(Segment(max(valid_from, end), valid_to, _cells(contract, RAN_OUT, end)))
    return found


def _cells(contract: Contract, status: str, ended: int | None) -> tuple[Cell, ...]:
    return (
        status,
        contract.started,
        ended,
        contract.noticed,
        contract.contract_kind,
        contract.customer,
        json_cell(contract.parties),
        json_cell(contract.indexes),
    )


def contract_lines(view: str, version: int) -> Lines:
    """The part of a view that keeps every contract; its rows have the columns below."""
    tables = line_tables(
        view,
        version,
        "contract",
        Field("status", Text, nullable=False),
        Field("started", BigInteger),
        Field("ended", BigInteger),
        Field("noticed", BigInteger),
        Field("contract_kind", Text),
        Field("customer", Text),
        Field("parties", Text, nullable=False),
        Field("indexes", Text, nullable=False),
    )
    kinds = kind_names(ContractStarted, ContractTerminationNotified, ContractEnded)
    return Lines(tables, kinds, read_change, Rule(step, segments))
