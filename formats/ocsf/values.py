"""Single values between our fields and attributes of OCSF, each way.

`out` gives what stands in an attribute, `back` what our field says; either gives `None` for what
the other side cannot say. A value that does not come back as it went out stays among the unmapped
ones, so nothing is lost on the way.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from ledger.personal import WITHHELD, parse_token

UNKNOWN: Final = "Unknown"
"""Stands where OCSF asks for something that nobody told us."""

GROUP_HOLDER: Final = "person:group "
"""Begins a grantee that is a group of accounts."""
_SORTED: Final = re.compile(r"(?:(?P<within>.+?)/)?(?P<sort>role|policy|group)/(?P<name>.+)")
_NOBODY: Final = frozenset({"", "-", UNKNOWN, "N/A", "NULL SID", "S-1-0-0"})
"""What products write where there is no user; the last two are Windows' own."""
_EMAIL: Final = re.compile(r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+")
"""Source: OCSF dictionary, email_t."""


@dataclass(frozen=True, slots=True)
class Both:
    """One kind of value, out and back."""

    out: Callable[[Any], Any]
    back: Callable[[Any], Any]


def _user_out(value: object) -> dict[str, Any] | None:
    if not isinstance(value, str) or value == WITHHELD:
        return None
    if parse_token(value):
        return {"uid": value, "type_id": 0}
    return {"name": value.removeprefix("person:"), "type_id": 1}


def user_back(value: object) -> str | None:
    """The person that a user object names, by its name before its id and its e-mail address."""
    if not isinstance(value, dict):
        return None
    for name in ("name", "uid", "email_addr"):
        found = value.get(name)
        if isinstance(found, str) and found.strip() not in _NOBODY:
            token = parse_token(found)
            return found if token and token[0] == "person" else f"person:{found.strip()}"
    return None


def _endpoint_out(value: object) -> dict[str, Any] | None:
    if not isinstance(value, str) or value == WITHHELD:
        return None
    return {"uid": value} if parse_token(value) else {"ip": value.removeprefix("ip:")}


def endpoint_back(value: object) -> str | None:
    """The address of an endpoint, or its token; `None` for one that is known by name only."""
    if not isinstance(value, dict):
        return None
    uid = value.get("uid")
    token = parse_token(uid) if isinstance(uid, str) else None
    return uid if token and token[0] == "ip" else address_back(value.get("ip"))


def address_back(value: object) -> str | None:
    """The identity `ip:…` of an address in text, without its zone."""
    try:
        return f"ip:{ipaddress.ip_address(str(value).strip().partition('%')[0])}"
    except ValueError:
        return None


def _observable_out(value: object) -> list[dict[str, Any]] | None:
    endpoint = _endpoint_out(value)
    if endpoint is None:
        return None
    if "uid" in endpoint:
        return [{"name": "ip", "type_id": 48, "value": endpoint["uid"]}]
    return [{"name": "ip", "type_id": 2, "value": endpoint["ip"]}]


def observable_back(value: object) -> str | None:
    """The first address among observables, or the token of one.

    Source: OCSF 1.9.0, objects/observable.json: type 2 is an address, 48 the uid of an endpoint.
    """
    for each in value if isinstance(value, list) else ():
        if isinstance(each, dict) and each.get("type_id") in (2, 48):
            found = endpoint_back({"ip": each.get("value"), "uid": each.get("value")})
            if found:
                return found
    return None


def _named_out(value: object) -> dict[str, Any] | None:
    return {"name": value} if isinstance(value, str) and value not in {WITHHELD, UNKNOWN} else None


def named_back(value: object) -> str | None:
    """The name of an object, or its id where it has none."""
    if not isinstance(value, dict):
        return None
    found = value.get("name") or value.get("uid")
    return found if isinstance(found, str) and found != UNKNOWN else None


def _email_out(value: object) -> str | None:
    found = value.removeprefix("person:") if isinstance(value, str) else ""
    return found if _EMAIL.fullmatch(found) else None


def _email_back(value: object) -> str | None:
    return f"person:{value}" if isinstance(value, str) and value.strip() else None


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and len(value) == 1 else None


def _text_out(value: object) -> str | None:
    return value if isinstance(value, str) and value not in {"", WITHHELD} else None


def _text_back(value: object) -> str | None:
    return value if isinstance(value, str) and value != UNKNOWN else None


def _texts(value: object) -> list[str] | None:
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return value
    return None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _all_named(value: object) -> list[str] | None:
    found = [named_back(each) for each in value] if isinstance(value, list) else []
    return [each for each in found if each] or None


def _hash_out(value: object) -> list[dict[str, Any]] | None:
    if not isinstance(value, str):
        return None
    return [{"algorithm": "SHA-256", "algorithm_id": 3, "value": value}]


def _hash_back(value: object) -> str | None:
    for each in value if isinstance(value, list) else ():
        if isinstance(each, dict) and each.get("algorithm_id") == 3:  # noqa: PLR2004 - SHA-256
            return str(each.get("value", "")).lower() or None
    return None


def sort_of(resource: object) -> str | None:
    """Whether a resource is a role, a policy or a group, as in `claims/role/reader`."""
    named = _SORTED.fullmatch(resource) if isinstance(resource, str) else None
    return named["sort"] if named else None


def _sorted_out(sort: str) -> Callable[[Any], list[dict[str, Any]] | None]:
    return lambda value: [{"name": value}] if sort_of(value) == sort else None


def _group_out(value: object) -> dict[str, Any] | None:
    named = _SORTED.fullmatch(value) if isinstance(value, str) else None
    if named is None or named["sort"] != "group":
        return None
    found = {"name": named["name"]}
    return found | {"domain": named["within"]} if named["within"] else found


def _group_back(value: object) -> str | None:
    name = named_back(value)
    within = value.get("domain") if isinstance(value, dict) else None
    return f"{within}/group/{name}" if name and within else name and f"group/{name}"


def _holder_out(value: object) -> dict[str, Any] | None:
    name = value.removeprefix(GROUP_HOLDER) if isinstance(value, str) else ""
    return {"name": name} if name not in {"", value, UNKNOWN} else None


def _holder_back(value: object) -> str | None:
    name = named_back(value)
    return f"{GROUP_HOLDER}{name}" if name else None


def _database_out(value: object) -> dict[str, Any] | None:
    named = _named_out(value)
    return {**named, "type_id": 0} if named else None


TEXT: Final = Both(_text_out, _text_back)
TEXTS: Final = Both(_texts, _texts)
NUMBER: Final = Both(_number, _number)
PERSON: Final = Both(_user_out, user_back)
ONE_PERSON: Final = Both(
    lambda value: [user] if (user := _user_out(value)) else None,
    lambda value: user_back(_first(value)),
)
ENDPOINT: Final = Both(_endpoint_out, endpoint_back)
OBSERVED: Final = Both(_observable_out, observable_back)
NAMED: Final = Both(_named_out, named_back)
ONE_NAMED: Final = Both(
    lambda value: [named] if (named := _named_out(value)) else None,
    lambda value: named_back(_first(value)),
)
MANY_NAMED: Final = Both(
    lambda value: [{"name": each} for each in value] if _texts(value) else None, _all_named
)
SERVICE: Final = Both(
    lambda value: {"svc_name": text} if (text := _text_out(value)) else None,
    lambda value: value.get("svc_name") if isinstance(value, dict) else None,
)
DATABASE: Final = Both(_database_out, named_back)
GROUP_NAME: Final = Both(_group_out, _group_back)
HOLDING_GROUP: Final = Both(_holder_out, _holder_back)
ROLE: Final = Both(_sorted_out("role"), lambda value: named_back(_first(value)))
POLICY: Final = Both(_sorted_out("policy"), lambda value: named_back(_first(value)))
EMAIL_ADDRESS: Final = Both(_email_out, _email_back)
ONE_EMAIL_ADDRESS: Final = Both(
    lambda value: [address] if (address := _email_out(value)) else None,
    lambda value: _email_back(_first(value)),
)
SHA256: Final = Both(_hash_out, _hash_back)
