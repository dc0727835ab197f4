"""AWS CloudTrail records: logins, roles assumed, access given and taken, objects of S3.

| Call | becomes |
|---|---|
| `ConsoleLogin` that succeeded | `access.used` of `aws/console` |
| `ConsoleLogin` that failed, from an address | `intrusion.attempt_detected` |
| `AssumeRole`, with SAML or web identity too | `access.used` of `aws/role/NAME` |
| calls of IAM | see `formats.cloudtrail_grants` |
| objects of S3 read, written, deleted by the bucket's own account | `access.used` |
| the same by another account, or by anybody | `exchange.performed`, with its bytes |
| `PutBucketPolicy`, `DeleteBucketPolicy` | `access.modified`, `access.revoked` of the bucket |
| `StopLogging`, `DeleteTrail`; `StartLogging` | `measure.changed` of `audit-logging` |
| any call that was refused (`AccessDenied`, …) | `access.attempt_denied` |
| calls that failed for other reasons, all other calls, digests | skipped |

Files as CloudTrail delivers them (`{"Records": […]}`), single records, what EventBridge forwards
(`detail`) and the answer of `lookup-events` are read. Temporary credentials, policies and other
parameters and answers of calls are left out but for the names above.

Source: AWS CloudTrail user guide, "CloudTrail record contents", "AWS Management Console sign-in
    events"; Amazon S3 user guide, "CloudTrail log file entries".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Final

from formats.cloudtrail_grants import grant_fields, policy_text_fields
from formats.cloudtrail_objects import object_fields
from formats.cloudtrail_principals import Caller, caller_of
from formats.json_documents import parse_json
from formats.json_facts import Fact, JsonLanguage, Told, occurred_at, read_facts
from formats.json_members import Object, needed_text, text_in
from formats.names import address_of, case_of, resource_of, word_after, word_of
from formats.reading import Outcome, ReadContext
from ledger.errors import FormatError

NAME: Final = "cloudtrail"
PARSER: Final = "zegel-cloudtrail/1"

_DENIED: Final = frozenset(
    {
        "accessdenied",
        "accessdeniedexception",
        "unauthorizedoperation",
        "unauthorizedaccess",
        "authorizationerror",
        "notauthorized",
    }
)
_ASSUMED: Final = frozenset({"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"})
_LOGGING: Final = {"StopLogging": "inactive", "DeleteTrail": "inactive", "StartLogging": "active"}
_FEDERATED: Final = frozenset({"AssumedRole", "SAMLUser", "FederatedUser", "WebIdentityUser"})
_LONGEST_NOTE: Final = 1000
_CAPITAL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
"""Where a word begins inside the name of a call."""


def looks_like(head: bytes, file_name: str) -> int:
    """How surely, 0 to 100, these first bytes are records of CloudTrail."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith((b"{", b"[")):
        return 0
    if b'"eventSource"' in head and b'"eventName"' in head:
        return 92
    if b'"CloudTrailEvent"' in head or b'"digestS3Object"' in head:
        return 92
    return (
        60
        if b'"Records"' in head and b'"userIdentity"' in head
        else 25 * ("cloudtrail" in file_name)
    )


def read(stream: BinaryIO, context: ReadContext) -> Iterator[Outcome]:
    """Every record as facts, skipped or unreadable, in the order of the file.

    Raises:
        FormatError: a file that spans lines is too large to hold.
    """
    return read_facts(stream, context, _LANGUAGE)


def _records_in(value: Object) -> Iterable[Object]:
    """The record that a JSON object wraps, or the object itself."""
    if isinstance(value.get("detail"), Mapping):
        return (value["detail"],)
    wrapped = text_in(value, "CloudTrailEvent") if "CloudTrailEvent" in value else None
    if wrapped is None:
        return (value,)
    record = parse_json(wrapped.encode("utf-8", "surrogatepass"))
    if not isinstance(record, Mapping):
        raise FormatError("CloudTrailEvent", "a record in JSON", "another value")
    return (record,)


def _tell(record: Object, context: ReadContext) -> Sequence[Told]:
    if "digestS3Object" in record:
        return ("a digest of CloudTrail over its own files",)
    name = needed_text(record, "eventName")
    caller = caller_of(record)
    told = _fields(record, name, caller)
    if isinstance(told, str):
        return (told,)
    occurred = occurred_at(needed_text(record, "eventTime"), context, "eventTime")
    own_id = needed_text(record, "eventID").encode("utf-8", "surrogatepass")
    common = occurred.fields() | {
        "event_id": context.own_id(NAME, own_id),
        "actor": caller.person,
        "actor_kind": caller.kind,
        "origin": address_of(text_in(record, "sourceIPAddress") or ""),
        "action": _call_word(name),
    }
    return (Fact(common | told),)


def _fields(record: Object, name: str, caller: Caller) -> dict[str, Any] | str:
    """The fields of the fact that a call is, or why it is none."""
    service = needed_text(record, "eventSource").partition(".")[0]
    error = text_in(record, "errorCode")
    if name == "ConsoleLogin":
        return _console_login(record, caller)
    if error is not None:
        code = error.rpartition(".")[2]
        is_refused = code.casefold() in _DENIED
        return _refused(record, service, error) if is_refused else "a call that did not succeed"
    if name in _ASSUMED and service == "sts":
        return _assumed(record)
    if name in _LOGGING and service == "cloudtrail":
        return _logging(record, _LOGGING[name])
    found = grant_fields(record) or policy_text_fields(record) if service == "iam" else None
    if service == "s3":
        found = object_fields(record, caller)
    if found is None:
        return "a call of another kind"
    return {"outcome": "success"} | found


def _console_login(record: Object, caller: Caller) -> dict[str, Any]:
    address = address_of(text_in(record, "sourceIPAddress") or "")
    console = resource_of("aws", "console")
    if text_in(record, "responseElements", "ConsoleLogin") == "Success":
        return {
            "kind": "access.used",
            "actor_kind": "person",
            "act": "log-in",
            "action": "log-in",
            "outcome": "success",
            "auth_method": _proof(record),
            "resource": console,
        }
    values = {"action": "log-in", "attempts": 1, "actor": None, "actor_kind": None}
    if address is not None:
        return values | {
            "kind": "intrusion.attempt_detected",
            "ip": address,
            "account": caller.person,
            "outcome": "failure",
            "target": console,
            "detector": "cloudtrail",
            "detector_rule": "console-login-failed",
        }
    return values | {
        "kind": "access.attempt_denied",
        "actor": caller.person,
        "act": "log-in",
        "outcome": "denied",
        "resource": console,
    }


def _proof(record: Object) -> str:
    if text_in(record, "userIdentity", "type") in _FEDERATED:
        return "single-sign-on"
    used = text_in(record, "additionalEventData", "MFAUsed") or ""
    return "multi-factor" if used.casefold() == "yes" else "password"


def _assumed(record: Object) -> dict[str, Any]:
    """A role that somebody took on; its credentials stand in the answer and are left there."""
    role = needed_text(record, "requestParameters", "roleArn")
    session = text_in(record, "responseElements", "assumedRoleUser", "arn")
    return {
        "kind": "access.used",
        "resource": resource_of("aws", "role", role.rpartition("/")[2]),
        "act": "assume-role",
        "session": session and case_of(session),
        "object_kind": "role",
        "object_id": case_of(role),
        "outcome": "success",
    }


def _logging(record: Object, state: str) -> dict[str, Any]:
    trail = needed_text(record, "requestParameters", "name").rpartition("/")[2]
    return {
        "kind": "measure.changed",
        "measure_id": word_after("cloudtrail", trail),
        "measure": "audit-logging",
        "scope": resource_of("aws", "trail", trail),
        "state": state,
        "outcome": "success",
    }


def _refused(record: Object, service: str, error: str) -> dict[str, Any]:
    parameters = record.get("requestParameters")
    bucket = text_in(parameters, "bucketName") if isinstance(parameters, Mapping) else None
    key = text_in(parameters, "key") if bucket and isinstance(parameters, Mapping) else None
    message = text_in(record, "errorMessage")
    note = f"{error}: {message}" if message else error
    return {
        "kind": "access.attempt_denied",
        "resource": resource_of("aws", service, bucket if service == "s3" else None),
        "act": _call_word(needed_text(record, "eventName")),
        "outcome": "denied",
        "attempts": 1,
        "object_kind": "object" if key else None,
        "object_id": key and case_of(key),
        "note": note[:_LONGEST_NOTE],
    }


def _call_word(name: str) -> str | None:
    """`AttachUserPolicy` as `attach-user-policy`."""
    return word_of(_CAPITAL.sub("-", name))


_LANGUAGE: Final = JsonLanguage(
    PARSER, "record", _tell, within=("Records", "Events"), messages_in=_records_in
)
