"""The Security log of Windows and Active Directory in JSON: groups, accounts, logons, the audit.

| Event | becomes |
|---|---|
| 4728, 4732, 4756: member added to a global, local, universal group | `access.granted` |
| 4729, 4733, 4757: member removed | `access.revoked` of the same grant |
| 4720, 4722: account created, enabled | `identity.status_changed`: active |
| 4725, 4726: account disabled, deleted | `identity.status_changed`: left |
| 4624: logged on | `access.used`: account, address, session |
| 4625: logon failed, from an address | `intrusion.attempt_detected` |
| 4625 without an address, 4776 refused | `access.attempt_denied` |
| 4771, and 4768 that was refused: no ticket of Kerberos | as 4625 |
| 4776: credentials validated | `access.used`, act `authenticate` |
| 4670: permissions of an object changed | `access.modified` |
| 4719: audit policy changed | `measure.changed` of `audit-logging`: active or inactive |
| 1102: the log was cleared | `measure.failed` of `audit-logging` |
| logons of computers and of Windows itself, other events, other channels | skipped |

An account is known by its SID, which outlives its names and which logons, groups and account events
all give; the names stand in the note. Only where an event gives no SID (4776, and 4625 of an
account that does not exist) its name stands for it. A member may be a group or a computer too.
`EventRecordID` runs on for each computer and channel, so what is missing between shows.

Source: Microsoft, "Advanced security audit policy settings", pages of the events named; [MS-DTYP]
    §2.4.2.4 (well-known SIDs).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, Final

from formats.json_facts import Fact, JsonLanguage, Told, occurred_at, read_facts
from formats.json_members import Object
from formats.names import case_of, resource_of, word_after, word_of
from formats.reading import Numbered, Outcome, ReadContext
from formats.windows_entry import WindowsEntry, entry_of, messages_in
from formats.windows_logons import credentials_checked, logged_on, logon_failed, ticket_asked
from formats.windows_principals import account_of, actor_of, names_of

NAME: Final = "windows-security"
PARSER: Final = "zegel-windows-security/1"

_CHANNEL: Final = "security"
_AUDITING: Final = "audit-logging"
_STATUS: Final = {4720: "active", 4722: "active", 4725: "left", 4726: "left"}
_STATUS_WORDS: Final = {
    4720: "create-account",
    4722: "enable-account",
    4725: "disable-account",
    4726: "delete-account",
}
_ADDED: Final = frozenset({4728, 4732, 4756})
_REMOVED: Final = frozenset({4729, 4733, 4757})
_DOMAIN_SID: Final = re.compile(r"S-1-5-21(-\d+)+", re.IGNORECASE)
_REMOVES_AUDITING: Final = ("%%8448", "%%8450", "removed")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = 1000
"""In nanoseconds."""


def looks_like(head: bytes, file_name: str) -> int:
    """How surely, 0 to 100, these first bytes are events of the Windows log in JSON."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith((b"{", b"[")):
        return 0
    if b'"winlog"' in head:
        return 92
    if all(word in head for word in (b'"record_id"', b'"channel"', b'"event_id"')):
        return 92
    return 30 if "winlog" in file_name or "windows" in file_name else 0


def read(stream: BinaryIO, context: ReadContext) -> Iterator[Outcome]:
    """Every event as facts, skipped or unreadable, in the order of the file.

    Raises:
        FormatError: an array that spans lines is too large to hold.
    """
    return read_facts(stream, context, _LANGUAGE)


def _number_of(value: Object) -> Numbered | None:
    entry = entry_of(value)
    return Numbered(f"{entry.computer} {entry.channel}".casefold(), entry.record_id)


def _tell(value: Object, context: ReadContext) -> Sequence[Told]:
    entry = entry_of(value)
    if entry.channel.casefold() != _CHANNEL:
        return ("an event of another channel",)
    told = _TOLD_BY.get(entry.code)
    fields = told(entry) if told is not None else "an event of another kind"
    if isinstance(fields, str):
        return (fields,)
    return (Fact(_common(entry, context) | fields),)


def _common(entry: WindowsEntry, context: ReadContext) -> dict[str, Any]:
    """The fields that every event of Windows has: its id, its times, its computer."""
    occurred = occurred_at(entry.time, context, "time")
    parts = (entry.computer.casefold(), entry.channel.casefold(), str(entry.record_id))
    # A log that was made anew counts from 1 again: the time tells its events from older ones.
    identity = (*parts, occurred.instant.isoformat())
    each = (part.encode("utf-8", "surrogatepass") for part in identity)
    return occurred.fields() | {
        "event_id": context.own_id(NAME, *each),
        "observed_at": _observed_at(entry, context),
        "host": entry.computer,
        "collector": entry.collector,
    }


def _observed_at(entry: WindowsEntry, context: ReadContext) -> datetime | None:
    if entry.created is not None:
        return occurred_at(entry.created, context, "event.created").instant
    if not entry.observed_nanoseconds:
        return None
    seen = _EPOCH + timedelta(microseconds=entry.observed_nanoseconds // _MICROSECOND)
    return occurred_at(seen.isoformat(), context, "observedTimeUnixNano").instant


def _membership(entry: WindowsEntry) -> dict[str, Any] | str:
    member = account_of(entry.said("MemberSid"), entry.said("MemberName"), None)
    group = entry.said("TargetUserName") or entry.said("TargetSid")
    if member is None or group is None:
        return "a change of a group that names no member"
    sid = entry.said("TargetSid") or group
    # Groups such as Administrators have the same SID on every computer.
    is_of_domain = _DOMAIN_SID.fullmatch(sid) is not None
    where = entry.said("TargetDomainName") if is_of_domain else entry.host
    key = (sid,) if is_of_domain else (entry.computer.casefold(), sid)
    return actor_of(entry) | {
        "kind": "access.granted" if entry.code in _ADDED else "access.revoked",
        "grant_id": case_of("windows", *key, member.removeprefix("person:")),
        "grantee": member,
        "resource": resource_of(where, "group", _public(group)),
        "outcome": "success",
        "action": "add-member" if entry.code in _ADDED else "remove-member",
        "note": names_of(entry, ("member", None, "MemberName")),
    }


def _public(group: str) -> str | None:
    """The name of a group; a bare SID is left to the grant, as it may be that of a person."""
    return None if group.upper().startswith("S-1-") else group


def _status(entry: WindowsEntry) -> dict[str, Any] | str:
    names = (entry.said("TargetUserName"), entry.said("TargetDomainName"))
    person = account_of(entry.said("TargetSid"), *names)
    if person is None:
        return "a change of an account that names none"
    if (names[0] or "").endswith("$"):
        return "an account of a computer"
    return actor_of(entry) | {
        "kind": "identity.status_changed",
        "person": person,
        "status": _STATUS[entry.code],
        "action": _STATUS_WORDS[entry.code],
        "outcome": "success",
        "note": names_of(entry, ("account", "TargetDomainName", "TargetUserName")),
    }


def _permissions(entry: WindowsEntry) -> dict[str, Any] | str:
    kind, name = entry.said("ObjectType"), entry.said("ObjectName")
    if name is None:
        return "permissions of an object without a name, such as a token"
    return actor_of(entry) | {
        "kind": "access.modified",
        "grant_id": case_of("windows", entry.computer.casefold(), kind or "object", name),
        "resource": resource_of("windows", entry.host, kind or "object"),
        "object_kind": word_of(kind or "object"),
        "object_id": case_of(name),
        "action": "change-permissions",
        "outcome": "success",
        "note": names_of(entry),
    }


def _audit_policy(entry: WindowsEntry) -> dict[str, Any]:
    changes = entry.said("AuditPolicyChanges") or ""
    removes = any(word in changes.casefold() for word in _REMOVES_AUDITING)
    part = (entry.said("SubcategoryGuid") or entry.said("SubcategoryId") or "").strip("{}")
    return actor_of(entry) | {
        "kind": "measure.changed",
        "measure_id": word_after(word_of(f"audit-{part[:8]}") or "audit", entry.host),
        "measure": _AUDITING,
        "scope": resource_of("windows", entry.host),
        "state": "inactive" if removes else "active",
        "action": "change-audit-policy",
        "outcome": "success",
        "description": f"subcategory {part or 'unknown'}: {changes or 'unknown change'}",
        "note": names_of(entry),
    }


def _cleared(entry: WindowsEntry) -> dict[str, Any]:
    return actor_of(entry) | {
        "kind": "measure.failed",
        "measure_id": word_after("audit-log", entry.host),
        "measure": _AUDITING,
        "scope": resource_of("windows", entry.host),
        "reason": "the Security log was cleared",
        "action": "clear-log",
        "outcome": "success",
        "note": names_of(entry),
    }


_TOLD_BY: Final[Mapping[int, Callable[[WindowsEntry], dict[str, Any] | str]]] = {
    **dict.fromkeys((*_ADDED, *_REMOVED), _membership),
    **dict.fromkeys(_STATUS, _status),
    1102: _cleared,
    4624: logged_on,
    4625: logon_failed,
    4670: _permissions,
    4719: _audit_policy,
    4768: ticket_asked,
    4771: logon_failed,
    4776: credentials_checked,
}

_LANGUAGE: Final = JsonLanguage(
    PARSER, "event", _tell, messages_in=messages_in, number_of=_number_of
)
