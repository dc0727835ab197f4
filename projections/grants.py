"""What a grant is and how it changes.

A grant is in force from when it was given (or from its own later start) until it is revoked or its
own end is reached; a start before it was given gives no right backwards. A revocation or change of
a grant that was never seen given is a finding, not an error.
"""

from typing import Any, Final, Literal

import msgspec
from sqlalchemy import BigInteger, Text
from sqlalchemy import Column as Field

from ledger.events.access import AccessGranted, AccessModified, AccessRevoked
from ledger.opening import OpenedRecord
from ledger.own_records import is_reserved
from ledger.store.requests import microseconds
from projections.bitemporal import FOREVER, Cell, Change, Rule, Segment
from projections.instants import optional_microseconds
from projections.kinds import kind_name, kind_names
from projections.lines import Lines
from projections.reader import json_cell
from projections.tables import line_tables

VERSION: Final = 3
"""Of the view `access`, whose entities grants are."""

Status = Literal["granted", "changed, grant not seen", "revoked, grant not seen"]
UNSEEN: Final = "revoked, grant not seen"

GRANT = line_tables(
    "access",
    VERSION,
    "grant",
    Field("status", Text, nullable=False),
    Field("grantee", Text),
    Field("organisation", Text),
    Field("resource", Text),
    Field("acts", Text, nullable=False),
    Field("since", BigInteger, nullable=False),
    Field("valid_until", BigInteger),
    Field("granted_by", Text),
    Field("ticket", Text),
    Field("contract", Text),
    Field("system", Text),
    Field("indexes", Text, nullable=False),
)
_REVOKED: Final = kind_name(AccessRevoked)
_GRANTED: Final = kind_name(AccessGranted)


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What stands of one grant after its changes so far."""

    status: Status
    grantee: str | None = None
    organisation: str | None = None
    resource: str | None = None
    acts: tuple[str, ...] = ()
    since: int = 0
    valid_from: int | None = None
    valid_until: int | None = None
    granted_by: str | None = None
    ticket: str | None = None
    contract: str | None = None
    system: str | None = None
    """The one that told of it last to be given."""
    revoked: bool = False
    indexes: tuple[int, ...] = ()


def read_change(record: OpenedRecord) -> tuple[str, int, dict[str, Any]] | None:
    """The grant that an event changes, when, and to what; roles in the log are another matter."""
    event = record.event
    if not isinstance(event, AccessGranted | AccessModified | AccessRevoked):
        return None
    if is_reserved(event.system):
        return None
    terms: dict[str, Any] = {
        "resource": event.resource,
        "ticket": event.ticket,
        "system": event.system,
    }
    if not isinstance(event, AccessModified):
        terms["grantee"] = event.grantee
    if not isinstance(event, AccessRevoked):
        terms["acts"] = event.acts
        terms["valid_from"] = optional_microseconds(event.valid_from)
        terms["valid_until"] = optional_microseconds(event.valid_until)
        terms["granted_by"] = event.granted_by or event.actor
    if isinstance(event, AccessGranted):
        terms["organisation"] = event.grantee_organisation
        terms["contract"] = event.contract_id
    return event.grant_id, microseconds(event.occurred_at), terms


def step(grant: Grant | None, change: Change) -> Grant:
    """The grant after one more change."""
    terms = change.terms
    if change.kind == _REVOKED:
        seen = grant or Grant(
            status=UNSEEN,
            grantee=terms["grantee"],
            resource=terms["resource"],
            system=terms["system"],
            since=change.moment,
        )
        return msgspec.structs.replace(
            seen, revoked=True, indexes=(*seen.indexes[:1], change.index)
        )
    acts = tuple(terms["acts"])
    if change.kind == _GRANTED:
        return msgspec.convert(
            {**terms, "acts": acts, "status": "granted", "since": change.moment}
            | {"indexes": (change.index,)},
            Grant,
        )
    seen = grant or Grant(
        status="changed, grant not seen", since=change.moment, system=terms["system"]
    )
    return msgspec.structs.replace(
        seen,
        acts=acts,
        valid_from=terms["valid_from"],
        valid_until=terms["valid_until"],
        resource=terms["resource"] or seen.resource,
        granted_by=terms["granted_by"] or seen.granted_by,
        ticket=terms["ticket"] or seen.ticket,
        indexes=(*seen.indexes[:1], change.index),
    )


def segments(grant: Grant, valid_from: int, valid_to: int) -> list[Segment]:
    """The part of a stretch of time in which the grant is in force."""
    if grant.revoked and grant.status != UNSEEN:
        return []
    start = max(valid_from, grant.valid_from or valid_from)
    end = min(valid_to, FOREVER if grant.valid_until is None else grant.valid_until)
    if start >= end:
        return []
    values: tuple[Cell, ...] = (
        grant.status,
        grant.grantee,
        grant.organisation,
        grant.resource,
        json_cell(grant.acts),
        max(grant.since, grant.valid_from or grant.since),
        grant.valid_until,
        grant.granted_by,
        grant.ticket,
        grant.contract,
        grant.system,
        json_cell(grant.indexes),
    )
    return [Segment(start, end, values)]


GRANT_LINES: Final = Lines(
    GRANT,
    kind_names(AccessGranted, AccessModified, AccessRevoked),
    read_change,
    Rule(step, segments),
)
"""The part of the view that keeps every grant."""
