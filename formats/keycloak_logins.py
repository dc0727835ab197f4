"""Login events of Keycloak: who came in, who tried, whose account came and went.

| Event | becomes |
|---|---|
| `LOGIN` | `access.used`: account, address, session, the client as resource |
| `LOGIN_ERROR` of wrong or unknown credentials | `intrusion.attempt_detected` |
| `LOGIN_ERROR` for another reason, or without an address | `access.attempt_denied` |
| `REGISTER`, `DELETE_ACCOUNT` | `identity.status_changed`: active, left |
| `IMPERSONATE` | skipped: the admin event tells of the same act |
| others: tokens, logouts, changed credentials | skipped |

A name that was typed at a login stands as it was typed: no account needs to have it.

Source: Keycloak 26, `EventRepresentation`, `EventType`, `Errors`.
"""

from collections.abc import Mapping
from typing import Any, Final

from formats.json_facts import Fact, Told
from formats.json_members import Object, needed_text, text_in
from formats.names import address_of, resource_of, word_of

_ATTEMPTS: Final = frozenset(
    {
        "invalid_user_credentials",
        "user_not_found",
        "user_disabled",
        "user_temporarily_disabled",
        "invalid_credentials",
    }
)
"""Errors of whoever does not know the credentials; others are lost cookies and late clicks."""
_UNKNOWN_CLIENT: Final = frozenset({"client_not_found", "invalid_client"})
"""Errors of whoever names an application that there is not."""
_STATUS: Final = {"REGISTER": "active", "DELETE_ACCOUNT": "left"}
_PROOFS: Final = {"password": "password", "otp": "multi-factor"}
_LONGEST_NAME: Final = 320


def tell(event: Object, common: Mapping[str, Any]) -> Told:
    """What one login event tells.

    Args:
        event: As JSON gives it.
        common: Its id and time, as fields.

    Raises:
        FormatError: a member is missing or has another type.
    """
    kind = needed_text(event, "type")
    address = address_of(text_in(event, "ipAddress") or "")
    values = {**common, "origin": address}
    if kind == "LOGIN":
        return Fact(values | _login(event))
    if kind == "LOGIN_ERROR":
        return Fact(values | _failure(event, address))
    if kind in _STATUS:
        person = f"person:{needed_text(event, 'userId')}"
        return Fact(
            values
            | {
                "kind": "identity.status_changed",
                "person": person,
                "status": _STATUS[kind],
                "actor": person,
                "actor_kind": "person",
                "note": _typed_name(event),
            }
        )
    if kind == "IMPERSONATE":
        return "an impersonation, told again by its admin event"
    return "a step of a session, or a change of credentials"


def _login(event: Object) -> dict[str, Any]:
    proof = _PROOFS.get(text_in(event, "details", "credential_type") or "")
    if text_in(event, "details", "identity_provider") is not None:
        proof = "single-sign-on"
    return {
        "kind": "access.used",
        "actor": f"person:{needed_text(event, 'userId')}",
        "actor_kind": "person",
        "action": "log-in",
        "act": "log-in",
        "outcome": "success",
        "auth_method": proof,
        "resource": _client(event),
        "session": text_in(event, "sessionId"),
        "note": _typed_name(event),
    }


def _failure(event: Object, address: str | None) -> dict[str, Any]:
    error = text_in(event, "error") or "unknown"
    name = text_in(event, "details", "username") or text_in(event, "userId")
    account = f"person:{name.strip()}" if name and 0 < len(name.strip()) <= _LONGEST_NAME else None
    values = {"action": "log-in", "attempts": 1}
    if address is not None and error in _ATTEMPTS:
        return values | {
            "kind": "intrusion.attempt_detected",
            "ip": address,
            "account": account,
            "outcome": "failure",
            "target": _client(event),
            "detector": "keycloak",
            "detector_rule": word_of(error.replace("_", "-")),
        }
    return values | {
        "kind": "access.attempt_denied",
        "actor": account,
        "act": "log-in",
        "outcome": "denied",
        "resource": _client(event),
        "session": text_in(event, "sessionId"),
        "note": f"error: {error}",
    }


def _client(event: Object) -> str:
    """The application that asked for the login, in its realm; a word is public.

    Whoever asks for one that does not exist may have typed anything: it is left out.
    """
    realm = text_in(event, "realmName") or needed_text(event, "realmId")
    is_known = text_in(event, "error") not in _UNKNOWN_CLIENT
    return resource_of(realm, "client", text_in(event, "clientId") if is_known else None)


def _typed_name(event: Object) -> str | None:
    name = text_in(event, "details", "username")
    return f"account: {name}" if name else None
