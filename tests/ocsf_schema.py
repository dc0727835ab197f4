"""The published schema of OCSF, for judging the events that we write.

A package that only tests need brings the compiled schema of 1.8.0 as its publisher exports it, and
makes JSON Schema of it. `ADDED` is what 1.9.0 adds to it as far as we use it, each with the file of
that release that says so.
"""

import copy
import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

import jsonschema_rs
from ocsf_json_schema import OcsfJsonSchema

PUBLISHED: Final = "1.8.0"

Json = dict[str, Any]


def problems_of(event: Json) -> list[str]:
    """What is wrong with an event by the schema: places and messages; nothing for a valid one."""
    validator = _validator(event["class_uid"], tuple(event["metadata"]["profiles"]))
    found = [
        f"{'.'.join(map(str, error.instance_path))}: {error.message[:200]}"
        for error in validator.iter_errors(event)
    ]
    return [*found, *_captions(event), *_outlived(event)]


@cache
def _schema() -> Json:
    published = files("ocsf_json_schema") / "ocsf" / f"{PUBLISHED}.json"
    schema: Json = json.loads(published.read_bytes())
    _add_chain(schema)
    _add_user_management(schema)
    _take_out_of_use(schema)
    return schema


def _add_chain(schema: Json) -> None:
    """1.9.0: profiles/record_integrity.json, objects/{attestation,prev_event,fingerprint}.json."""
    objects = schema["objects"]
    objects["attestation"] = {
        "name": "attestation",
        "caption": "Attestation",
        "constraints": {"at_least_one": ["fingerprint", "signatures"]},
        "attributes": {
            **{name: _text() for name in ("uid", "authority_uid", "chain_uid")},
            "fingerprint": _object("fingerprint"),
            "prev_event": _object("prev_event"),
            "signatures": _object("digital_signature", is_array=True),
        },
    }
    objects["prev_event"] = {
        "name": "prev_event",
        "caption": "Previous Event",
        "attributes": {
            "uid": _text("required"),
            "type_uid": {"caption": "Type ID", "type": "long_t", "requirement": "recommended"},
            "fingerprint": _object("fingerprint"),
        },
    }
    objects["fingerprint"]["attributes"] |= {
        "encoding": _text(),
        "encoding_id": _choice(("Unknown", "Hex", "Base64", "Base64URL")),
        "serialization": _text(),
        "serialization_id": _choice(
            (
                *("Unknown", "Flat", "JCS", "JWS", "COSE", "DSSE"),
                *("Authenticode", "Code Signing", "App Package"),
            )
        ),
    }
    for each in schema["classes"].values():
        each["attributes"]["attestation_list"] = _object("attestation", is_array=True) | {
            "profiles": ["record_integrity"]
        }


def _add_user_management(schema: Json) -> None:
    """1.9.0: events/iam/{user_management,group_management}.json, objects/iam_role.json."""
    added = copy.deepcopy(schema["classes"]["user_access"])
    activities = (
        *("Unknown", "Create", "Update", "Delete", "Enable", "Disable", "Lock", "Unlock"),
        *("Password Change", "Password Reset", "Attach Policies", "Detach Policies"),
        *("MFA Factor Enable", "MFA Factor Disable", "Assign Privileges", "Remove Privileges"),
        *("Assign Roles", "Remove Roles"),
    )
    attributes = added["attributes"]
    del attributes["resource"]
    attributes["activity_id"] = _choice(activities, "required")
    attributes["type_uid"] = {
        "caption": "Type ID",
        "type": "long_t",
        "requirement": "required",
        "enum": {
            str(300_700 + number): {"caption": f"User Management: {caption}"}
            for number, caption in (*enumerate(activities), (99, "Other"))
        },
    }
    attributes["class_uid"] = attributes["class_uid"] | {"enum": {"3007": {}}}
    attributes["privileges"] = attributes["privileges"] | {"requirement": "recommended"}
    attributes["policies"] = _object("policy", is_array=True)
    attributes["iam_roles"] = _object("iam_role", is_array=True)
    attributes["updated_user"] = _object("user")
    schema["classes"]["user_management"] = added | {
        "uid": 3007,
        "name": "user_management",
        "caption": "User Management",
    }
    schema["objects"]["iam_role"] = {
        "name": "iam_role",
        "caption": "IAM Role",
        "constraints": {"at_least_one": ["name", "uid"]},
        "attributes": {"name": _text("recommended"), "uid": _text("recommended")},
    }
    schema["classes"]["group_management"]["attributes"] |= {
        "users": _object("user", is_array=True),
        "resources": _object("resource_details", is_array=True),
    }


def _take_out_of_use(schema: Json) -> None:
    """1.9.0: what its CHANGELOG calls deprecated, as far as it is in our classes and objects."""
    classes, objects = schema["classes"], schema["objects"]
    outlived = (
        *((classes["group_management"], name) for name in ("user", "resource")),
        *((classes[each], "comment") for each in _FINDINGS),
        (classes["entity_management"], "entity_result"),
        (classes["web_resources_activity"], "web_resources_result"),
        *((objects["actor"], name) for name in ("app_name", "app_uid")),
        (objects["http_response"], "message"),
    )
    for where, name in outlived:
        where["attributes"][name] |= {"@deprecated": {"since": "1.9.0"}}
    for name in ("account_change", "user_access"):
        classes[name]["@deprecated"] = {"since": "1.9.0"}


def _text(requirement: str = "optional") -> Json:
    return {"caption": "", "type": "string_t", "requirement": requirement}


def _object(name: str, *, is_array: bool = False) -> Json:
    found = {"caption": "", "type": "object_t", "object_type": name, "requirement": "optional"}
    return found | {"is_array": True} if is_array else found


def _choice(captions: tuple[str, ...], requirement: str = "recommended") -> Json:
    numbered = {str(number): {"caption": caption} for number, caption in enumerate(captions)}
    return {
        "caption": "",
        "type": "integer_t",
        "requirement": requirement,
        "enum": numbered | {"99": {"caption": "Other"}},
    }


@cache
def _generator() -> OcsfJsonSchema:
    return OcsfJsonSchema(_schema())


@cache
def _validator(class_uid: int, profiles: tuple[str, ...]) -> jsonschema_rs.Draft202012Validator:
    name = _generator().lookup_class_name_from_uid(class_uid)
    schema = _generator().get_class_schema(name, list(profiles))
    return jsonschema_rs.Draft202012Validator(schema, retriever=_object_schema)


def _object_schema(uri: str) -> Json:
    """The schema of an object by its address; those of extensions have a slash in their names."""
    name, _, asked = uri.partition("/objects/")[2].partition("?profiles=")
    found: Json = _generator().get_object_schema(name, asked.split(",") if asked else [])
    return found


_FINDINGS: Final = ("detection_finding", "incident_finding", "data_security_finding")


def _outlived(event: Json) -> list[str]:
    """Classes and attributes of an event that the schema takes out of use."""
    schema = _schema()
    name = _generator().lookup_class_name_from_uid(event["class_uid"])
    found = [name] if "@deprecated" in schema["classes"][name] else []
    waiting = [(name, event, schema["classes"][name])]
    while waiting:
        path, holder, shape = waiting.pop()
        for attribute, value in holder.items():
            known = shape["attributes"].get(attribute, {})
            if "@deprecated" in known:
                found.append(f"{path}.{attribute}")
            inner = schema["objects"].get(known.get("object_type"), {"attributes": {}})
            each = value if isinstance(value, list) else [value]
            waiting += [
                (f"{path}.{attribute}", one, inner) for one in each if isinstance(one, dict)
            ]
    return [f"{path}: deprecated" for path in found]


_NAMED: Final = {
    "activity_id": "activity_name",
    "severity_id": "severity",
    "status_id": "status",
    "type_uid": "type_name",
    "category_uid": "category_name",
    "class_uid": "class_name",
    "action_id": "action",
    "disposition_id": "disposition",
    "direction_id": "direction",
}


def _captions(event: Json) -> list[str]:
    """Names beside numbers that the schema calls otherwise; Other may be called anything."""
    name = _generator().lookup_class_name_from_uid(event["class_uid"])
    attributes = _schema()["classes"][name]["attributes"]
    found = []
    for numbered, named in _NAMED.items():
        choices = attributes.get(numbered, {}).get("enum", {})
        caption = choices.get(str(event.get(numbered)), {}).get("caption")
        is_free = event.get(numbered) == 99 or caption is None or named not in event
        if not is_free and event[named] != caption:
            found.append(f"{named}: {event[named]!r}, by the schema {caption!r}")
    return found
