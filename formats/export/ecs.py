"""Elastic Common Schema 9 as NDJSON: one document a line, for Elasticsearch and its like.

Standard fields hold what the schema has a place for; the whole event stands under `zegel.event` as
the history shows it, so nothing depends on the mapping. An address, a name and a token each have
their own field: a token never stands where an address belongs. The last line tells of the export.

Source: Elastic Common Schema 9.4, fields and categorization (`event.kind`, `event.category`,
    `event.type`, `event.outcome`).
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from formats.answers.record import short_kind
from formats.export.record_parts import bare, fields_of, is_told, program_version
from formats.export.writing import Exported, ExportFormat, Provenance, Records, closing_facts
from formats.json_form import encode_json
from formats.visible import visible_json
from ledger.personal import parse_token

VERSION: Final = "9.4.0"
OWN: Final = "zegel"
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)

Json = dict[str, Any]
Fields = Mapping[str, Any]


class Sort(NamedTuple):
    """How the schema sorts a kind."""

    categories: tuple[str, ...]
    types: tuple[str, ...]
    is_alert: bool = False


_INFORMS: Final = Sort(("configuration",), ("info",))
_BY_KIND: Final[Mapping[str, Sort]] = {
    "access.granted": Sort(("iam",), ("user", "creation")),
    "access.modified": Sort(("iam",), ("user", "change")),
    "access.revoked": Sort(("iam",), ("user", "deletion")),
    "access.requested": Sort(("iam",), ("user", "info")),
    "access.denied": Sort(("iam",), ("user", "info")),
    "identity.status_changed": Sort(("iam",), ("user", "change")),
    "exchange.performed": Sort(("file", "network"), ("access",)),
    "exchange.blocked": Sort(("network",), ("denied",)),
    "exchange.failed": Sort(("network",), ("info",)),
    "file.received": Sort(("file",), ("creation",)),
    "file.processed": Sort(("file",), ("change",)),
    "file.produced": Sort(("file",), ("creation",)),
    "file.delivered": Sort(("file",), ("access",)),
    "data.stored": Sort(("database",), ("change",)),
    "data.corrected": Sort(("database",), ("change",)),
    "data.anonymised": Sort(("database",), ("change",)),
    "data.deleted": Sort(("database",), ("change",)),
    "processing.performed": Sort(("database",), ("access",)),
    "intrusion.attempt_detected": Sort(("intrusion_detection",), ("info",), is_alert=True),
    "ip.blocked": Sort(("intrusion_detection", "network"), ("denied",)),
    "ip.unblocked": Sort(("intrusion_detection", "network"), ("allowed",)),
    "ip.recorded": Sort(("intrusion_detection",), ("info",)),
    "ip.record_deleted": Sort(("intrusion_detection",), ("info",)),
    "incident.signalled": Sort(("intrusion_detection",), ("info",), is_alert=True),
    "breach.suspected": Sort(("intrusion_detection",), ("info",), is_alert=True),
    "log.verification_failed": Sort(("intrusion_detection",), ("info",), is_alert=True),
}
_BY_GROUP: Final[Mapping[str, Sort]] = {
    "access": Sort(("iam",), ("info",)),
    "certification": Sort(("iam",), ("info",)),
    "incident": Sort(("intrusion_detection",), ("info",)),
    "breach": Sort(("intrusion_detection",), ("info",)),
    "contact": Sort(("session",), ("info",)),
}
_LOGIN: Final = {"log-in": "start", "log-out": "end"}
_OUTCOMES: Final = {"success": "success", "failure": "failure", "denied": "failure"}
_FAILS: Final = frozenset(
    {"access.denied", "access.attempt_denied", "exchange.blocked", "exchange.failed"}
)
_PEOPLE: Final = (
    *("actor", "grantee", "account", "person", "granted_by", "revoked_by", "denied_by"),
    *("decided_by", "decider", "reviewer", "sender_person", "recipient_person"),
)
_ADDRESSES: Final = ("origin", "ip")


def write(records: Records, provenance: Provenance) -> Iterator[bytes]:
    """One line of bytes for each record, then the one about the export; UTF-8."""
    latest = _BEGINNING
    for record in records:
        latest = max(latest, record.recorded_at)
        yield _line(document_of(record, provenance))
    yield _line(_closing(records, provenance, latest))


def sort_of(kind: str, event: Mapping[str, Any]) -> Sort:
    """How the schema sorts an event.

    Args:
        kind: With its version.
        event: Its fields as JSON values.
    """
    name = short_kind(kind)
    act = event.get("act") or event.get("action")
    if name in {"access.used", "access.attempt_denied"}:
        if act in _LOGIN:
            return Sort(("authentication", "session"), (_LOGIN[act],))
        return Sort(("database",), ("access",))
    return _BY_KIND.get(name) or _BY_GROUP.get(name.partition(".")[0]) or _INFORMS


def document_of(record: Exported, provenance: Provenance) -> Json:
    """The document that tells of a record."""
    event = fields_of(record)
    document = _frame(provenance)
    document["@timestamp"] = event.get("occurred_at", record.document["recorded_at"])
    document["message"] = record.sentence
    document["event"] |= _event(record, event)
    if is_told(event.get("host")):
        document["host"] = {"hostname": event["host"]}
    if record.system:
        document["service"] = {"name": record.system}
    document |= _subjects(event) | _things(event)
    shown = {name: value for name, value in record.document.items() if value not in (None, {})}
    document[OWN] = shown
    return document


def _frame(provenance: Provenance) -> Json:
    return {
        "@timestamp": None,
        "ecs": {"version": VERSION},
        "event": {"module": OWN},
        "observer": {
            "vendor": "Zegel",
            "product": "Zegel",
            "version": program_version(provenance),
        },
        "log": {"logger": provenance.origin},
    }


def _event(record: Exported, event: Fields) -> Json:
    sort = sort_of(record.kind, event)
    name = short_kind(record.kind)
    outcome = "failure" if name in _FAILS else _OUTCOMES.get(event.get("outcome", ""), "unknown")
    found: Json = {
        "kind": "alert" if sort.is_alert else "event",
        "category": list(sort.categories),
        "type": list(sort.types),
        "action": name,
        "outcome": outcome,
        "dataset": f"{OWN}.{name.partition('.')[0]}",
        "ingested": record.document["recorded_at"],
        "sequence": record.index,
        "hash": record.leaf_hash.hex(),
    }
    if record.event_id is not None:
        found["id"] = str(record.event_id)
    if event.get("observed_at"):
        found["created"] = event["observed_at"]
    if event.get("parser"):
        found["provider"] = event["parser"]
    return found


def _subjects(event: Fields) -> Json:
    """Who and from where, with all of them under `related` for searching."""
    found: Json = {}
    people = list(dict.fromkeys(bare(event[each]) for each in _PEOPLE if is_told(event.get(each))))
    addresses = [event[each] for each in _ADDRESSES if is_told(event.get(each))]
    plain = list(dict.fromkeys(bare(each) for each in addresses if parse_token(each) is None))
    doer = event.get("actor") or event.get("account")
    if is_told(doer):
        found["user"] = _user(doer)
    other = event.get("grantee") or event.get("person")
    if is_told(other):
        found.setdefault("user", {})["target"] = _user(other)
    if addresses:
        token = parse_token(addresses[0])
        found["source"] = {"address": bare(addresses[0])}
        if token is None:
            found["source"]["ip"] = bare(addresses[0])
    related = {"ip": plain, "user": people}
    if people or plain:
        found["related"] = {name: each for name, each in related.items() if each}
    return found


def _things(event: Fields) -> Json:
    found: Json = {}
    if event.get("object_kind") == "file" and is_told(event.get("object_id")):
        found["file"] = {"path": event["object_id"]}
    if isinstance(event.get("size_bytes"), int):
        found.setdefault("file", {})["size"] = event["size_bytes"]
    if event.get("sha256"):
        found.setdefault("file", {})["hash"] = {"sha256": event["sha256"]}
    if str(event.get("resource", "")).startswith("group/"):
        found["group"] = {"name": event["resource"].removeprefix("group/")}
    if event.get("detector_rule"):
        found["rule"] = {"name": event["detector_rule"]}
    if event.get("channel"):
        found["network"] = {"protocol": event["channel"]}
    if event.get("trace_id"):
        found |= {"trace": {"id": event["trace_id"]}, "span": {"id": event.get("span_id")}}
    return found


def _user(identity: str) -> Json:
    return {"id" if parse_token(identity) else "name": bare(identity)}


def _closing(records: Records, provenance: Provenance, latest: datetime) -> Json:
    """What the export says of itself; its time is that of the latest record, as it has none."""
    ending = records.ending
    document = _frame(provenance)
    document["@timestamp"] = latest
    document["message"] = ending.text
    document["event"] |= {
        "kind": "event",
        "category": ["configuration"],
        "type": ["info"],
        "action": "log.export_issued",
        "outcome": "success",
        "dataset": f"{OWN}.export",
    }
    document[OWN] = {"export": closing_facts(provenance, ending)}
    return document


def _line(document: Json) -> bytes:
    return f"{visible_json(encode_json(document))}\n".encode()


EXPORT: Final = ExportFormat(
    name="ecs",
    title="Elastic Common Schema 9, one document a line",
    suffix=".ecs.ndjson",
    media_type="application/x-ndjson",
    write=write,
)
