"""Calls of IAM that give access or take it: memberships, policies, keys, passwords, accounts.

| Call | becomes |
|---|---|
| `AddUserToGroup`, `RemoveUserFromGroup` | `access.granted`, `access.revoked` |
| `Attach…Policy`, `Detach…Policy`, `Put…Policy`, `Delete…Policy` of user, group, role | likewise |
| `CreateAccessKey`, `DeleteAccessKey`, `UpdateAccessKey` to active or inactive | likewise |
| `CreateLoginProfile`, `DeleteLoginProfile`: a password for the console | likewise |
| `CreateUser`, `DeleteUser` | `identity.status_changed`: active, left |
| `UpdateAssumeRolePolicy`, `CreatePolicyVersion`, `SetDefaultPolicyVersion` | `access.modified` |

The text of a policy is not kept: its name says which it is. A group or role that a policy is given
to stands as grantee by its ARN.

Source: AWS IAM API reference, the actions named.
"""

import re
from typing import Any, Final

from formats.cloudtrail_principals import account_of, principal_of
from formats.json_members import Object, needed_text, object_in, text_in
from formats.names import case_of, resource_of

_POLICY: Final = re.compile(r"(?P<act>Attach|Detach|Put|Delete)(?P<holder>User|Group|Role)Policy")
_MEMBERSHIP: Final = {
    "AddUserToGroup": "access.granted",
    "RemoveUserFromGroup": "access.revoked",
}
_GIVES: Final = {
    "Attach": "access.granted",
    "Put": "access.granted",
    "Detach": "access.revoked",
    "Delete": "access.revoked",
}
_KEYS: Final = {"CreateAccessKey": "access.granted", "DeleteAccessKey": "access.revoked"}
_KEY_STATUS: Final = {"Active": "access.granted", "Inactive": "access.revoked"}
_PASSWORDS: Final = {
    "CreateLoginProfile": "access.granted",
    "DeleteLoginProfile": "access.revoked",
}
_TEXTS: Final = {
    "UpdateAssumeRolePolicy": ("role", "roleName"),
    "CreatePolicyVersion": ("policy", "policyArn"),
    "SetDefaultPolicyVersion": ("policy", "policyArn"),
}
"""Calls that change the text of who may be a role, or of what a policy allows."""
_STATUS: Final = {"CreateUser": "active", "DeleteUser": "left"}


def grant_fields(record: Object) -> dict[str, Any] | None:
    """The fields of the fact that a successful call of IAM is, or `None` when it is none.

    Raises:
        FormatError: a member that the call must have is missing or has another type.
    """
    name = needed_text(record, "eventName")
    policy = _POLICY.fullmatch(name)
    if policy is not None:
        return _policy(record, policy)
    if name in _MEMBERSHIP:
        return _membership(record, _MEMBERSHIP[name])
    if name in _KEYS:
        return _key(record, _KEYS[name])
    if name == "UpdateAccessKey":
        status = needed_text(record, "requestParameters", "status")
        return _key(record, _KEY_STATUS[status]) if status in _KEY_STATUS else None
    if name in _PASSWORDS:
        return _password(record, _PASSWORDS[name])
    return _account(record, _STATUS[name]) if name in _STATUS else None


def _grant(record: Object, kind: str, holder: tuple[str, str], *, of: tuple[str, ...]) -> Any:  # noqa: ANN401 - fields of an event
    """The fields of a grant; names of IAM that differ in case only are one."""
    grant = case_of("aws", account_of(record), "/".join(holder), *of).casefold()
    return {"kind": kind, "grant_id": grant, "grantee": principal_of(record, *holder)}


def _membership(record: Object, kind: str) -> dict[str, Any]:
    group = needed_text(record, "requestParameters", "groupName")
    holder = ("user", _user(record))
    return {
        **_grant(record, kind, holder, of=("group", group)),
        "resource": resource_of("aws", "group", group),
    }


def _policy(record: Object, found: re.Match[str]) -> dict[str, Any]:
    holder = found["holder"].lower()
    name = needed_text(record, "requestParameters", f"{holder}Name")
    if found["act"] in {"Attach", "Detach"}:
        policy = needed_text(record, "requestParameters", "policyArn")
        of: tuple[str, ...] = ("policy", policy)
    else:
        policy = needed_text(record, "requestParameters", "policyName")
        of = ("inline-policy", policy)
    return {
        **_grant(record, _GIVES[found["act"]], (holder, name), of=of),
        "resource": resource_of("aws", of[0], policy.rpartition("/")[2]),
    }


def _key(record: Object, kind: str) -> dict[str, Any]:
    """A key by its public id; its secret is never in a record."""
    made = object_in(record, "responseElements", "accessKey")
    key = text_in(made, "accessKeyId") or needed_text(record, "requestParameters", "accessKeyId")
    user = text_in(made, "userName") or _user(record)
    return {
        **_grant(record, kind, ("user", user), of=("access-key", key)),
        "resource": resource_of("aws", "access-key"),
    }


def _password(record: Object, kind: str) -> dict[str, Any]:
    return {
        **_grant(record, kind, ("user", _user(record)), of=("console",)),
        "resource": resource_of("aws", "console"),
    }


def _account(record: Object, status: str) -> dict[str, Any]:
    return {
        "kind": "identity.status_changed",
        "person": principal_of(record, "user", _user(record)),
        "status": status,
    }


def policy_text_fields(record: Object) -> dict[str, Any] | None:
    """The fields of a changed text that many grants rest on, or `None` when a call changes none.

    Raises:
        FormatError: a member that the call must have is missing or has another type.
    """
    found = _TEXTS.get(needed_text(record, "eventName"))
    if found is None:
        return None
    kind, member = found
    name = needed_text(record, "requestParameters", member)
    return {
        "kind": "access.modified",
        "grant_id": case_of("aws", account_of(record), f"{kind}-text", name).casefold(),
        "resource": resource_of("aws", kind, name.rpartition("/")[2]),
        "note": "whom and what its text names is not told",
    }


def _user(record: Object) -> str:
    """The user that a call names, or who calls where it names none: then it is about himself."""
    named = text_in(record, "requestParameters", "userName")
    return named or needed_text(record, "userIdentity", "userName")
