"""Which field of ours stands in which attribute of a class of OCSF.

A field is moved into its attribute only where it comes back from there unchanged.

Source: OCSF 1.9.0, events/ and objects/.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from formats.ocsf import catalogue as ocsf
from formats.ocsf import values
from formats.ocsf.values import Both

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Carried:
    """A field that stands in an attribute, wholly."""

    field: str
    path: str
    """`actor.user`; a number is a place in a list."""
    value: Both


COMMON: Final = (
    Carried("event_id", "metadata.uid", values.TEXT),
    Carried("occurred_at", "metadata.original_time", values.TEXT),
    Carried("system", "metadata.log_source", values.TEXT),
    Carried("correlation_id", "metadata.correlation_uid", values.TEXT),
)
_ACTOR: Final = (Carried("actor", "actor.user", values.PERSON),)
_FROM: Final = (Carried("origin", "src_endpoint", values.ENDPOINT),)
_DOER: Final = (*_ACTOR, *_FROM)
_SESSION: Final = Carried("session", "actor.session.uid", values.TEXT)
_DATABASE: Final = (
    Carried("resource", "database", values.DATABASE),
    Carried("dataset", "database", values.DATABASE),
)
_FILE: Final = (
    Carried("object_id", "file.name", values.TEXT),
    Carried("file_id", "file.uid", values.TEXT),
    Carried("size_bytes", "file.size", values.NUMBER),
    Carried("sha256", "file.hashes", values.SHA256),
)
_ATTEMPTS: Final = Carried("attempts", "count", values.NUMBER)

CARRIED: Final[Mapping[int, tuple[Carried, ...]]] = {
    ocsf.BASE: _ACTOR,
    ocsf.EVENT_LOG: _DOER,
    ocsf.DETECTION: (
        *_ACTOR,
        Carried("ip", "evidences.0.src_endpoint", values.ENDPOINT),
        Carried("account", "evidences.0.user", values.PERSON),
        Carried("detector_rule", "finding_info.analytic.name", values.TEXT),
        Carried("target", "resources", values.ONE_NAMED),
        _ATTEMPTS,
    ),
    ocsf.INCIDENT: (
        *_ACTOR,
        Carried("incident_id", "finding_info_list.0.uid", values.TEXT),
        Carried("breach_id", "finding_info_list.0.uid", values.TEXT),
    ),
    ocsf.DATA_SECURITY: (
        *_DOER,
        Carried("breach_id", "finding_info.uid", values.TEXT),
    ),
    ocsf.AUTHENTICATION: (
        *_FROM,
        Carried("actor", "user", values.PERSON),
        Carried("session", "session.uid", values.TEXT),
        Carried("resource", "service", values.NAMED),
        Carried("auth_method", "auth_protocol", values.TEXT),
        _ATTEMPTS,
    ),
    ocsf.ENTITY: _DOER,
    ocsf.GROUP: (
        *_DOER,
        Carried("grantee", "group", values.HOLDING_GROUP),
        Carried("grantee", "users", values.ONE_PERSON),
        Carried("resource", "group", values.GROUP_NAME),
        Carried("resource", "resources", values.ONE_NAMED),
        Carried("acts", "privileges", values.TEXTS),
    ),
    ocsf.USER: (
        *_DOER,
        Carried("grantee", "user", values.PERSON),
        Carried("person", "user", values.PERSON),
        Carried("resource", "iam_roles", values.ROLE),
        Carried("resource", "policies", values.POLICY),
        Carried("resource", "resources", values.ONE_NAMED),
        Carried("acts", "privileges", values.TEXTS),
    ),
    ocsf.SSH: (
        Carried("ip", "src_endpoint", values.ENDPOINT),
        Carried("account", "actor.user", values.PERSON),
        Carried("target", "dst_endpoint", values.SERVICE),
        _ATTEMPTS,
    ),
    ocsf.EMAIL: (
        *_DOER,
        Carried("sender_person", "email.from", values.EMAIL_ADDRESS),
        Carried("recipient_person", "email.to", values.ONE_EMAIL_ADDRESS),
        Carried("size_bytes", "email.size", values.NUMBER),
    ),
    ocsf.WEB: (
        *_DOER,
        Carried("content_classes", "web_resources", values.MANY_NAMED),
    ),
    ocsf.DATASTORE: (*_DOER, *_DATABASE, _SESSION, _ATTEMPTS),
    ocsf.FILE_HOSTING: (*_DOER, *_FILE),
    ocsf.NETWORK_REMEDIATION: (
        *_ACTOR,
        Carried("ip", "observables", values.OBSERVED),
        Carried("block_id", "command_uid", values.TEXT),
        Carried("scope", "firewall_rule.name", values.TEXT),
    ),
}
"""By class, beside the common ones; the first that fits counts, for a field and an attribute."""


def carried_of(class_uid: int) -> tuple[Carried, ...]:
    """The fields that stand in attributes of a class."""
    return (*COMMON, *CARRIED[class_uid])


def put(written: Json, path: str, value: object) -> bool:
    """Sets an attribute in place; whether it was free."""
    steps = path.split(".")
    inside: Any = written
    for step, following in pairwise(steps):
        if step.isdigit():
            inside = inside[int(step)] if len(inside) > int(step) else _appended(inside)
        else:
            inside = inside.setdefault(step, [] if following.isdigit() else {})
    last = steps[-1]
    if last in inside:
        return False
    inside[last] = value
    return True


def _appended(found: list[Any]) -> Json:
    found.append({})
    new: Json = found[-1]
    return new


def at(event: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 - JSON may hold any value
    """What stands in an attribute; `None` where nothing does, or something of another shape."""
    found: Any = event
    for step in path.split("."):
        if isinstance(found, dict):
            found = found.get(step)
        elif isinstance(found, list) and step.isdigit() and int(step) < len(found):
            found = found[int(step)]
        else:
            return None
    return found
