"""Findings, refused connections and blocks in the OCSF of others.

| Class | becomes |
|---|---|
| 2004 Detection Finding, created, with an address | `intrusion.attempt_detected` |
| the same without one; 2005, 2006 created | `incident.signalled` |
| 2004, 2005, 2006 closed | `incident.closed` |
| 4007 SSH, 4001 Network: failed, refused | `intrusion.attempt_detected` |
| 7004 Network Remediation: isolated, evicted | `ip.blocked` |
| 7004: restored | `ip.unblocked` |
| 1008 Event Log: cleared, deleted | `incident.signalled`: a trace was removed |

Source: OCSF 1.9.0, events/findings/, events/network/, events/remediation/, events/system/.
"""

from collections.abc import Sequence
from typing import Any, Final

from formats.json_members import needed_count, object_in, objects_in, text_in
from formats.names import case_of, resource_under, word_of
from formats.ocsf.foreign import Fields, Foreign
from formats.ocsf.foreign_access import attempt
from formats.ocsf.values import endpoint_back, named_back, observable_back, user_back
from ledger.errors import FormatError

DETECTION: Final = 2004
_CREATED: Final = 1
_CLOSED: Final = 3
_REFUSED: Final = frozenset({4, 5})
_BLOCKED: Final = frozenset({1, 2})
_RESTORED: Final = 3
_REMOVED: Final = {1: "cleared", 2: "deleted"}
_MOST_WORDS: Final = 2000

Told = Sequence[Fields] | str


def finding(found: Foreign) -> Told:
    """Something that a product found, or that it found to be over."""
    if found.activity_id == _CLOSED:
        return [_incident(found, "incident.closed")]
    if found.activity_id != _CREATED:
        return "a finding that is told further"
    evidence = next(iter(objects_in(found.event, "evidences")), {})
    address = endpoint_back(evidence.get("src_endpoint")) or observable_back(
        found.event.get("observables")
    )
    if found.class_uid == DETECTION and address is not None:
        info = object_in(found.event, "finding_info")
        rule = named_back(info.get("analytic")) or text_in(info, "title") or ""
        target = found.resources()[0]["resource"] if found.event.get("resources") else None
        account = user_back(evidence.get("user"))
        return [attempt(found, address, account, target, word_of(rule) or "detection")]
    told = _incident(found, "incident.signalled")
    return [told | {"source": "siem", "summary": _summary(found)}]


def _incident(found: Foreign, kind: str) -> Fields:
    listed = objects_in(found.event, "finding_info_list")
    info = listed[0] if listed else object_in(found.event, "finding_info")
    uid = text_in(info, "uid")
    if uid is None:
        raise FormatError("finding_info.uid", "the id of the finding", "nothing")
    return {"kind": kind, "incident_id": case_of("ocsf", found.product, uid)}


def _summary(found: Foreign) -> str | None:
    listed = objects_in(found.event, "finding_info_list")
    info = listed[0] if listed else object_in(found.event, "finding_info")
    told = text_in(info, "title") or text_in(found.event, "message")
    return told[:_MOST_WORDS] if told else None


def connection(found: Foreign) -> Told:
    """A connection that was not let in."""
    if found.activity_id not in _REFUSED or found.origin is None:
        return "a connection that was not refused, or from nowhere"
    target = object_in(found.event, "dst_endpoint")
    name = text_in(target, "svc_name") or text_in(target, "hostname")
    service = word_of(name or "") or resource_under("network", None)
    return [attempt(found, found.origin, found.actor, service, "connection-refused")]


def remediation(found: Foreign) -> Told:
    """An address that was kept out, or let in again."""
    is_block = found.activity_id in _BLOCKED
    if not is_block and found.activity_id != _RESTORED:
        return "a remediation that neither blocks nor unblocks"
    if found.failed:
        return "a block that did not succeed"
    address = observable_back(found.event.get("observables")) or endpoint_back(
        found.event.get("src_endpoint")
    )
    if address is None:
        raise FormatError("observables", "the address that is concerned", "none")
    rule = named_back(object_in(found.event, "firewall_rule"))
    told: dict[str, Any] = {
        "kind": "ip.blocked" if is_block else "ip.unblocked",
        "block_id": case_of("ocsf", found.product, text_in(found.event, "command_uid") or address),
        "ip": address,
        "origin": None,
        "scope": word_of(rule) if rule else None,
        "decided_by": "person" if found.actor else "automatic",
        "decider": found.actor,
    }
    return [told]


def event_log(found: Foreign) -> Told:
    """A log that lost what was in it."""
    act = _REMOVED.get(found.activity_id)
    if act is None or found.failed:
        return "an act on a log that takes nothing from it"
    name = text_in(found.event, "log_name") or named_back(found.event.get("file")) or "unnamed"
    uid = text_in(found.event, "metadata", "uid") or str(needed_count(found.event, "time"))
    return [
        {
            "kind": "incident.signalled",
            "incident_id": case_of("ocsf", found.product, "log", act, uid),
            "source": "siem",
            "summary": f"a log was {act}: {name[:_MOST_WORDS]}",
        }
    ]
