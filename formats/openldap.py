"""OpenLDAP's overlay `accesslog`, as LDIF of its database: who changed which rights, who came in.

| Entry | becomes |
|---|---|
| bind, result 0 | `access.used`: the login of the name that was bound |
| bind, result 49 and other refusals | `access.attempt_denied` |
| bind without a name, a step of a SASL login | skipped |
| add, modify, delete that gives membership of a group | `access.granted`, one for each member |
| the same that takes membership away | `access.revoked`, one for each member |
| other writes | `access.used`: the entry, and the names of the attributes that were written |
| search, compare | `access.used`: where, and how many entries came back; never the filter |
| any of these, refused for lack of rights | `access.attempt_denied` |
| those that failed for another reason; unbind, abandon | skipped and counted |

Values of attributes are dropped, but for the members of groups; so are filters, assertions and what
an extended operation carries: passwords stand there. A group is known by its `entryUUID`, so that
renaming it ends no membership. Where the log takes all members away without naming them, that is
said to be undeterminable.

Entries of the overlay `auditlog` in front of those of `accesslog` (`cat auditlog.ldif log.ldif`)
give the addresses of writes and are no facts of their own: each write counts once.

Source: OpenLDAP 2.5.13 as recorded; slapo-accesslog(5) for the attributes; servers/slapd/overlays/
    accesslog.c for their forms.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Final

from formats.distinguished_names import first_value, normalised_name
from formats.ldap_results import REFUSALS, result_word
from formats.ldif import Entry, read_entries
from formats.local_time import LocalTimes, OccurredAt
from formats.names import case_of, resource_under
from formats.openldap_addresses import Addresses, is_remarked
from formats.openldap_changes import (
    BOOKKEEPING,
    MEMBERS,
    Change,
    Effect,
    KnownMembers,
    changes_of,
    members_before,
)
from formats.reading import (
    Outcome,
    ReadContext,
    Skipped,
    Translated,
    Unreadable,
    defect,
    reason_of,
)
from formats.written_counts import written_count
from ledger.errors import FormatError, MalformedEvent
from ledger.events import event_from_mapping

NAME: Final = "openldap"
PARSER: Final = "zegel-openldap/1"

GROUP: Final = "ldap-group"
SERVER: Final = "ldap"
UNNAMED_MEMBERS: Final = "members that the log does not name: undeterminable"

_TIME: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,6}))?Z", re.ASCII)
_WRITES: Final = {"add": "add", "modify": "change", "delete": "delete", "modrdn": "rename"}
_READS: Final = frozenset({"search", "compare"})
_SUCCESS: Final = frozenset({0, 5, 6})
"""5 and 6 are the two answers of a comparison. Source: RFC 4511 appendix A.1."""
_IN_PROGRESS: Final = 14
_MOST_NOTE: Final = 4_000
"""Characters: an entry may have any number of attributes."""
_FAILED: Final = "an operation that failed, not for lack of rights"
_CHANGE_PASSWORD: Final = "extended{1.3.6.1.4.1.4203.1.11.1}"  # noqa: S105 - RFC 3062, no secret
_METHODS: Final = {
    "SIMPLE": "password",
    "SASL(EXTERNAL)": "certificate",
    "SASL(GSSAPI)": "single-sign-on",
    "SASL(GSS-SPNEGO)": "single-sign-on",
    "SASL(OAUTHBEARER)": "single-sign-on",
    "SASL(PLAIN)": "password",
    "SASL(LOGIN)": "password",
}


@dataclass(frozen=True, slots=True)
class _Operation:
    """One entry of the log, taken apart."""

    entry: Entry
    occurred: OccurredAt
    start: str
    """`reqStart` as written: it names the entry in its log."""
    sort: str
    session: str
    result: int
    actor: str | None
    name: str
    """Of the entry that is operated on; may be empty."""
    group: str
    """Names the entry whatever it is called; an entry may have 100,000 fields to find it in."""


def looks_like(head: bytes, file_name: str) -> int:
    """How surely, 0 to 100, these first bytes are entries of the overlays."""
    if b"\nobjectClass: audit" in head or head.startswith(b"objectClass: audit"):
        return 95
    if re.search(rb"^# (add|modify|delete|modrdn) \d+ .* conn=\d+$", head, re.MULTILINE):
        return 90
    return 20 if file_name.endswith(".ldif") and b"dn: " in head else 0


def read(stream: BinaryIO, context: ReadContext) -> Iterator[Outcome]:
    """Every entry of the log as facts, skipped or unreadable, in its order."""
    reader = _Reader(context)
    for entry in read_entries(stream):
        yield from (entry,) if isinstance(entry, Unreadable) else reader.outcomes_of(entry)


class _Reader:
    """Reads entries in order; remembers addresses of writes and the members of groups."""

    def __init__(self, context: ReadContext) -> None:
        self._context = context
        self._times = LocalTimes(context)
        self._addresses = Addresses()
        self._members = KnownMembers()

    def outcomes_of(self, entry: Entry) -> list[Outcome]:
        """All that an entry tells, or that it cannot be read: then none of it counts."""
        try:
            return self._told(entry)
        except FormatError as error:
            return [entry.unreadable(f"expected {error.expected}, found {error.found}")]
        except MalformedEvent as error:
            return [entry.unreadable(reason_of(error))]
        except Exception as error:  # noqa: BLE001 - see `defect`
            return [defect(error, entry.unreadable)]

    def _told(self, entry: Entry) -> list[Outcome]:
        if is_remarked(entry):
            self._addresses.remember(entry)
            return [_skipped(entry, "an entry of auditlog: gives the address of its write")]
        sort = entry.text("reqtype")
        if sort is None:
            return [_skipped(entry, "an entry that tells of no operation")]
        operation = self._operation(entry, sort)
        if operation.sort == "bind":
            return [self._bind(operation)]
        return self._after_login(operation)

    def _after_login(self, operation: _Operation) -> list[Outcome]:
        if operation.result in REFUSALS:
            return [self._refused(operation)]
        if operation.result not in _SUCCESS:
            return [_skipped(operation.entry, _FAILED)]
        if operation.sort in _WRITES:
            return self._write(operation)
        return [self._other(operation)]

    def _operation(self, entry: Entry, sort: str) -> _Operation:
        start, result = entry.text("reqstart"), written_count(entry.text("reqresult") or "0")
        if start is None or result is None:
            found = "none" if start is None else "another result"
            raise FormatError(entry.place, "reqStart, and a number as reqResult", found)
        actor = (entry.text("reqauthzid") or "").strip()
        name = (entry.text("reqdn") or "").strip()
        return _Operation(
            entry=entry,
            occurred=self._occurred(entry, start),
            start=start,
            sort=sort,
            session=entry.text("reqsession") or "",
            result=result,
            actor=_person(actor),
            name=name,
            group=entry.text("reqentryuuid") or normalised_name(name),
        )

    def _occurred(self, entry: Entry, start: str) -> OccurredAt:
        """The microseconds stand in `entryCSN`; the fraction of `reqStart` is a counter."""
        begun = _TIME.fullmatch(start)
        stamped = _TIME.fullmatch((entry.text("entrycsn") or "").partition("#")[0])
        if begun is None:
            raise FormatError(entry.place, "reqStart such as 20261121234558.000002Z", "another")
        year, month, day, hour, minute, second = begun.groups()[:6]
        same = stamped is not None and stamped.groups()[:6] == begun.groups()[:6]
        fraction = f".{stamped[7]}" if same and stamped is not None and stamped[7] else ""
        text = f"{year}-{month}-{day}T{hour}:{minute}:{second}{fraction}Z"
        return self._times.from_rfc3339(text, entry.place)

    def _bind(self, operation: _Operation) -> Outcome:
        if operation.result == _IN_PROGRESS:
            return _skipped(operation.entry, "a step of a login that goes on")
        if not operation.name:
            return _skipped(operation.entry, "a login without a name")
        method = operation.entry.text("reqmethod") or ""
        values = {
            "actor": _person(operation.name),
            "action": "log-in",
            "act": "log-in",
            "auth_method": _METHODS.get(method.upper(), "other"),
            "resource": resource_under(SERVER, self._context.system),
        }
        if operation.result in REFUSALS:
            return self._translated(operation, values | _refusal(operation))
        if operation.result not in _SUCCESS:
            return _skipped(operation.entry, _FAILED)
        return self._translated(operation, values | {"kind": "access.used", "outcome": "success"})

    def _refused(self, operation: _Operation) -> Outcome:
        act = _WRITES.get(operation.sort, operation.sort.partition("{")[0])
        return self._translated(operation, self._on_entry(operation, act) | _refusal(operation))

    def _other(self, operation: _Operation) -> Outcome:
        if operation.sort == _CHANGE_PASSWORD:
            return self._used(operation, "change-password")
        if operation.sort not in _READS:
            return _skipped(operation.entry, "the end of a session, or another operation")
        found = written_count(operation.entry.text("reqentries") or "")
        return self._used(operation, operation.sort, records_count=found)

    def _write(self, operation: _Operation) -> list[Outcome]:
        entry, place = operation.entry, operation.entry.place
        changes = changes_of(entry.values("reqmod"), place)
        of_members = [each for each in changes if each.attribute in MEMBERS]
        written = sorted({each.attribute for each in changes} - MEMBERS - BOOKKEEPING)
        effect = self._effect(operation, of_members, members_before(entry.values("reqold"), place))
        outcomes: list[Outcome] = []
        if effect is not None:
            outcomes += [self._member(operation, each, joined=True) for each in effect.joined]
            outcomes += [self._member(operation, each, joined=False) for each in effect.left]
        if written or not of_members:
            named = f"attributes: {', '.join(written)}"[:_MOST_NOTE] if written else None
            outcomes.append(self._used(operation, _WRITES[operation.sort], note=named))
        if effect is not None and effect.undeterminable:
            # A fact of its own: whether it is one depends on what was read before.
            others = self._used(operation, "change-members", note=UNNAMED_MEMBERS)
            outcomes.append(replace(others, warnings=(UNNAMED_MEMBERS,)))
        return outcomes or [_skipped(entry, "a write after which the members are the same")]

    def _effect(
        self, operation: _Operation, changes: list[Change], before: list[str]
    ) -> Effect | None:
        """What became of members; `None` where no members are told of."""
        group = operation.group
        if operation.sort == "add":
            if not changes:
                return None
            return self._members.made(group, changes, operation.entry.place)
        if operation.sort == "delete":
            known = before or self._members.knows(group)
            return self._members.removed(group, before) if known else None
        if not changes:
            return None
        return self._members.changed(group, changes, before, operation.entry.place)

    def _member(self, operation: _Operation, member: str, *, joined: bool) -> Translated:
        values = {
            "kind": "access.granted" if joined else "access.revoked",
            "grant_id": case_of(SERVER, self._context.system or "", operation.group, member),
            "grantee": f"person:{member}",
            "resource": resource_under(GROUP, first_value(operation.name)),
            "actor": operation.actor,
            "granted_by" if joined else "revoked_by": operation.actor,
            "action": "add-member" if joined else "remove-member",
            "outcome": "success",
            "object_kind": "directory-group",
            "object_id": operation.name,
        }
        return self._translated(operation, values, member)

    def _used(self, operation: _Operation, act: str, **more: object) -> Translated:
        values = self._on_entry(operation, act) | {"kind": "access.used", "outcome": "success"}
        return self._translated(operation, values | more)

    def _on_entry(self, operation: _Operation, act: str) -> dict[str, Any]:
        return {
            "actor": operation.actor,
            "action": act,
            "act": act,
            "resource": resource_under(SERVER, self._context.system),
            "object_kind": "directory-entry" if operation.name else None,
            "object_id": operation.name or None,
        }

    def _translated(
        self, operation: _Operation, values: dict[str, Any], member: str = ""
    ) -> Translated:
        """One fact; its id is what names the operation in its log, what was done, and to whom."""
        named = (operation.start, operation.session, values["action"], member)
        common = operation.occurred.fields() | {
            "event_id": self._context.own_id(NAME, *(part.encode() for part in named)),
            "system": self._context.system,
            "parser": PARSER,
            "origin": self._origin(operation),
        }
        if values["kind"] in {"access.used", "access.attempt_denied"} and operation.session:
            common["session"] = f"ldap {self._context.system or ''} conn={operation.session}"
        known = {name: value for name, value in (common | values).items() if value is not None}
        event = event_from_mapping(known)
        return Translated(operation.entry.place, event, operation.entry.end_offset)

    def _origin(self, operation: _Operation) -> str | None:
        if operation.sort not in _WRITES:
            return None
        begun = int(operation.occurred.instant.timestamp())
        return self._addresses.of_write(operation.session, operation.sort, operation.name, begun)


def _person(name: str) -> str | None:
    return f"person:{normalised_name(name)}" if name.strip() else None


def _refusal(operation: _Operation) -> dict[str, Any]:
    told = f"result {operation.result}: {result_word(operation.result)}"
    return {"kind": "access.attempt_denied", "outcome": "denied", "note": told}


def _skipped(entry: Entry, reason: str) -> Skipped:
    return Skipped(entry.place, reason, 1, entry.end_offset)
