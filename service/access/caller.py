"""Who asks: an API key or a person with a bearer token, with the roles they hold now.

A role allows a closed set of permissions; a route names the one that it needs. What nobody allows
is denied.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from ledger.role_names import ServiceRole
from service.access.asked import Asked

Permission = Literal["record", "read", "resolve", "prove", "decide", "administer"]
"""What a route needs: append facts; see records and views by tokens; see identities; see proofs of
records with their place; publish and decide; keys, roles and the state of the service."""

ALLOWED: Final[Mapping[ServiceRole, frozenset[Permission]]] = {
    "recorder": frozenset({"record"}),
    "reader": frozenset({"read", "prove"}),
    "investigator": frozenset({"read", "prove", "resolve"}),
    "dpo": frozenset({"record", "read", "prove", "resolve", "decide"}),
    "auditor": frozenset({"prove"}),
    "admin": frozenset({"administer"}),
}
"""What each role may do."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who proved who they are."""

    identity: str
    """`person:…`: the account of a person, or that of a program that has a key."""
    is_program: bool
    roles: frozenset[ServiceRole]
    systems: frozenset[str] | None = None
    """The only systems in whose name it may record; `None`: any."""
    case: str | None = None
    """The case that the caller named for this request, in which they may see identities."""
    asked: Asked = field(default=Asked(), compare=False)
    """What this request asked for, and from where."""

    def may(self, permission: Permission) -> bool:
        """Whether one of its roles allows it."""
        return any(permission in ALLOWED[role] for role in self.roles)

    @property
    def must_name_case(self) -> bool:
        """Whether it sees identities only in a case: an investigator, who is no data officer."""
        return "investigator" in self.roles and "dpo" not in self.roles
