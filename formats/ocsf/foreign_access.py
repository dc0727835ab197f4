"""Access in the OCSF of others: who was given what, who came in, who was refused.

| Class | becomes |
|---|---|
| 3007 User Management, 3005, 3001: privileges, roles, policies given | `access.granted` for each |
| the same taken away | `access.revoked` of the same grant |
| the same, which failed | `access.denied` |
| 3007, 3001: created or enabled; deleted or disabled | `identity.status_changed` |
| 3006 Group Management: a user added, removed | `access.granted`, `access.revoked` of the group |
| 3006, 3008 Role Management: privileges, policies | the same, held by the group or role |
| 3002 Authentication: logon, logoff | `access.used` |
| a logon that failed | `intrusion.attempt_detected` with an address, else `access.attempt_denied` |
| 3003 Authorize Session: privileges, groups, roles of a login | `access.used` |

Source: OCSF 1.9.0, events/iam/.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from formats.json_members import count_in, object_in, objects_in, text_in
from formats.names import case_of, resource_of, resource_under
from formats.ocsf.foreign import Fields, Foreign, words_of
from formats.ocsf.values import GROUP_HOLDER, named_back, user_back
from ledger.errors import FormatError

MOST_GRANTS: Final = 10_000
"""Of one event; each becomes a fact of its own."""
ACCOUNT_CHANGE: Final = 3001
USER_ACCESS: Final = 3005
_GIVEN: Final = {3007: {10, 14, 16}, USER_ACCESS: {1}, ACCOUNT_CHANGE: {7}}
_TAKEN: Final = {3007: {11, 15, 17}, USER_ACCESS: {2}, ACCOUNT_CHANGE: {8}}
_ACTIVE: Final = {3007: {1, 4}, ACCOUNT_CHANGE: {1, 2}}
_LEFT: Final = {3007: {3, 5}, ACCOUNT_CHANGE: {5, 6}}
_LOGON: Final = 1
_LOGOFF: Final = 2
_GROUP_RIGHTS: Final = {1: True, 2: False}
_ROLE_RIGHTS: Final = {4: True, 5: False, 6: True, 7: False, 8: True, 9: False}
_ADDED: Final = 3
_REMOVED: Final = 4

Told = Sequence[Fields] | str


def user_management(found: Foreign) -> Told:
    """What became of the rights of a user, or of the user."""
    at, activity = found.class_uid, found.activity_id
    if activity in _GIVEN.get(at, ()) or activity in _TAKEN.get(at, ()):
        is_given = activity in _GIVEN[at]
        return list(_grants(found, _kind(found, is_given=is_given), found.user()))
    if activity in _ACTIVE.get(at, ()) or activity in _LEFT.get(at, ()):
        person = found.user()
        if found.failed or person is None:
            return "a change of an account that did not happen, or of nobody"
        status = "active" if activity in _ACTIVE[at] else "left"
        return [{"kind": "identity.status_changed", "person": person, "status": status}]
    return "a change of an account that gives no access"


def _kind(found: Foreign, *, is_given: bool) -> str:
    if not is_given:
        return "access.attempt_denied" if found.failed else "access.revoked"
    return "access.denied" if found.failed else "access.granted"


def _grants(found: Foreign, kind: str, holder: str | None) -> Iterator[Fields]:
    """One fact for each resource and each right: a right that is taken away ends no other.

    Raises:
        FormatError: they are more than `MOST_GRANTS`, as a product of two long lists is.
    """
    named = [*words_of(found.event.get("policies")), *words_of([found.event.get("policy")])]
    things: list[Fields] = [
        *({"resource": resource_of(found.product, "policy", name)} for name in named),
        *(
            {"resource": resource_of(found.product, "role", name)}
            for name in words_of(found.event.get("iam_roles"))
        ),
    ]
    things = things or found.resources()
    rights = words_of(found.event.get("privileges")) or [""]
    if len(things) * len(rights) > MOST_GRANTS:
        many = str(len(things) * len(rights))
        raise FormatError("privileges", f"at most {MOST_GRANTS} rights in one event", many)
    for thing in things:
        for right in rights:
            yield _right(found, kind, holder, thing, right)


def _right(found: Foreign, kind: str, holder: str | None, thing: Fields, right: str) -> Fields:
    if kind == "access.attempt_denied":
        return thing | {"kind": kind, "act": "revoke", "action": "revoke"}
    named = str(thing.get("object_id") or thing["resource"])
    return thing | {
        "kind": kind,
        "grant_id": case_of("ocsf", found.product, holder or "", named, right),
        "grantee": holder,
        "acts": [right] if right else [],
    }


def group_management(found: Foreign) -> Told:
    """Members that came into a group or left it."""
    group = named_back(object_in(found.event, "group"))
    if found.activity_id in _GROUP_RIGHTS and group is not None:
        kind = _kind(found, is_given=_GROUP_RIGHTS[found.activity_id])
        return list(_grants(found, kind, f"{GROUP_HOLDER}{group}"))
    if found.activity_id not in {_ADDED, _REMOVED} or found.failed:
        return "a change of a group that gives no access"
    users = [*objects_in(found.event, "users"), object_in(found.event, "user")]
    people = list(dict.fromkeys(person for each in users if (person := user_back(each))))
    if not people:
        return "a change of a group that names no member"
    kind = "access.granted" if found.activity_id == _ADDED else "access.revoked"
    return [
        {
            "kind": kind,
            "grant_id": case_of("ocsf", found.product, person, "group", group or ""),
            "grantee": person,
            "resource": resource_of(found.product, "group", group),
        }
        for person in people
    ]


def role_management(found: Foreign) -> Told:
    """What a role may do from now on, or may do no more."""
    role = named_back(object_in(found.event, "iam_role"))
    if found.activity_id not in _ROLE_RIGHTS or role is None:
        return "a change of a role that gives no access"
    kind = _kind(found, is_given=_ROLE_RIGHTS[found.activity_id])
    return list(_grants(found, kind, f"person:role {role}"))


def authentication(found: Foreign) -> Told:
    """A login, a logout, or an attempt at one."""
    if found.activity_id not in {_LOGON, _LOGOFF}:
        return "a step of a login"
    person = found.user()
    service = found.service()
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
