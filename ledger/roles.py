"""Gives and takes roles, which are facts of the log itself, and asks for them.

What is recorded here (`ledger.role_grants` reads it), and for API keys by `ledger.api_keys`, nobody
else can record: what a source reports in the name of the log is refused (`ledger.own_records`). A
role ends the moment its revocation is durable.

At a terminal whoever holds key file and database can read everything with a program of their own:
there a role is a rule, and what shows who broke it. Where a service holds the keys it is enforced.
"""

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from ledger.errors import BadRequest, NotAuthorised
from ledger.events.access import AccessGranted, AccessRevoked
from ledger.evidence import attempt_denied
from ledger.own_records import ADMINISTRATION, IDENTITIES, SERVICE
from ledger.personal import normalised_identity
from ledger.role_grants import RoleGrant, administrators, role_grants
from ledger.role_names import (
    ROLES,
    SERVICE_ROLES,
    AnyRole,
    Role,
    ServiceRole,
    about_identities,
    in_order,
    of_service,
)
from ledger.vault.key_stores import KeyPlace

if TYPE_CHECKING:
    from ledger.draft import Receipt
    from ledger.ledger import Ledger

FOUNDING: Final = "made this log"
KEY_OWNER: Final = "owns the key file"


def held_roles(ledger: "Ledger", person: str, at: datetime | None = None) -> frozenset[Role]:
    """The roles about identities that a person has at a moment, implied ones too; else now."""
    return about_identities(_held(ledger, person, at))


def held_service_roles(ledger: "Ledger", person: str) -> frozenset[ServiceRole]:
    """The roles of the service that a person has now, but for those of an API key."""
    return of_service(_held(ledger, person, None))


def _held(ledger: "Ledger", person: str, at: datetime | None) -> frozenset[AnyRole]:
    subject_id = ledger.vault.subjects.find(normalised_identity(person))
    if subject_id is None:
        return frozenset()
    now = ledger.clock()
    held = (
        grant.held_now(now) if at is None else grant.held(at)
        for grant in ledger.grants.now().of_person(subject_id)
    )
    return frozenset().union(*held)


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
    return _record_all(ledger, person, reason)


def take_roles(ledger: "Ledger", person: str) -> "Receipt":
    """Gives every role to the owner of the keys, whoever else administers.

    Where the last administrator left, or their machine got another name, nobody can be asked; the
    owner of the keys could read everything anyway, and so leaves a trace.

    Raises:
        NotAuthorised: the account of this process does not own the keys.
    """
    if not owns(ledger.key_file):
        raise NotAuthorised(f"role: expected the owner of {ledger.key_file}, found {person}")
    return _record_all(ledger, person, KEY_OWNER)


def grant_roles(
    ledger: "Ledger",
    person: str,
    roles: Collection[AnyRole],
    *,
    by: str,
    reason: str | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> "list[tuple[AccessGranted, Receipt]]":
    """What gives roles to a person, with receipts: one for identities, one for the service.

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
    require_to_come(valid_until, ledger.clock(), valid_from)
    events = [
        _grant(
            person,
            some,
            resource,
            now=ledger.clock(),
            by=by,
            reason=reason,
            valid_from=valid_from,
            valid_until=valid_until,
        )
        for resource, known in ((IDENTITIES, ROLES), (SERVICE, SERVICE_ROLES))
        if (some := [role for role in in_order(roles) if role in known])
    ]
    return list(zip(events, ledger.record_own_many(events), strict=True))


def require_to_come(
    valid_until: datetime | None, now: datetime, valid_from: datetime | None = None
) -> None:
    """Passes if an end, where there is one, is after the beginning and after now.

    Raises:
        BadRequest: it is not.
    """
    if valid_until is not None and valid_until <= max(now, valid_from or now):
        raise BadRequest(
            f"valid until: expected a time to come, after the beginning, "
            f"found {valid_until.isoformat()}"
        )


def revoke_roles(
    ledger: "Ledger",
    person: str,
    roles: Collection[AnyRole] | None,
    *,
    by: str,
    reason: str | None = None,
) -> "list[tuple[AccessRevoked, Receipt]]":
    """What takes roles away, with receipts: one for each grant that gave one of them.

    Args:
        ledger: The log.
        person: An identity or a token; that of a program loses the roles of all its API keys.
        roles: Which; `None`: all that they have.
        by: Who takes them, and must have the role administer.
        reason: In their own words.

    Raises:
        NotAuthorised: who takes them may not; the attempt was recorded.
        BadRequest: the person has none of these roles, or nobody would be left to administer.
    """
    require_role(ledger, by, "administer")
    subject_id = next(iter(ledger.subjects_matching(person)), None)
    wanted: frozenset[AnyRole] = frozenset({*ROLES, *SERVICE_ROLES} if roles is None else roles)
    with _ONE_REVOCATION:
        now = ledger.clock()
        grants = [
            grant
            for grant in role_grants(ledger)
            if grant.grantee is not None and grant.grantee == subject_id
        ]
        taken = {
            grant.event_id: some for grant in grants if (some := grant.open_ended(now) & wanted)
        }
        if not taken:
            raise BadRequest(
                f"role: expected one of {', '.join(in_order(wanted))} that the person has, found "
                "none; zegel role list shows who has which"
            )
        events = [
            revocation(grant, taken[grant.event_id], now, by=by, reason=reason)
            for grant in grants
            if grant.event_id in taken
        ]
        receipts = ledger.record_own_many(
            events, also=lambda *_: _require_administrator(role_grants(ledger), taken, now)
        )
        return list(zip(events, receipts, strict=True))


def revocation(
    grant: RoleGrant, roles: Collection[AnyRole], now: datetime, *, by: str, reason: str | None
) -> AccessRevoked:
    """The event that takes roles of a grant away."""
    return AccessRevoked(
        occurred_at=now,
        system=ADMINISTRATION,
        actor=by,
        actor_kind="person",
        grant_id=grant.source_id,
        resource=grant.resource,
        acts=tuple(sorted(roles)),
        revoked_by=by,
        justification=reason,
        correlation_id=grant.key_id,
    )


_ONE_REVOCATION: Final = Lock()
"""Two threads of one process could share a transaction, and each see the other's administrator."""


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
    grants: Iterable[RoleGrant], taken: Mapping[UUID, frozenset[AnyRole]], now: datetime
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


def _record_all(ledger: "Ledger", person: str, reason: str) -> "Receipt":
    event = _grant(person, tuple(ROLES), IDENTITIES, now=ledger.clock(), by=person, reason=reason)
    return ledger.record_own(event)


def _grant(
    person: str,
    roles: Collection[AnyRole],
    resource: str,
    *,
    now: datetime,
    by: str,
    reason: str | None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> AccessGranted:
    event_id = uuid7()
    return AccessGranted(
        event_id=event_id,
        occurred_at=now,
        system=ADMINISTRATION,
        actor=by,
        actor_kind="person",
        grant_id=f"role-{event_id}",
        grantee=person,
        resource=resource,
        acts=in_order(roles),
        valid_from=valid_from,
        valid_until=valid_until,
        granted_by=by,
        justification=reason,
    )
