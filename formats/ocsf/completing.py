"""What a class of OCSF asks for besides the fields that an event has.

What nobody told us is filled with `Unknown`, which is never read as a value.

Source: OCSF 1.9.0: `requirement` and `constraints` in events/ and objects/;
    profiles/security_control.json.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from formats.answers.record import short_kind
from formats.ocsf import catalogue as ocsf
from formats.ocsf import values
from formats.ocsf.places import Place
from formats.ocsf.shapes import Json
from formats.ocsf.values import UNKNOWN
from ledger.events import KINDS

ACTED: Final = (
    *("granted_by", "denied_by", "revoked_by", "decided_by", "reviewer", "signed_by", "decider"),
    *("approved_by", "objected_by", "declared_by", "verified_by", "corrected_by", "taken_by"),
    *("signalled_by", "suspected_by", "notified_by"),
)
"""Who acted, where the event names no actor: shown as the actor, and kept among the unmapped."""

_BLOCKED: Final = {
    "action_id": 2,
    "action": "Denied",
    "disposition_id": 2,
    "disposition": "Blocked",
}
_RESTORED: Final = {
    "action_id": 1,
    "action": "Allowed",
    "disposition_id": 9,
    "disposition": "Restored",
}
_INCIDENT_STATES: Final = {1: (1, "New"), 2: (2, "In Progress"), 3: (5, "Closed")}
_ENTITY_TYPES: Final = {"organisation": (4, "Organization"), "policy": (5, "Policy")}
_PROFILES: Final = {ocsf.NETWORK_REMEDIATION: "security_control", ocsf.DATA_SECURITY: "incident"}
_ACTORS_OF_HOSTS: Final = frozenset(
    {
        *(ocsf.BASE, ocsf.DETECTION, ocsf.INCIDENT, ocsf.SSH, ocsf.EMAIL, ocsf.WEB),
        ocsf.NETWORK_REMEDIATION,
    }
)
"""Classes that have an actor by profile `host` only."""
_BLOCKING: Final = 1
_SENDING: Final = 1


@dataclass(frozen=True, slots=True)
class Draft:
    """An event of OCSF on its way, and what it is made of."""

    written: Json
    """With the fields that stand in attributes; changed in place."""
    place: Place
    kind: str
    """With its version."""
    event: Mapping[str, Any]
    """All its fields as JSON values."""
    label: str
    """Names the record where something needs an id and has none."""


def profiles_of(written: Json) -> list[str]:
    """The profiles whose attributes an event has, beside the one of its chain."""
    class_uid = written["class_uid"]
    found = [_PROFILES[class_uid]] if class_uid in _PROFILES else []
    return [*found, "host"] if "actor" in written and class_uid in _ACTORS_OF_HOSTS else found


def complete(draft: Draft) -> None:
    """Adds what the class asks for, in place."""
    fill = _FILLS.get(draft.place.class_uid)
    if fill is not None:
        fill(draft)
        _show_who_acted(draft)


def _show_who_acted(draft: Draft) -> None:
    acting = next((draft.event[name] for name in ACTED if draft.event.get(name)), None)
    user = values.PERSON.out(acting)
    if user is not None and draft.place.class_uid != ocsf.AUTHENTICATION:
        actor = draft.written.setdefault("actor", {})
        if actor.get("user", {}).get("name", UNKNOWN) == UNKNOWN and "uid" not in actor.get(
            "user", {}
        ):
            actor["user"] = user


def _nobody() -> Json:
    return {"name": UNKNOWN, "type_id": 0}


def _detection(draft: Draft) -> None:
    finding = draft.written.setdefault("finding_info", {})
    finding |= {"uid": draft.label, "title": short_kind(draft.kind)}
    if "analytic" in finding:
        finding["analytic"] |= {"type_id": 1, "type": "Rule"}
        if draft.event.get("detector"):
            finding["analytic"]["uid"] = draft.event["detector"]


def _incident(draft: Draft) -> None:
    written = draft.written
    (finding,) = written.setdefault("finding_info_list", [{}])
    finding.setdefault("uid", draft.label)
    finding["title"] = short_kind(draft.kind)
    written["status_id"], written["status"] = _INCIDENT_STATES[draft.place.activity_id]
    written["assignee_group"] = {"name": UNKNOWN}
    written["is_suspected_breach"] = draft.kind.startswith("breach.")


def _data_security(draft: Draft) -> None:
    finding = draft.written.setdefault("finding_info", {})
    finding.setdefault("uid", draft.label)
    finding["title"] = short_kind(draft.kind)
    draft.written["is_suspected_breach"] = short_kind(draft.kind) == "breach.suspected"


def _authentication(draft: Draft) -> None:
    draft.written.setdefault("user", _nobody())
    draft.written.setdefault("service", {"name": UNKNOWN})
    if "auth_protocol" in draft.written:
        draft.written["auth_protocol_id"] = ocsf.OTHER


def _entity(draft: Draft) -> None:
    group = short_kind(draft.kind).partition(".")[0]
    words = group.replace("_", " ")
    type_id, caption = _ENTITY_TYPES.get(group, (ocsf.OTHER, words))
    entity: Json = {"name": words, "type_id": type_id, "type": caption}
    stream = getattr(KINDS.get(draft.kind), "STREAM_FIELD", None)
    uid = values.TEXT.out(draft.event.get(stream)) if stream else None
    if uid is not None:
        entity["uid"] = uid
    draft.written["entity"] = entity


def _group(draft: Draft) -> None:
    draft.written.setdefault("group", {"name": UNKNOWN})


def _user(draft: Draft) -> None:
    draft.written.setdefault("user", _nobody())


def _ssh(draft: Draft) -> None:
    draft.written.setdefault("src_endpoint", {"name": UNKNOWN})


def _email(draft: Draft) -> None:
    is_sent = draft.place.activity_id == _SENDING
    draft.written["direction_id"] = 2 if is_sent else 1
    draft.written["direction"] = "Outbound" if is_sent else "Inbound"


def _web(draft: Draft) -> None:
    draft.written.setdefault("web_resources", [{"name": UNKNOWN}])


def _datastore(draft: Draft) -> None:
    _require_doer(draft)
    draft.written.setdefault("database", {"name": UNKNOWN, "type_id": 0})


def _file(draft: Draft) -> None:
    _require_doer(draft)
    file = draft.written.setdefault("file", {})
    file.setdefault("name", UNKNOWN)
    file["type_id"] = 0


def _require_doer(draft: Draft) -> None:
    draft.written.setdefault("actor", {}).setdefault("user", _nobody())
    draft.written.setdefault("src_endpoint", {"name": UNKNOWN})


def _remediation(draft: Draft) -> None:
    draft.written.setdefault("command_uid", draft.label)
    draft.written["connection_info"] = {"direction_id": 1, "direction": "Inbound"}
    draft.written.update(_BLOCKED if draft.place.activity_id == _BLOCKING else _RESTORED)


def _event_log(draft: Draft) -> None:
    draft.written["log_name"] = draft.written["metadata"]["log_name"]


_FILLS: Final = {
    ocsf.EVENT_LOG: _event_log,
    ocsf.DETECTION: _detection,
    ocsf.INCIDENT: _incident,
    ocsf.DATA_SECURITY: _data_security,
    ocsf.AUTHENTICATION: _authentication,
    ocsf.ENTITY: _entity,
    ocsf.GROUP: _group,
    ocsf.USER: _user,
    ocsf.SSH: _ssh,
    ocsf.EMAIL: _email,
    ocsf.WEB: _web,
    ocsf.DATASTORE: _datastore,
    ocsf.FILE_HOSTING: _file,
    ocsf.NETWORK_REMEDIATION: _remediation,
}
