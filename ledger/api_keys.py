"""Makes, lists and takes away API keys (`ledger.api_key`), each as a fact of the log.

The row of a key is stored in the transaction of its grant, and its hash destroyed in that of its
revocation.
"""

import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from ledger.api_key import PREFIX, ApiKey, described, program_identity, secret_hash, table_of
from ledger.errors import BadRequest
from ledger.events.access import AccessGranted
from ledger.identifiers import names_bsn
from ledger.own_records import ADMINISTRATION, SERVICE, SERVICE_SYSTEMS, is_reserved
from ledger.role_grants import key_grant_id, role_grants
from ledger.role_names import ServiceRole, in_order
from ledger.roles import require_role, require_to_come, revocation
from ledger.units import Entropy

if TYPE_CHECKING:
    from ledger.draft import Receipt
    from ledger.events import Event
    from ledger.ledger import Ledger

SECRET_BYTES: Final = 32

_ID: Final = re.compile(r"(?:zegel_)?([0-9a-f]{32})(?:\..*)?")
_NAME: Final = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
_MOST_NAME: Final = 64


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
        table_of(ledger).add(connection, key_id, name, secret_hash(ledger, key_id, name, secret))

    receipts = ledger.record_own_many(events, also=keep_hash)
    return f"{PREFIX}{key_id.hex}.{secret}", list(zip(events, receipts, strict=True))


def api_keys(ledger: "Ledger") -> list[ApiKey]:
    """Every key, the oldest first, with what it lets do now; those that ended, too."""
    grants, now = ledger.grants.now(), ledger.clock()
    found = ((row, grants.of_key(row.key_id)) for row in table_of(ledger).all())
    return [described(row, mine, now) for row, mine in found if mine]


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
