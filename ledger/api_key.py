"""What an API key is: its id, whose program has it, what the log lets it do, how it is proved.

A key is `zegel_<id>.<secret>`: the id names the row and the grants, the secret is 256 random bits
and is shown once. The database keeps only a hash of both and of the name, under a key of the vault:
whoever can write rows, but has not that key, can make no API key. What a key may do stands in the
log (`ledger.role_grants`), and ends the moment its revocation is durable.

No slow password hash: nobody guesses 256 random bits, and every request is checked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from ledger.role_grants import RoleGrant
from ledger.role_names import ServiceRole, of_service
from ledger.store.api_key_table import ApiKeyTable, StoredApiKey
from ledger.store.requests import instant_of

if TYPE_CHECKING:
    from ledger.ledger import Ledger

PREFIX: Final = "zegel_"
"""What every key begins with, so that a scanner finds one that leaked."""

PROGRAM_PREFIX: Final = "api-key:"
"""Before the name of a key in the identity of the program that has it; no person is called so."""

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


def table_of(ledger: "Ledger") -> ApiKeyTable:
    """The rows of the keys of a log."""
    return ApiKeyTable(ledger.log.engine, ledger.log.log_id)


def described(row: StoredApiKey, mine: Sequence[RoleGrant], now: datetime) -> ApiKey:
    """A key as its row and its grants, of which there is at least one, tell of it."""
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


def secret_hash(ledger: "Ledger", key_id: UUID, name: str, secret: str) -> bytes:
    """32 keyed bytes over all that makes a row, so that none can be given another name."""
    return ledger.vault.derived_bytes(
        b"api-key\x00%s%s.%s" % (key_id.bytes, name.encode(), secret.encode())
    )
