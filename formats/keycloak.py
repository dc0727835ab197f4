"""Keycloak's admin events and login events in JSON: who may do what, who came in, who tried.

| Event | becomes |
|---|---|
| `REALM_ROLE_MAPPING`, `CLIENT_ROLE_MAPPING` `CREATE` | `access.granted` for each role |
| the same, `DELETE` | `access.revoked` of the same grants |
| `GROUP_MEMBERSHIP` `CREATE`, `DELETE` | `access.granted`, `access.revoked` |
| `USER` `CREATE`, `DELETE` | `identity.status_changed`: active, left |
| `USER` `UPDATE` that says whether the account is enabled | `identity.status_changed` likewise |
| `ACTION` on `users/…/impersonation` | `access.used`, act `impersonate` |
| an act with an `error` | `access.attempt_denied` |
| other acts | skipped |
| login events | see `formats.keycloak_logins` |

The id of an account stands for its owner, as it never changes and every event gives it; a group
that holds roles stands as `person:group ID`. Which roles an act was about stands in its
`representation` alone: the names are taken from it, the rest is dropped. Where Keycloak left it out
("include representation" is off), the fact says that its role is not told.

Source: Keycloak 26, `AdminEventRepresentation`, `ResourceType`; server administration guide,
    "Auditing admin events"; admin REST API for the paths.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Final
from uuid import UUID

import msgspec

from formats import keycloak_logins
from formats.json_documents import parse_json
from formats.json_facts import Fact, JsonLanguage, Told, occurred_at_milliseconds, read_facts
from formats.json_members import Object, needed_count, needed_text, text_in
from formats.names import address_of, case_of, resource_of, word_of
from formats.reading import Outcome, ReadContext
from ledger.errors import FormatError

NAME: Final = "keycloak"
PARSER: Final = "zegel-keycloak/1"

_ROLES: Final = re.compile(
    r"(?P<holders>users|groups)/(?P<holder>[^/]+)/role-mappings/(?:realm|clients/(?P<client>[^/]+))"
)
_MEMBERSHIP: Final = re.compile(r"users/(?P<holder>[^/]+)/groups/(?P<group>[^/]+)")
_ACCOUNT: Final = re.compile(r"users/(?P<holder>[^/]+)")
_IMPERSONATION: Final = re.compile(r"users/(?P<holder>[^/]+)/impersonation")
_MAPPINGS: Final = frozenset({"REALM_ROLE_MAPPING", "CLIENT_ROLE_MAPPING"})
_GIVES: Final = {"CREATE": "access.granted", "DELETE": "access.revoked"}
_OTHER: Final = "an act that neither gives nor takes a role, a group or an account"
_NOT_TOLD: Final = "which role is not told: Keycloak left out the representation"


def looks_like(head: bytes, file_name: str) -> int:
    """How surely, 0 to 100, these first bytes are events of Keycloak."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith((b"{", b"[")) or b'"realmId"' not in head:
        return 0
    if b'"operationType"' in head or b'"resourcePath"' in head:
        return 92
    return 85 if b'"type"' in head and b'"time"' in head else 30 * ("keycloak" in file_name)


def read(stream: BinaryIO, context: ReadContext) -> Iterator[Outcome]:
    """Every event as facts, skipped or unreadable, in the order of the file.

    Raises:
        FormatError: an array that spans lines is too large to hold.
    """
    return read_facts(stream, context, _LANGUAGE)


def _tell(event: Object, context: ReadContext) -> Sequence[Told]:
    own_id = text_in(event, "id")
    identity = own_id.encode("utf-8", "surrogatepass") if own_id else _content(event)
    occurred = occurred_at_milliseconds(needed_count(event, "time"), context, "time")

    def event_id(*parts: str) -> UUID:
        each = (part.encode("utf-8", "surrogatepass") for part in parts)
        return context.own_id(NAME, identity, *each)

    common = occurred.fields() | {"event_id": event_id()}
    if "operationType" not in event and "resourcePath" not in event:
        return (keycloak_logins.tell(event, common),)
    return _Act(event, common, event_id).told()


def _content(event: Object) -> bytes:
    """What tells an event without id from others: older releases leave it out when they are asked.

    The content, so that an event that is fetched twice is one.
    """
    return hashlib.sha256(msgspec.json.encode(event, order="sorted")).digest()


class _Act:
    """One act of an administrator."""

    def __init__(
        self, event: Object, common: Mapping[str, Any], event_id: Callable[..., UUID]
    ) -> None:
        self._event = event
        self._event_id = event_id
        self._operation = needed_text(event, "operationType")
        self._path = text_in(event, "resourcePath") or ""
        self._type = text_in(event, "resourceType")
        self._realm_id = needed_text(event, "realmId")
        self._realm = text_in(event, "realmName") or self._realm_id
        administrator = text_in(event, "authDetails", "userId")
        self._common = {
            **common,
            "actor": administrator and f"person:{administrator}",
            "origin": address_of(text_in(event, "authDetails", "ipAddress") or ""),
            "action": _word(f"{self._operation} {self._type or ''}"),
        }

    def told(self) -> Sequence[Told]:
        if text_in(self._event, "error") is not None:
            return (self._refused(),)
        roles, member = _ROLES.fullmatch(self._path), _MEMBERSHIP.fullmatch(self._path)
        if roles is not None and self._type in {*_MAPPINGS, None} and self._operation in _GIVES:
            return self._roles(roles)
        if member is not None and self._operation in _GIVES:
            return (self._membership(member),)
        account = _ACCOUNT.fullmatch(self._path)
        if account is not None and self._type in {"USER", None}:
            return (self._account(account),)
        impersonated = _IMPERSONATION.fullmatch(self._path)
        if impersonated is not None and self._operation == "ACTION":
            return (self._impersonation(impersonated),)
        return (_OTHER,)

    def _refused(self) -> Fact:
        error = needed_text(self._event, "error")
        return Fact(
            self._common
            | {
                "kind": "access.attempt_denied",
                "resource": resource_of(self._realm, "administration"),
                "act": _word(self._operation),
                "outcome": "denied",
                "object_kind": _word(self._type or ""),
                "object_id": case_of(self._path) or None,
                "note": f"error: {error}",
            }
        )

    def _roles(self, found: re.Match[str]) -> Sequence[Told]:
        holder, client = _holder(found), found["client"]
        group = ("client", client) if client else ()
        roles = self._represented()
        names = [(needed_text(role, "name"), text_in(role, "id")) for role in _objects(roles)]
        if roles == []:
            return (_OTHER,)
        if not names:
            grant = case_of("keycloak", self._realm_id, holder, self._path)
            resource = resource_of(self._realm, *group, "role")
            return (self._grant(holder, grant, resource, None, _NOT_TOLD),)
        return [
            self._grant(
                holder,
                case_of("keycloak", self._realm_id, holder, *group, "role", own_id or name),
                resource_of(self._realm, *group, "role", name),
                own_id or name,
            )
            for name, own_id in names
        ]

    def _membership(self, found: re.Match[str]) -> Fact:
        group, holder = found["group"], _holder(found)
        represented = next(iter(_objects(self._represented())), {})
        path = text_in(represented, "path") or text_in(represented, "name")
        names = [part for part in path.split("/") if part] if path else [group]
        return self._grant(
            holder,
            case_of("keycloak", self._realm_id, holder, "group", group),
            resource_of(self._realm, "group", *names),
            None,
        )

    def _grant(
        self, holder: str, grant: str, resource: str, part: str | None, unsaid: str | None = None
    ) -> Fact:
        """A grant, or its end; `part` tells the grants of one act from each other."""
        fields: dict[str, Any] = {
            "kind": _GIVES[self._operation],
            "grant_id": grant,
            "grantee": holder,
            "resource": resource,
            "outcome": "success",
            "note": unsaid,
        }
        if part is not None:
            fields["event_id"] = self._event_id(part)
        return Fact(self._common | fields, (unsaid,) if unsaid else ())

    def _account(self, found: re.Match[str]) -> Told:
        status = {"CREATE": "active", "DELETE": "left"}.get(self._operation)
        if self._operation == "UPDATE":
            represented = next(iter(_objects(self._represented())), {})
            enabled = represented.get("enabled")
            if not isinstance(enabled, bool):
                return "a change of an account that does not tell whether it is enabled"
            status = "active" if enabled else "left"
        if status is None:
            return _OTHER
        return Fact(
            self._common
            | {"kind": "identity.status_changed", "person": _holder(found), "status": status}
        )

    def _impersonation(self, found: re.Match[str]) -> Fact:
        return Fact(
            self._common
            | {
                "kind": "access.used",
                "resource": resource_of(self._realm, "account"),
                "act": "impersonate",
                "object_kind": "account",
                "object_id": found["holder"],
                "outcome": "success",
            }
        )

    def _represented(self) -> object:
        """What the act was about: text in JSON, or already an object; nothing where it is absent.

        Raises:
            FormatError: it is text, but no JSON.
        """
        represented = self._event.get("representation")
        if not isinstance(represented, str) or not represented:
            return represented
        try:
            return parse_json(represented.encode("utf-8", "surrogatepass"))
        except FormatError as error:
            raise FormatError("representation", error.expected, error.found) from None


def _objects(represented: object) -> list[Object]:
    """The objects of a representation, which is one, or an array of them.

    Raises:
        FormatError: it is something else.
    """
    if represented is None or represented == "":
        return []
    each = represented if isinstance(represented, list) else [represented]
    objects = [one for one in each if isinstance(one, Mapping)]
    if len(objects) < len(each):
        raise FormatError("representation", "an object or an array of objects", "another value")
    return objects


def _word(name: str) -> str | None:
    return word_of(name.replace("_", "-"))


def _holder(found: re.Match[str]) -> str:
    """Who holds what a path gives: an account, or a group of them."""
    is_group = found.groupdict().get("holders") == "groups"
    return f"person:group {found['holder']}" if is_group else f"person:{found['holder']}"


_LANGUAGE: Final = JsonLanguage(PARSER, "event", _tell)
