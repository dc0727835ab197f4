"""Common Event Format, version 0: one line an event, for collectors that speak nothing newer.

A line is a summary: what happened in a sentence, who, from where, which file, how it ended. Index
and leaf hash lead back to the record. A token stands in an id, never where an address or a name
belongs. The last line tells of the export.

Source: ArcSight Common Event Format Implementation Standard, version 26: header and escaping
    (chapter 1), names and lengths of the extension (chapter 2).
"""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from formats.answers.record import short_kind
from formats.export.record_parts import bare, fields_of, is_told, milliseconds, program_version
from formats.export.writing import Exported, ExportFormat, Provenance, Records, closing_facts
from formats.visible import visible, visible_lines
from ledger.personal import parse_token

_VENDOR: Final = "Zegel"
_ENDED: Final = "export.ended"
_LOWEST: Final = 1
_SEVERITIES: Final[Mapping[str, int]] = {
    "access.attempt_denied": 4,
    "access.denied": 3,
    "intrusion.attempt_detected": 5,
    "ip.blocked": 4,
    "log.conflict_recorded": 5,
    "log.source_fell_silent": 5,
    "log.source_gap_detected": 5,
    "log.verification_failed": 10,
    "incident.signalled": 6,
    "breach.suspected": 8,
    "breach.awareness_determined": 8,
    "measure.failed": 5,
}
"""0 to 10; what is not named is of the lowest that still is shown."""
_LONGEST: Final[Mapping[str, int]] = {
    **dict.fromkeys(("act", "outcome"), 63),
    **dict.fromkeys(("suser", "duser", "suid", "duid", "fname", "cat", "msg"), 1023),
    "app": 31,
    **dict.fromkeys(("cs1", "cs2", "cs3", "cs4", "cs5", "cs6"), 4000),
}
_OUTCOMES: Final = {"success": "success", "failure": "failure", "denied": "failure"}

Extension = dict[str, str | int]


def write(records: Records, provenance: Provenance) -> Iterator[bytes]:
    """One line of bytes for each record, then the one about the export; UTF-8."""
    version = program_version(provenance)
    for record in records:
        name = short_kind(record.kind)
        severity = _SEVERITIES.get(name, _LOWEST)
        yield cef_line(version, name, re.sub(r"[._]", " ", name), severity, extension_of(record))
    yield cef_line(version, _ENDED, "export ended", _LOWEST, _closing(records, provenance))


def cef_line(
    version: str, signature: str, name: str, severity: int, extension: Mapping[str, str | int]
) -> bytes:
    """One event as a line of bytes, its line end included."""
    header = "|".join(map(_header, (_VENDOR, _VENDOR, version, signature, name)))
    pairs = " ".join(f"{key}={_value(key, value)}" for key, value in extension.items())
    return f"CEF:0|{header}|{severity}|{pairs}\n".encode()


def extension_of(record: Exported) -> Extension:
    """The names and values that tell of a record."""
    event = fields_of(record)
    found: Extension = {"rt": milliseconds(record.recorded_at)}
    if record.occurred_at is not None:
        found["start"] = milliseconds(record.occurred_at)
    if record.event_id is not None:
        found["externalId"] = str(record.event_id)
    found |= {"cn1": record.index, "cn1Label": "index"}
    found |= {"cs1": record.leaf_hash.hex(), "cs1Label": "leafHash"}
    found["cat"] = short_kind(record.kind).partition(".")[0]
    found |= _who(event) | _where_from(event) | _what(event)
    if record.system:
        found |= {"cs2": record.system, "cs2Label": "system"}
    found["msg"] = record.sentence
    return found


def _who(event: Mapping[str, Any]) -> Extension:
    found: Extension = {}
    others = ("account", "grantee", "person", "recipient_person")
    other = next((event[name] for name in others if event.get(name)), None)
    for side, identity in (("s", event.get("actor")), ("d", other)):
        if is_told(identity):
            is_token = parse_token(identity) is not None
            found[f"{side}uid" if is_token else f"{side}user"] = bare(identity)
    return found


def _where_from(event: Mapping[str, Any]) -> Extension:
    identity = event.get("ip") or event.get("origin")
    if not is_told(identity):
        return {}
    try:
        address = ipaddress.ip_address(bare(identity))
    except ValueError:
        return {"cs4": identity, "cs4Label": "sourceAddressToken"}
    if address.version == 4:  # noqa: PLR2004 - src takes nothing else
        return {"src": str(address)}
    return {"c6a2": str(address), "c6a2Label": "Source IPv6 Address"}


def _what(event: Mapping[str, Any]) -> Extension:
    found: Extension = {}
    act = event.get("act") or event.get("action")
    if act:
        found["act"] = act
    outcome = _OUTCOMES.get(event.get("outcome", ""))
    if outcome:
        found["outcome"] = outcome
    if event.get("object_kind") == "file" and is_told(event.get("object_id")):
        found["fname"] = event["object_id"]
    if isinstance(event.get("size_bytes"), int):
        found["fsize"] = event["size_bytes"]
    if event.get("sha256"):
        found["fileHash"] = event["sha256"]
    if isinstance(event.get("attempts"), int):
        found["cnt"] = event["attempts"]
    if event.get("channel"):
        found["app"] = event["channel"]
    resource = event.get("resource") or event.get("target") or event.get("scope")
    if is_told(resource):
        found |= {"cs3": resource, "cs3Label": "resource"}
    return found


def _closing(records: Records, provenance: Provenance) -> Extension:
    facts = closing_facts(provenance, records.ending)
    return {
        "cnt": facts["records"],
        "cn1": facts["size"],
        "cn1Label": "size",
        "cs1": facts["root"],
        "cs1Label": "root",
        "cs2": facts["origin"],
        "cs2Label": "origin",
        "cs3": facts["question"],
        "cs3Label": "question",
        "outcome": "complete" if facts["is_complete"] else "truncated",
        "msg": facts["ending"],
    }


def _header(text: str) -> str:
    return visible(text).replace("\\", "\\\\").replace("|", "\\|")


def _value(key: str, value: str | int) -> str:
    text = visible_lines(str(value))
    longest = _LONGEST.get(key)
    if longest is not None and len(text) > longest:
        text = f"{text[: longest - 1]}…"
    return text.replace("\\", "\\\\").replace("=", "\\=").replace("\n", "\\n")


EXPORT: Final = ExportFormat(
    name="cef",
    title="Common Event Format 0, one line an event",
    suffix=".cef",
    media_type="text/plain; charset=utf-8",
    write=write,
)
