"""Access in the OCSF of others: who was given what, who came in, who was refused.

| Class | becomes |
|---|---|
| 3007 User Management, 3005, 3001: privileges, roles, policies given | `access.granted` for each |
| the same taken away | `access.revoked` of the same grant |
| the same, which failed | `access.denied` |
| 3007, 3001: created or enabled; deleted or disabled | `identity.status_changed` |
| 3006 Group Management: a user added, removed | `access.granted`, `access.revoked` of the group |
| 3002 Authentication: logon, logoff | `access.used` |
| a logon that failed | `intrusion.attempt_detected` with an address, else `access.attempt_denied` |
| 3003 Authorize Session: privileges, groups, roles of a login | `access.used` |

Source: OCSF 1.9.0, events/iam/.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from formats.json_members import count_in, object_in, objects_in, text_in
from formats.names import case_of, resource_under
from formats.ocsf.foreign import Fields, Foreign, words_of
from formats.ocsf.values import named_back, user_back

ACCOUNT_CHANGE: Final = 3001
USER_ACCESS: Final = 3005
_GIVEN: Final = {3007: {10, 14, 16}, USER_ACCESS: {1}, ACCOUNT_CHANGE: {7}}
_TAKEN: Final = {3007: {11, 15, 17}, USER_ACCESS: {2}, ACCOUNT_CHANGE: {8}}
_ACTIVE: Final = {3007: {1, 4}, ACCOUNT_CHANGE: {1, 2}}
_LEFT: Final = {3007: {3, 5}, ACCOUNT_CHANGE: {5, 6}}
_LOGON: Final = 1
_LOGOFF: Final = 2
_ADDED: Final = 3
_REMOVED: Final = 4

Told = Sequence[Fields] | str


def user_management(found: Foreign) -> Told:
    """What became of the rights of a user, or of the user."""
    at, activity = found.class_uid, found.activity_id
    if activity in _GIVEN.get(at, ()) or activity in _TAKEN.get(at, ()):
        kind = "access.granted" if activity in _GIVEN[at] else "access.revoked"
        return list(_grants(found, _refused(found, kind)))
    if activity in _ACTIVE.get(at, ()) or activity in _LEFT.get(at, ()):
        person = found.user()
        if found.failed or person is None:
            return "a change of an account that did not happen, or of nobody"
        status = "active" if activity in _ACTIVE[at] else "left"
        return [{"kind": "identity.status_changed", "person": person, "status": status}]
    return "a change of an account that gives no access"


def _refused(found: Foreign, kind: str) -> str:
    """A grant that failed was denied; a removal that failed is none of ours."""
    return "access.denied" if found.failed and kind == "access.granted" else kind


def _grants(found: Foreign, kind: str) -> Iterator[Fields]:
    """One fact for each resource and each right: a right that is taken away ends no other."""
    person = found.user()
    rights = [
        *words_of(found.event.get("privileges")),
        *(f"role-{name}"[:64] for name in words_of(found.event.get("iam_roles"))),
        *(f"policy-{name}"[:64] for name in words_of(found.event.get("policies"))),
        *(f"policy-{name}"[:64] for name in words_of([found.event.get("policy")])),
    ]
    for thing in found.resources():
        for right in rights or [""]:
            named = thing.get("object_id") or thing["resource"]
            yield thing | {
                "kind": kind,
                "grant_id": case_of("ocsf", found.product, person or "", str(named), right),
                "grantee": person,
                "acts": [right] if right else [],
            }


def group_management(found: Foreign) -> Told:
    """Members that came into a group or left it."""
    if found.activity_id not in {_ADDED, _REMOVED} or found.failed:
        return "a change of a group that is no membership"
    users = [*objects_in(found.event, "users"), object_in(found.event, "user")]
    people = list(dict.fromkeys(person for each in users if (person := user_back(each))))
    group = named_back(object_in(found.event, "group"))
    if not people:
        return "a change of a group that names no member"
    kind = "access.granted" if found.activity_id == _ADDED else "access.revoked"
    return [
        {
            "kind": kind,
            "grant_id": case_of("ocsf", found.product, person, "group", group or ""),
            "grantee": person,
            "resource": resource_under("group", group),
            "acts": ["member"],
        }
        for person in people
    ]


def authentication(found: Foreign) -> Told:
    """A login, a logout, or an attempt at one."""
    if found.activity_id not in {_LOGON, _LOGOFF}:
        return "a step of a login"
    person = found.user()
    service = found.thing(object_in(found.event, "service")) or {"resource": found.product}
    act = "log-in" if found.activity_id == _LOGON else "log-out"
    if not found.failed:
        session = text_in(found.event, "session", "uid")
        return [
            service
            | {"kind": "access.used", "act": act, "action": act, "actor": person}
            | {"session": session, "auth_method": _proof(found)}
        ]
    if found.origin is None:
        return [
            service | {"kind": "access.attempt_denied", "act": act, "action": act, "actor": person}
        ]
    return [attempt(found, found.origin, person, service["resource"], "logon-failed")]


def authorize_session(found: Foreign) -> Told:
    """Rights that a login came with."""
    given = words_of(found.event.get("privileges")) + words_of(found.event.get("iam_roles"))
    if found.failed:
        return "rights that a login did not get"
    return [
        {
            "kind": "access.used",
            "actor": found.user(),
            "act": "assume-rights",
            "session": text_in(found.event, "session", "uid"),
            "resource": resource_under("rights", given[0] if given else found.product),
        }
    ]


def attempt(
    found: Foreign, address: str, account: str | None, target: str | None, rule: str
) -> Fields:
    """An attempt to get in from an address."""
    count = count_in(found.event, "count")
    return {
        "kind": "intrusion.attempt_detected",
        "ip": address,
        "origin": None,
        "actor": None,
        "actor_kind": None,
        "account": account,
        "target": target,
        "outcome": "failure",
        "detector": found.product,
        "detector_rule": rule,
        "attempts": count or 1,
    }


def _proof(found: Foreign) -> str | None:
    if found.event.get("is_mfa") is True:
        return "multi-factor"
    federated = {2: "active-directory", 4: "single-sign-on", 5: "single-sign-on"}
    return federated.get(count_in(found.event, "auth_protocol_id") or 0)
