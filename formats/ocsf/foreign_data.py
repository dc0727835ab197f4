"""Use and exchange of data in the OCSF of others.

| Class | becomes |
|---|---|
| 6005 Datastore: read, query, write, update, list, create | `access.used` |
| 6005: deleted | `data.deleted` |
| 6006 File Hosting: upload, download, share | `exchange.performed`, or `exchange.failed` |
| 6006: deleted | `data.deleted` |
| 6006: other acts | `access.used` |
| 6001 Web Resources: import, export, share | `exchange.performed`, or `exchange.failed` |
| 6001, 6003 API: create, read, update, delete, search | `access.used` |
| 4009 Email: sent, received | `exchange.performed` for each address, or `exchange.failed` |
| any of these uses, refused | `access.attempt_denied` |

Source: OCSF 1.9.0, events/application/, events/network/email_activity.json.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from formats.json_members import count_in, object_in, objects_in, text_in
from formats.names import resource_under, word_of
from formats.ocsf.foreign import Fields, Foreign
from formats.ocsf.values import SHA256, named_back

DATASTORE: Final = 6005
_DATASTORE_ACTS: Final = {
    1: "read",
    2: "update",
    3: "connect",
    4: "query",
    5: "write",
    6: "create",
    8: "list",
    9: "encrypt",
    10: "decrypt",
}
_DATASTORE_DELETED: Final = 7
_FILE_ACTS: Final = {
    3: "update",
    5: "rename",
    6: "copy",
    7: "move",
    8: "restore",
    9: "preview",
    13: "unshare",
    14: "open",
    15: "sync",
    16: "unsync",
}
_FILE_DELETED: Final = 4
_FILE_EXCHANGES: Final = {1: ("in", "transfer"), 2: ("out", "transfer"), 12: ("out", "disclosure")}
_WEB_ACTS: Final = {1: "create", 2: "read", 3: "update", 4: "delete", 5: "search"}
_WEB_EXCHANGES: Final = {6: ("in", "transfer"), 7: ("out", "transfer"), 8: ("out", "disclosure")}
_EMAIL: Final = {1: "out", 2: "in"}
_LONGEST_ID: Final = 400

Told = Sequence[Fields] | str


def datastore(found: Foreign) -> Told:
    """What was done to a database, a bucket or a table."""
    objects = (object_in(found.event, name) for name in ("table", "database", "databucket"))
    store = next((thing for each in objects if (thing := found.thing(each))), None)
    named = store or {"resource": found.product}
    if found.activity_id == _DATASTORE_DELETED:
        return _deleted(found, named)
    return _used(found, named, _DATASTORE_ACTS)


def file_hosting(found: Foreign) -> Told:
    """What became of a file that is hosted."""
    file = object_in(found.event, "file")
    name = text_in(file, "path") or named_back(file)
    thing: Fields = {"object_kind": "file", "object_id": name[:_LONGEST_ID] if name else None}
    if found.activity_id in _FILE_EXCHANGES:
        direction, kind = _FILE_EXCHANGES[found.activity_id]
        size = count_in(file, "size")
        told = thing | {"size_bytes": size, "sha256": SHA256.back(file.get("hashes"))}
        return [_exchange(found, told, direction, kind, "file-hosting")]
    share = {"resource": resource_under("file-hosting", text_in(found.event, "share"))}
    if found.activity_id == _FILE_DELETED:
        return _deleted(found, share | thing)
    return _used(found, share | thing, _FILE_ACTS)


def web_resources(found: Foreign) -> Told:
    """What was done to resources of a web application."""
    things = [found.thing(each) for each in objects_in(found.event, "web_resources")]
    named = [each for each in things if each] or [{"resource": found.product}]
    if found.activity_id in _WEB_EXCHANGES:
        direction, kind = _WEB_EXCHANGES[found.activity_id]
        return [_exchange(found, _classed(each), direction, kind, "web") for each in named]
    uses = [_used(found, each, _WEB_ACTS) for each in named]
    told = [fact for each in uses if not isinstance(each, str) for fact in each]
    return told or "an act on a web resource that has no name of ours"


def api(found: Foreign) -> Told:
    """A call of an interface."""
    operation = word_of(text_in(found.event, "api", "operation") or "")
    service = named_back(object_in(found.event, "api", "service")) or found.product
    thing = {"resource": resource_under("api", service)}
    told = _used(found, thing, _WEB_ACTS)
    if isinstance(told, str) or operation is None:
        return told
    return [fact | {"action": operation} for fact in told]


def email(found: Foreign) -> Told:
    """A message that went to somebody, one fact for each who got it."""
    direction = _EMAIL.get(found.activity_id)
    if direction is None:
        return "an e-mail on its way"
    message = object_in(found.event, "email")
    sender = text_in(message, "from")
    listed = message.get("to")
    people: list[str | None] = [
        each for each in (listed if isinstance(listed, list) else ()) if isinstance(each, str)
    ]
    told = {
        "sender_person": f"person:{sender}" if sender else None,
        "size_bytes": count_in(message, "size"),
    }
    return [
        _exchange(found, told, direction, "disclosure", "e-mail")
        | {"recipient_person": f"person:{each}" if each else None}
        for each in people or [None]
    ]


def _exchange(found: Foreign, told: Fields, direction: str, kind: str, channel: str) -> Fields:
    return told | {
        "kind": "exchange.failed" if found.failed else "exchange.performed",
        "direction": direction,
        "exchange_kind": kind,
        "channel": channel,
    }


def _classed(thing: Fields) -> Fields:
    """A web resource as the class of what went; an exchange has no resource."""
    rest: dict[str, Any] = {name: each for name, each in thing.items() if name != "resource"}
    return rest | {"content_classes": [thing["resource"]]} if "object_id" not in rest else rest


def _used(found: Foreign, thing: Fields, acts: Mapping[int, str]) -> Told:
    act = acts.get(found.activity_id) or word_of(text_in(found.event, "activity_name") or "")
    if act is None:
        return "an act without a name"
    kind = "access.attempt_denied" if found.failed else "access.used"
    session = text_in(found.event, "actor", "session", "uid")
    return [thing | {"kind": kind, "act": act, "action": act, "session": session}]


def _deleted(found: Foreign, thing: Fields) -> Told:
    if found.failed:
        return [thing | {"kind": "access.attempt_denied", "act": "delete", "action": "delete"}]
    rest: dict[str, Any] = {name: each for name, each in thing.items() if name != "resource"}
    return [rest | {"kind": "data.deleted", "dataset": thing["resource"], "action": "delete"}]
