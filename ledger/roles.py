"""Who may do what with identities: roles, which are facts of the log itself.

A role is granted by `access.granted` of the log's own system on the resource `zegel/identities` and
taken away by `access.revoked` in the same stream. Both are recorded by this file alone: what a
source reports in the name of the log is refused (`ledger.own_records`). They are few, and read
straight, so that a role ends the moment its revocation is durable.

At a terminal whoever holds key file and database can read everything with a program of their own:
there a role is a rule, and what shows who broke it. Where a service holds the keys it is enforced.
"""

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal, get_args
from uuid import UUID

from uuid_utils.compat import uuid7

from ledger.errors import BadRequest, NotAuthorised
from ledger.events.access import AccessGranted, AccessRevoked
from ledger.evidence import attempt_denied
from ledger.opening import OpenedRecord
from ledger.own_records import ADMINISTRATION, IDENTITIES
from ledger.personal import normalised_identity, parse_token
from ledger.store.query import RecordQuery
from ledger.vault.key_stores import KeyPlace

if TYPE_CHECKING:
    from ledger.draft import Receipt
    from ledger.ledger import Ledger

Role = Literal["resolve", "export", "erase", "hold", "decide", "administer"]

ROLES: Final[dict[Role, str]] = {
    "resolve": "see who stands behind a token",
    "export": "hand out records with identities in them",
    "erase": "erase people, carry out retention, prune",
    "hold": "place and release legal holds",
    "decide": "publish statements, decide how promises are judged",
    "administer": "give and take roles, replace and destroy epoch keys",
}
"""Each with what it allows."""

FOUNDING: Final = "made this log"
KEY_OWNER: Final = "owns the key file"


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """One grant of roles to one person."""

    index: int
    event_id: UUID
    grantee: UUID | None
    """The subject; `None` once they were erased: then it gives nothing."""
    roles: frozenset[Role]
    valid_from: datetime
    valid_until: datetime | None
    granted_by: str | None
    """A token."""
    ends: dict[Role, datetime] = field(default_factory=dict)
    """When each role was taken away, if it was."""

    def held(self, at: datetime) -> frozenset[Role]:
        """The roles that it gives at a moment."""
        is_valid = self.valid_from <= at and (self.valid_until is None or at < self.valid_until)
        if self.grantee is None or not is_valid:
            return frozenset()
        return frozenset(role for role in self.roles if not self._has_ended(role, at))

    def open_ended(self, at: datetime) -> frozenset[Role]:
        """The roles that it gives at a moment or later."""
        if self.grantee is None or (self.valid_until is not None and self.valid_until <= at):
            return frozenset()
        return frozenset(role for role in self.roles if not self._has_ended(role, at))

    def _has_ended(self, role: Role, at: datetime) -> bool:
        return role in self.ends and self.ends[role] <= at


def grants_of(records: Iterable[OpenedRecord]) -> list[RoleGrant]:
    """Every grant with what was taken of it, in the order of the log.

    Args:
        records: Of the log's own administration, with tokens for people, in order of index.
    """
    found: dict[UUID, RoleGrant] = {}
    for record in records:
        event, stream = record.event, record.stored.stream
        if event is None or event.system != ADMINISTRATION:
            continue  # the column is a copy; what was sealed decides
        if isinstance(event, AccessGranted) and event.resource == IDENTITIES:
            found[stream] = RoleGrant(
                index=int(record.stored.index),
                event_id=record.stored.event_id or stream,
                grantee=_subject_id(event.grantee),
                roles=_roles(event.acts),
                valid_from=event.valid_from or event.occurred_at,
                valid_until=event.valid_until,
                granted_by=event.granted_by,
            )
        elif isinstance(event, AccessRevoked) and stream in found:
            grant = found[stream]
            taken = _roles(event.acts) or grant.roles
            ended = dict.fromkeys(taken - grant.ends.keys(), event.occurred_at)
            found[stream] = replace(grant, ends=grant.ends | ended)
    return list(found.values())


def role_grants(ledger: "Ledger") -> list[RoleGrant]:
    """Every grant of this log, in its order."""
    return grants_of(ledger.open_records(ledger.log.find(RecordQuery(system=ADMINISTRATION))))


def held_roles(ledger: "Ledger", person: str, at: datetime | None = None) -> frozenset[Role]:
    """The roles that a person has at a moment; without one, now."""
    subject_id = ledger.vault.subjects.find(normalised_identity(person))
    if subject_id is None:
        return frozenset()
    moment = at or ledger.clock()
    mine = [grant for grant in role_grants(ledger) if grant.grantee == subject_id]
    return frozenset().union(*(grant.held(moment) for grant in mine))


def require_role(ledger: "Ledger", person: str, role: Role) -> None:
    """Passes if a person has a role now; an attempt without it is recorded.

    Raises:
        NotAuthorised: they have not.
    """
    if role in held_roles(ledger, person):
        return
    receipt = ledger.record_own(attempt_denied(person, role, ledger.clock()))
    raise NotAuthorised(
        f"role: expected {role} ({ROLES[role]}), found that {person} has it not; the attempt is "
        f"record {receipt.index}. Who has the role administer gives it: "
        f"zegel role grant {person} {role}"
    )


def found_roles(ledger: "Ledger", person: str, reason: str = FOUNDING) -> "Receipt":
    """Gives every role to one person, where nobody has the role administer.

    Args:
        ledger: The log.
        person: `person:…`, the account that made the log, or the owner of its key file.
        reason: Why nobody was asked.

    Raises:
        NotAuthorised: somebody has the role administer; they are to be asked.
    """
    if administrators(role_grants(ledger), ledger.clock()):
        raise NotAuthorised(
            "role: expected a log that nobody administers, found one whose administrators are to "
            "be asked; zegel role list names them"
        )
    return _record_grant(ledger, person, get_args(Role), by=person, reason=reason)[1]


def take_roles(ledger: "Ledger", person: str) -> "Receipt":
    """Gives every role to the owner of the keys, whoever else administers.

    Where the last administrator left, or their machine got another name, nobody can be asked; the
    owner of the keys could read everything anyway, and so leaves a trace.

    Raises:
        NotAuthorised: the account of this process does not own the keys.
    """
    if not owns(ledger.key_file):
        raise NotAuthorised(f"role: expected the owner of {ledger.key_file}, found {person}")
    return _record_grant(ledger, person, get_args(Role), by=person, reason=KEY_OWNER)[1]


def grant_roles(
    ledger: "Ledger",
    person: str,
    roles: Collection[Role],
    *,
    by: str,
    reason: str | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> "tuple[AccessGranted, Receipt]":
    """A grant of roles to a person, with its receipt.

    Args:
        ledger: The log.
        person: `person:…`
        roles: At least one.
        by: Who gives them, and must have the role administer.
        reason: In their own words.
        valid_from: From when on; without it, from now.
        valid_until: Until when, exclusive; without it, until it is revoked.

    Raises:
        NotAuthorised: who gives them may not; the attempt was recorded.
        BadRequest: the end is not after the beginning and after now.
    """
    require_role(ledger, by, "administer")
    now = ledger.clock()
    if valid_until is not None and valid_until <= max(now, valid_from or now):
        raise BadRequest(
            f"valid until: expected a time to come, after the beginning, "
            f"found {valid_until.isoformat()}"
        )
    return _record_grant(
        ledger, person, roles, by=by, reason=reason, valid_from=valid_from, valid_until=valid_until
    )


def revoke_roles(
    ledger: "Ledger",
    person: str,
    roles: Collection[Role] | None,
    *,
    by: str,
    reason: str | None = None,
) -> "list[tuple[AccessRevoked, Receipt]]":
    """What takes roles away, with receipts: one for each grant that gave one of them.

    Args:
        ledger: The log.
        person: An identity or a token.
        roles: Which; `None`: all that they have.
        by: Who takes them, and must have the role administer.
        reason: In their own words.

    Raises:
        NotAuthorised: who takes them may not; the attempt was recorded.
        BadRequest: the person has none of these roles, or nobody would be left to administer.
    """
    require_role(ledger, by, "administer")
    subject_id = next(iter(ledger.subjects_matching(person)), None)
    wanted = frozenset(ROLES if roles is None else roles)
    with _ONE_REVOCATION:
        now = ledger.clock()
        taken = {
            grant.event_id: some
            for grant in role_grants(ledger)
            if grant.grantee is not None and grant.grantee == subject_id
            if (some := grant.open_ended(now) & wanted)
        }
        if not taken:
            raise BadRequest(
                f"role: expected one of {', '.join(sorted(wanted))} that the person has, found "
                "none; zegel role list shows who has which"
            )
        events = [
            AccessRevoked(
                occurred_at=now,
                system=ADMINISTRATION,
                actor=by,
                actor_kind="person",
                grant_id=_grant_id(event_id),
                resource=IDENTITIES,
                acts=tuple(sorted(some)),
                revoked_by=by,
                justification=reason,
            )
            for event_id, some in taken.items()
        ]
        receipts = ledger.record_own_many(
            events, also=lambda *_: _require_administrator(role_grants(ledger), taken, now)
        )
        return list(zip(events, receipts, strict=True))


_ONE_REVOCATION: Final = Lock()
"""Two threads of one process could share a transaction, and each see the other's administrator."""


def administrators(grants: Iterable[RoleGrant], at: datetime) -> frozenset[UUID]:
    """The subjects who may give and take roles at a moment."""
    return frozenset(
        grant.grantee
        for grant in grants
        if grant.grantee is not None and "administer" in grant.held(at)
    )


def require_administrator_besides(ledger: "Ledger", subject_ids: Collection[UUID]) -> None:
    """Passes unless nobody would be left to give roles, once these are erased.

    A log that nobody administers passes: it has nobody to lose.

    Raises:
        BadRequest: nobody would.
    """
    found = administrators(role_grants(ledger), ledger.clock())
    if found and found <= frozenset(subject_ids):
        raise BadRequest(
            "role: expected somebody else who has the role administer, found nobody; nothing was "
            "erased. Give it to somebody first: zegel role grant PERSON administer"
        )


def owns(keys: KeyPlace) -> bool:
    """Whether the account of this process owns the keys, and so could read everything anyway.

    Args:
        keys: A key file, or a token: whoever opened the log knows its PIN.
    """
    if not isinstance(keys, Path):
        return True
    try:
        return keys.stat().st_uid == os.geteuid()
    except OSError:
        return False


def _require_administrator(
    grants: Iterable[RoleGrant], taken: Mapping[UUID, frozenset[Role]], now: datetime
) -> None:
    """Asked while the log is locked: whatever another process took away is in `grants`."""
    left = [
        replace(grant, roles=grant.roles - taken.get(grant.event_id, frozenset()))
        for grant in grants
    ]
    if not administrators(left, now):
        raise BadRequest(
            "role: expected somebody else who has the role administer, found nobody; nothing was "
            "taken away. Give it to somebody first: zegel role grant PERSON administer"
        )


def _record_grant(
    ledger: "Ledger",
    person: str,
    roles: Collection[Role],
    *,
    by: str,
    reason: str | None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> "tuple[AccessGranted, Receipt]":
    event_id = uuid7()
    event = AccessGranted(
        event_id=event_id,
        occurred_at=ledger.clock(),
        system=ADMINISTRATION,
        actor=by,
        actor_kind="person",
        grant_id=_grant_id(event_id),
        grantee=person,
        resource=IDENTITIES,
        acts=tuple(role for role in ROLES if role in roles),
        valid_from=valid_from,
        valid_until=valid_until,
        granted_by=by,
        justification=reason,
    )
    return event, ledger.record_own(event)


def _grant_id(event_id: UUID) -> str:
    """The id of a grant, known again from its first event: no identity stands in it."""
    return f"role-{event_id}"


def _subject_id(shown: str | None) -> UUID | None:
    token = None if shown is None else parse_token(shown)
    return None if token is None else token[1]


def _roles(acts: Iterable[str]) -> frozenset[Role]:
    return frozenset(role for role in ROLES if role in set(acts))
