"""One record as an event of OCSF 1.9.

What OCSF has an attribute for stands there; everything else stands under `unmapped.zegel`, with the
kind and the leaf hash: purpose, legal basis and categories too, never in a message. `carried` says
which fields stand in which attributes, so that our own reader gets the very same event back.

Source: OCSF 1.9.0, events/base_event.json, objects/metadata.json.
"""

from collections.abc import Mapping
from typing import Any, Final

from formats.answers.record import short_kind
from formats.canonical_json import LARGEST_WHOLE
from formats.export.record_parts import fields_of, milliseconds, program_version
from formats.export.writing import Exported, Provenance
from formats.ocsf import catalogue as ocsf
from formats.ocsf.completing import Draft, complete, profiles_of
from formats.ocsf.integrity import PROFILE
from formats.ocsf.places import FAILURE, SUCCESS, Place, place_of
from formats.ocsf.shapes import Json, carried_of, put

PRODUCT: Final = "Zegel"
_STATUS: Final = {SUCCESS: "Success", FAILURE: "Failure"}
_SEVERITIES: Final = {1: "Informational", 2: "Low", 3: "Medium", 4: "High", 5: "Critical"}
_SEVERITY_OF: Final[Mapping[str, int]] = {
    "access.attempt_denied": 2,
    "access.denied": 2,
    "intrusion.attempt_detected": 2,
    "ip.blocked": 2,
    "log.clock_skew_recorded": 2,
    "log.conflict_recorded": 3,
    "log.source_fell_silent": 3,
    "log.source_gap_detected": 3,
    "log.verification_failed": 5,
    "incident.signalled": 3,
    "breach.suspected": 4,
    "breach.awareness_determined": 4,
    "measure.failed": 3,
}
_STATES: Final = frozenset({ocsf.DETECTION, ocsf.INCIDENT, ocsf.DATA_SECURITY})
"""Classes whose status tells how far their handling is, not how an act ended."""


def event_of(record: Exported, provenance: Provenance) -> Json:
    """The event of OCSF that tells of a record, without its place in a chain.

    Args:
        record: As its reader may see it.
        provenance: Names the log and the program.
    """
    event: Json = dict(fields_of(record))
    kind = str(event.pop("kind", record.kind))
    place = place_of(kind, event) if event else Place(ocsf.BASE, ocsf.OTHER)
    time = milliseconds(record.occurred_at or record.recorded_at)
    written = base_event(place, place.activity_name(kind), time)
    written["metadata"] = {
        **product_metadata(provenance),
        "sequence": record.index,
        "logged_time": milliseconds(record.recorded_at),
    }
    label = str(record.event_id or f"{provenance.origin}/{record.index}")
    rest, carried = _carry(event, place, written)
    complete(Draft(written, place, kind, event, label))
    written["metadata"].setdefault("uid", label)
    written["metadata"]["profiles"] += profiles_of(written)
    severity = _SEVERITY_OF.get(short_kind(kind), 1)
    written |= {"severity_id": severity, "severity": _SEVERITIES[severity]}
    _tell_outcome(written, place, event.get("outcome"))
    shown = rest if event else record.document.get("event")
    written["unmapped"] = {
        ocsf.OWN: {"kind": kind, **_beside(record), "carried": carried, "event": exact(shown)}
    }
    return written


def base_event(place: Place, activity: str, time: int) -> Json:
    """What every event has: class, activity, and its time in milliseconds."""
    event_class = ocsf.CLASSES[place.class_uid]
    return {
        "activity_id": place.activity_id,
        "activity_name": activity,
        "category_name": ocsf.CATEGORIES[event_class.category_uid],
        "category_uid": event_class.category_uid,
        "class_name": event_class.caption,
        "class_uid": place.class_uid,
        "time": time,
        "type_name": f"{event_class.caption}: {_caption(place)}",
        "type_uid": place.type_uid,
    }


def product_metadata(provenance: Provenance) -> Json:
    """Who wrote an event, in which version of the schema."""
    return {
        "log_name": provenance.origin,
        "product": {
            "name": PRODUCT,
            "vendor_name": PRODUCT,
            "version": program_version(provenance),
        },
        "profiles": [PROFILE],
        "version": ocsf.VERSION,
    }


def exact(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The value; whole numbers that no double holds become texts."""
    if isinstance(value, dict):
        return {name: exact(each) for name, each in value.items()}
    if isinstance(value, list):
        return [exact(each) for each in value]
    if isinstance(value, int) and abs(value) > LARGEST_WHOLE:
        return str(value)
    return value


def _caption(place: Place) -> str:
    return ocsf.CLASSES[place.class_uid].activities.get(place.activity_id, "Other")


def _carry(event: Json, place: Place, written: Json) -> tuple[Json, Json]:
    """Moves fields into attributes; what is left of the event, and where each one went."""
    rest, carried = dict(event), {}
    for each in carried_of(place.class_uid):
        if each.field not in rest:
            continue
        shown = each.value.out(rest[each.field])
        comes_back = shown is not None and each.value.back(shown) == rest[each.field]
        if comes_back and put(written, each.path, shown):
            del rest[each.field]
            carried[each.field] = each.path
    return rest, carried


def _tell_outcome(written: Json, place: Place, outcome: object) -> None:
    if place.class_uid in _STATES:
        return
    status = FAILURE if place.fails or outcome in {"failure", "denied"} else None
    if status is None and outcome == "success":
        status = SUCCESS
    if status is not None:
        written |= {"status_id": status, "status": _STATUS[status]}
    if outcome == "denied":
        written["status_code"] = "denied"


def _beside(record: Exported) -> Json:
    """What our records have beside their event."""
    found: Json = {"index": record.index, "leaf_hash": record.leaf_hash.hex()}
    if record.previous_hash is not None:
        found["previous"] = record.previous_hash.hex()
    for name in ("recorded_at", "stream", "version", "personal", "erased", "looked_at"):
        value = record.document.get(name)
        if value not in (None, {}):
            found[name] = value
    found["readable"] = record.occurred_at is not None
    return found
