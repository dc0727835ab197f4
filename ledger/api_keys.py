"""API keys: what a program shows to prove which grant of the log is its own.

A key is `zegel_<id>.<secret>`: the id names the row and the grants, the secret is 256 random bits
and is shown once. The database keeps only a hash of both and of the name, under a key of the vault:
whoever can write rows, but has not that key, can make no API key. What a key may do stands in the
log (`ledger.role_grants`), and ends the moment its revocation is durable.

No slow password hash: nobody guesses 256 random bits, and every request is checked.
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from ledger.errors import BadRequest, NotAuthenticated
from ledger.events.access import AccessGranted
from ledger.identifiers import names_bsn
from ledger.own_records import ADMINISTRATION, SERVICE, SERVICE_SYSTEMS, is_reserved
from ledger.role_grants import RoleGrant, key_grant_id, role_grants
from ledger.role_names import ServiceRole, in_order, of_service
from ledger.roles import require_role, require_to_come, revocation
from ledger.store.api_key_table import ApiKeyTable, StoredApiKey
from ledger.store.requests import instant_of
from ledger.units import Entropy

if TYPE_CHECKING:
    from ledger.draft import Receipt
    from ledger.events import Event
    from ledger.ledger import Ledger

PREFIX: Final = "zegel_"
"""What every key begins with, so that a scanner finds one that leaked."""

PROGRAM_PREFIX: Final = "api-key:"
"""Before the name of a key in the identity of the program that has it; no person is called so."""

SECRET_BYTES: Final = 32
MOST_CHARACTERS: Final = 128
"""Of what can be a key; it has 82."""

_KEY: Final = re.compile(r"zegel_([0-9a-f]{32})\.([A-Za-z0-9_-]{43})")
_ID: Final = re.compile(r"(?:zegel_)?([0-9a-f]{32})(?:\..*)?")
_NAME: Final = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
_MOST_NAME: Final = 64
_NO_HASH: Final = bytes(32)
_RECORDING: Final[frozenset[ServiceRole]] = frozenset({"recorder", "dpo"})


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key and what it lets do."""

    key_id: UUID
    name: str
    roles: frozenset[ServiceRole]
    """Now; empty once it was revoked or has expired."""
    systems: frozenset[str] | None
    """The only systems in whose name it may record; `None`: any."""
    granted_roles: frozenset[ServiceRole]
    """As they were granted."""
    made_at: datetime
    valid_until: datetime | None
    revoked_at: datetime | None
    last_used_on: datetime | None
    """The beginning of that UTC day."""
    index: int
    """Of its first grant."""

    @property
    def public_id(self) -> str:
        """What may be shown of it: `zegel_<id>`."""
        return f"{PREFIX}{self.key_id.hex}"

    @property
    def identity(self) -> str:
        """The program that has it, as the log names it."""
        return program_identity(self.name)


def program_identity(name: str) -> str:
    """The identity of the program that has a key of that name; another key may have it too."""
    return f"person:{PROGRAM_PREFIX}{name}"


def create_api_key(
    ledger: "Ledger",
    name: str,
    roles: Collection[ServiceRole],
    *,
    by: str,
    systems: Collection[str] = (),
    valid_until: datetime | None = None,
    reason: str | None = None,
    entropy: Entropy = secrets.token_bytes,
) -> "tuple[str, list[tuple[AccessGranted, Receipt]]]":
    """A new key with its secret, which is nowhere else, and what was recorded; durable on return.

    Args:
        ledger: The log.
        name: Of the program, not of a person: a word such as `infactor-web`.
        roles: What it may do; at least one.
        by: Who gives it, and must have the role administer.
        systems: The only systems in whose name it may record; none: any.
        valid_until: Until when, exclusive; without it, until it is revoked.
        reason: In their own words.
        entropy: Gives the secret.

    Raises:
        NotAuthorised: who gives it may not; the attempt was recorded.
        BadRequest: the name is no word, a system is the log's own, or the end is not to come.
    """
    require_role(ledger, by, "administer")
    require_to_come(valid_until, ledger.clock())
    _require_name(name)
    for system in systems:
        _require_system(system)
    if not roles:
        raise BadRequest("role: expected at least one, found none")
    key_id = uuid7()
    secret = urlsafe_b64encode(entropy(SECRET_BYTES)).rstrip(b"=").decode()
    now = ledger.clock()
    events = [
        AccessGranted(
            event_id=key_id if place == 0 else uuid7(),
            occurred_at=now,
            system=ADMINISTRATION,
            actor=by,
            actor_kind="person",
            grant_id=key_grant_id(key_id, system),
            grantee=program_identity(name),
            resource=SERVICE if system is None else f"{SERVICE_SYSTEMS}{system}",
            acts=in_order(roles),
            valid_until=valid_until,
            granted_by=by,
            justification=reason,
            correlation_id=key_id,
        )
        for place, system in enumerate(sorted(set(systems)) or [None])
    ]

    def keep_hash(connection: Connection, _outcomes: object) -> None:
        table_of(ledger).add(connection, key_id, name, _hash(ledger, key_id, name, secret))

    receipts = ledger.record_own_many(events, also=keep_hash)
    return f"{PREFIX}{key_id.hex}.{secret}", list(zip(events, receipts, strict=True))


def api_keys(ledger: "Ledger") -> list[ApiKey]:
    """Every key, the oldest first, with what it lets do now; those that ended, too."""
    grants, now = ledger.grants.now(), ledger.clock()
    found = ((row, _grants_of(grants, row.key_id)) for row in table_of(ledger).all())
    return [_described(row, mine, now) for row, mine in found if mine]


def revoke_api_key(
    ledger: "Ledger", key: str, *, by: str, reason: str | None = None
) -> "list[tuple[Event, Receipt]]":
    """What takes a key away, with receipts: one for each of its grants; durable on return.

    Args:
        ledger: The log.
        key: Its id, or all of it.
        by: Who takes it away, and must have the role administer.
        reason: In their own words.

    Raises:
        NotAuthorised: who takes it away may not; the attempt was recorded.
        BadRequest: no key in force has that id.
    """
    require_role(ledger, by, "administer")
    matched = _ID.fullmatch(key)
    now = ledger.clock()
    open_grants = [
        grant
        for grant in role_grants(ledger)
        if matched and grant.key_id == UUID(matched[1]) and grant.open_ended(now)
    ]
    if matched is None or not open_grants:
        raise BadRequest(
            "key: expected the id of an API key in force, such as zegel_0199…, found none; "
            "zegel api-key list shows them"
        )
    key_id = UUID(matched[1])
    events = [
        revocation(grant, grant.open_ended(now), now, by=by, reason=reason) for grant in open_grants
    ]
    receipts = ledger.record_own_many(
        events, also=lambda connection, _: table_of(ledger).forget_hash(connection, key_id)
    )
    return list(zip(events, receipts, strict=True))


def is_api_key(credential: str) -> bool:
    """Whether a credential says that it is a key of ours."""
    return credential.startswith(PREFIX)


def proven_api_key(ledger: "Ledger", presented: str) -> ApiKey:
    """The key that was presented, if its secret is right and something of it is in force.

    Raises:
        NotAuthenticated: it is none, is not known, was revoked or has expired; the message is the
            same, the fields of the error tell which.
    """
    matched = _KEY.fullmatch(presented) if len(presented) <= MOST_CHARACTERS else None
    if matched is None:
        raise _refused("malformed")
    key_id = UUID(matched[1])
    row = table_of(ledger).find(key_id)
    name, kept = ("", None) if row is None else (row.name, row.secret_hash)
    is_right = hmac.compare_digest(_hash(ledger, key_id, name, matched[2]), kept or _NO_HASH)
    if row is None:
        raise _refused("unknown")
    mine = _grants_of(ledger.grants.now(), key_id)
    if row.secret_hash is None:
        raise _refused("revoked", key_id)
    if not is_right:
        raise _refused("wrong-secret", key_id)
    if not mine:
        raise _refused("not-granted", key_id)
    found = _described(row, mine, ledger.clock())
    if not found.roles:
        raise _refused("expired" if found.revoked_at is None else "revoked", key_id, found.identity)
    return found


def table_of(ledger: "Ledger") -> ApiKeyTable:
    """The rows of the keys of a log."""
    return ApiKeyTable(ledger.log.engine, ledger.log.log_id)


def _refused(
    reason: str, key_id: UUID | None = None, identity: str | None = None
) -> NotAuthenticated:
    return NotAuthenticated(
        "expected an API key in force, found one that is not",
        reason=reason,
        method="api-key",
        identity=identity,
        key_id=key_id,
    )


def _grants_of(grants: Sequence[RoleGrant], key_id: UUID) -> list[RoleGrant]:
    return [grant for grant in grants if grant.key_id == key_id]


def _described(row: StoredApiKey, mine: Sequence[RoleGrant], now: datetime) -> ApiKey:
    held = [(grant, of_service(grant.held_now(now))) for grant in mine]
    recording = [grant for grant, roles in held if roles & _RECORDING] or list(mine)
    systems = frozenset(grant.system for grant in recording)
    used = row.last_used_us
    return ApiKey(
        key_id=row.key_id,
        name=row.name,
        roles=frozenset().union(*(roles for _, roles in held)),
        systems=None if None in systems else frozenset(each for each in systems if each),
        granted_roles=of_service(role for grant in mine for role in grant.roles),
        made_at=mine[0].valid_from,
        valid_until=mine[0].valid_until,
        revoked_at=max((end for grant in mine for end in grant.ends.values()), default=None),
        last_used_on=None if used is None else instant_of(used),
        index=mine[0].index,
    )


def _hash(ledger: "Ledger", key_id: UUID, name: str, secret: str) -> bytes:
    """32 keyed bytes over all that makes a row, so that none can be given another name."""
    return ledger.vault.derived_bytes(
        b"api-key\x00%s%s.%s" % (key_id.bytes, name.encode(), secret.encode())
    )


def _require_name(name: str) -> None:
    if len(name) > _MOST_NAME or not _NAME.fullmatch(name) or names_bsn(name):
        raise BadRequest(
            "name: expected the name of a program in lower-case letters and digits, parted by "
            f". _ -, such as infactor-web, found {name!r}"
        )


def _require_system(system: str) -> None:
    if len(system) > _MOST_NAME or not _NAME.fullmatch(system) or is_reserved(system):
        raise BadRequest(
            f"system: expected the id of a system, not one of the log's own, found {system!r}"
        )
