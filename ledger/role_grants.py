"""What grants and revocations of roles add up to, and the same kept in memory while it holds.

A role is granted by `access.granted` of the log's own system on the resource `zegel/identities` or,
where it is a role of the service, `zegel/service`; it is taken away by `access.revoked` in the same
stream. A grant that belongs to an API key carries the id of the key as `correlation_id`.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock, local
from typing import TYPE_CHECKING, Final
from uuid import UUID

from ledger.events.access import AccessGranted, AccessRevoked
from ledger.opening import OpenedRecord
from ledger.own_records import ADMINISTRATION, IDENTITIES, SERVICE, SERVICE_SYSTEMS
from ledger.personal import parse_token
from ledger.role_names import ROLES, SERVICE_ROLES, AnyRole, about_identities, in_order
from ledger.store.query import RecordQuery
from ledger.store.standing import Standing, standing

if TYPE_CHECKING:
    from ledger.ledger import Ledger


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """One grant of roles to one person, or to one program by its API key."""

    index: int
    event_id: UUID
    grantee: UUID | None
    """The subject; `None` once they were erased: then it gives nothing."""
    roles: frozenset[AnyRole]
    valid_from: datetime
    valid_until: datetime | None
    granted_by: str | None
    """A token."""
    ends: dict[AnyRole, datetime] = field(default_factory=dict)
    """When each role was taken away, if it was."""
    resource: str = IDENTITIES
    key_id: UUID | None = None
    """The API key that it belongs to; `None`: to the person, however they prove who they are."""

    @property
    def source_id(self) -> str:
        """The id of the grant in its events, known again from the first one: it names nobody."""
        if self.key_id is None:
            return f"role-{self.event_id}"
        return key_grant_id(self.key_id, self.system)

    @property
    def system(self) -> str | None:
        """The one system in whose name it lets record; `None`: not bound to one."""
        bound = self.resource.startswith(SERVICE_SYSTEMS)
        return self.resource.removeprefix(SERVICE_SYSTEMS) if bound else None

    def held(self, at: datetime) -> frozenset[AnyRole]:
        """The roles that it gives at a moment."""
        is_valid = self.valid_from <= at and (self.valid_until is None or at < self.valid_until)
        if self.grantee is None or not is_valid:
            return frozenset()
        return frozenset(role for role in self.roles if not self._has_ended(role, at))

    def held_now(self, now: datetime) -> frozenset[AnyRole]:
        """The same, where every revocation counts that is in the log, whatever clock wrote it."""
        return self.held(now) - self.ends.keys()

    def open_ended(self, at: datetime) -> frozenset[AnyRole]:
        """The roles that it gives at a moment or later."""
        if self.grantee is None or (self.valid_until is not None and self.valid_until <= at):
            return frozenset()
        return frozenset(role for role in self.roles if not self._has_ended(role, at))

    def _has_ended(self, role: AnyRole, at: datetime) -> bool:
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
        if isinstance(event, AccessGranted) and _is_ours(event.resource):
            found[stream] = RoleGrant(
                index=int(record.stored.index),
                event_id=record.stored.event_id or stream,
                grantee=_subject_id(event.grantee),
                roles=_roles(event.acts, event.resource),
                valid_from=event.valid_from or event.occurred_at,
                valid_until=event.valid_until,
                granted_by=event.granted_by,
                resource=event.resource,
                key_id=event.correlation_id,
            )
        elif isinstance(event, AccessRevoked) and stream in found:
            grant = found[stream]
            taken = _roles(event.acts, grant.resource) or grant.roles
            ended = dict.fromkeys(taken - grant.ends.keys(), event.occurred_at)
            found[stream] = replace(grant, ends=grant.ends | ended)
    return list(found.values())


def key_grant_id(key_id: UUID, system: str | None) -> str:
    """The id of the grant of an API key; where it is bound to systems, it has one for each."""
    return f"api-key-{key_id}" if system is None else f"api-key-{key_id}/{system}"


def role_grants(ledger: "Ledger") -> list[RoleGrant]:
    """Every grant of this log, in its order, read from its records now."""
    return grants_of(ledger.open_records(ledger.log.find(RecordQuery(system=ADMINISTRATION))))


def administrators(grants: Iterable[RoleGrant], at: datetime) -> frozenset[UUID]:
    """The people who may give and take roles at a moment; a program is none."""
    return frozenset(
        grant.grantee
        for grant in grants
        if grant.grantee is not None
        and grant.key_id is None
        and "administer" in about_identities(grant.held(at))
    )


class Grants:
    """The grants of a log at one moment, found by whose they are."""

    def __init__(self, grants: Iterable[RoleGrant]) -> None:
        """In the order of the log."""
        self._of_person: dict[UUID, list[RoleGrant]] = {}
        self._of_key: dict[UUID, list[RoleGrant]] = {}
        for grant in grants:
            if grant.grantee is not None:
                self._of_person.setdefault(grant.grantee, []).append(grant)
            if grant.key_id is not None:
                self._of_key.setdefault(grant.key_id, []).append(grant)

    def of_person(self, subject_id: UUID) -> Sequence[RoleGrant]:
        """Those of a person, or of all keys of a program."""
        return self._of_person.get(subject_id, ())

    def of_key(self, key_id: UUID) -> Sequence[RoleGrant]:
        """Those of one API key."""
        return self._of_key.get(key_id, ())


class GrantsInForce:
    """Every grant of a log, read again only when its administration or its vault changed.

    Each question looks at one row of an index, so that what another process took away counts as
    soon as it is durable. Questions that wait while somebody looks share the next look.
    """

    def __init__(self, ledger: "Ledger") -> None:
        """Reads nothing yet."""
        self._ledger = ledger
        self._one_looks: Final = Lock()
        self._looks = 0
        self._found: tuple[Standing, Grants] | None = None
        self._mine: Final = local()

    @contextmanager
    def one_look(self) -> Iterator[None]:
        """Until its end, this thread is answered by one look, made now.

        For questions that were asked before: each sees what was durable when it was asked.

        Raises:
            StoreUnavailable: the database cannot be used.
        """
        self._mine.grants = self.now()
        try:
            yield
        finally:
            self._mine.grants = None

    def now(self) -> Grants:
        """The grants as they are durable at some moment after the call; the same, if unchanged.

        Raises:
            StoreUnavailable: the database cannot be used.
        """
        mine: Grants | None = getattr(self._mine, "grants", None)
        if mine is not None:
            return mine
        began = self._looks
        with self._one_looks:
            # A look that was under way when we came may have missed what we must see; one that
            # began later has not.
            if self._found is None or self._looks < began + 2:
                self._looks += 1  # odd: under way
                known, self._found = self._found, None  # nothing is left of a look that fails
                try:
                    self._found = self._look(known)
                finally:
                    self._looks += 1
            return self._found[1]

    def _look(self, known: tuple[Standing, Grants] | None) -> tuple[Standing, Grants]:
        log = self._ledger.log
        # Before the records: what is recorded meanwhile makes the next look read again.
        stands = standing(log.engine, log.log_id, ADMINISTRATION)
        if known is not None and known[0] == stands:
            return known
        return stands, Grants(role_grants(self._ledger))


def _is_ours(resource: str) -> bool:
    return resource in {IDENTITIES, SERVICE} or resource.startswith(SERVICE_SYSTEMS)


def _subject_id(shown: str | None) -> UUID | None:
    token = None if shown is None else parse_token(shown)
    return None if token is None else token[1]


def _roles(acts: Iterable[str], resource: str) -> frozenset[AnyRole]:
    known = ROLES if resource == IDENTITIES else SERVICE_ROLES
    return frozenset(role for role in in_order(acts) if role in known)
