"""The words for what somebody may do: roles about identities, and roles of the service.

A role of the service implies the roles about identities that its routes need, so that one grant is
enough and the ledger itself asks for them wherever identities are opened.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

Role = Literal["resolve", "export", "erase", "hold", "decide", "administer"]
"""What is allowed with identities and with the log itself, at a terminal and in the service."""

ServiceRole = Literal["recorder", "reader", "investigator", "dpo", "auditor", "admin"]
"""What somebody is to the service."""

AnyRole = Role | ServiceRole

ROLES: Final[dict[Role, str]] = {
    "resolve": "see who stands behind a token",
    "export": "hand out records with identities in them",
    "erase": "erase people, carry out retention, prune",
    "hold": "place and release legal holds",
    "decide": "publish statements, decide how promises are judged",
    "administer": "give and take roles and API keys, replace and destroy epoch keys",
}
"""Each with what it allows."""

SERVICE_ROLES: Final[dict[ServiceRole, str]] = {
    "recorder": "send facts",
    "reader": "ask questions and be answered by tokens; proofs",
    "investigator": "as reader, and see identities in a case that is named",
    "dpo": "record, ask, see identities, decide, hold and erase",
    "auditor": "proofs and checkpoints, nothing about people",
    "admin": "keys, roles and the state of the service",
}
"""Each with what it lets do through the service."""

_IMPLIED: Final[Mapping[ServiceRole, frozenset[Role]]] = {
    "recorder": frozenset(),
    "reader": frozenset(),
    "investigator": frozenset({"resolve"}),
    "dpo": frozenset({"resolve", "export", "erase", "hold", "decide"}),
    "auditor": frozenset(),
    "admin": frozenset({"administer"}),
}


def in_order(roles: Iterable[str]) -> tuple[AnyRole, ...]:
    """The known ones among some words, each once, in the order of the lists above."""
    given = set(roles)
    return (
        *(role for role in ROLES if role in given),
        *(role for role in SERVICE_ROLES if role in given),
    )


def about_identities(roles: Iterable[AnyRole]) -> frozenset[Role]:
    """The roles about identities that some roles are or imply."""
    given = frozenset(roles)
    own = frozenset(role for role in ROLES if role in given)
    return own.union(*(_IMPLIED[role] for role in SERVICE_ROLES if role in given))


def of_service(roles: Iterable[AnyRole]) -> frozenset[ServiceRole]:
    """The roles of the service among some roles."""
    given = frozenset(roles)
    return frozenset(role for role in SERVICE_ROLES if role in given)
