"""Objects of S3 in CloudTrail: read, written and deleted, and who the bucket lets in.

What an account does with its own bucket is use of its data. What another account does with it, or
somebody without an account, is an exchange: data went out to, or came in from, another party.
The bytes are those that AWS counted.

Source: Amazon S3 user guide, "CloudTrail log file entries for Amazon S3" (`resources`,
    `additionalEventData`).
"""

from typing import Any, Final

from formats.cloudtrail_principals import Caller, account_of
from formats.json_members import Object, count_in, needed_text, objects_in, text_in
from formats.names import case_of, resource_of

_READS: Final = frozenset({"GetObject", "SelectObjectContent", "GetObjectTorrent"})
_WRITES: Final = frozenset({"PutObject", "CopyObject", "CompleteMultipartUpload", "UploadPart"})
_DELETES: Final = frozenset({"DeleteObject", "DeleteObjects"})
_MOST_CHARACTERS: Final = 400
_MOST_EXACT: Final = 2**53 - 1


def object_fields(record: Object, caller: Caller) -> dict[str, Any] | None:
    """The fields of the fact that a successful call of S3 is, or `None` when it is none.

    Raises:
        FormatError: a member that the call must have is missing or has another type.
    """
    name = needed_text(record, "eventName")
    if name in {"PutBucketPolicy", "DeleteBucketPolicy"}:
        return _bucket_policy(record, name)
    if name not in _READS | _WRITES | _DELETES:
        return None
    bucket = needed_text(record, "requestParameters", "bucketName")
    key = text_in(record, "requestParameters", "key")
    fits = key is not None and len(key) <= _MOST_CHARACTERS
    values: dict[str, Any] = {
        "object_kind": "object",
        "object_id": key if fits else None,
        "note": None if fits or key is None else f"object: {key}",
    }
    owner = _owner(record)
    is_foreign = caller.is_anonymous or (
        owner is not None and caller.account is not None and owner != caller.account
    )
    if is_foreign and name not in _DELETES:
        return values | _exchange(record, caller, is_read=name in _READS)
    act = "read" if name in _READS else "write" if name in _WRITES else "delete"
    return values | {
        "kind": "access.used",
        "resource": resource_of("aws", "s3", bucket),
        "act": act,
    }


def _owner(record: Object) -> str | None:
    """The account that the bucket belongs to."""
    for resource in objects_in(record, "resources"):
        if text_in(resource, "type") == "AWS::S3::Bucket":
            return text_in(resource, "accountId")
    return None


def _exchange(record: Object, caller: Caller, *, is_read: bool) -> dict[str, Any]:
    member = "bytesTransferredOut" if is_read else "bytesTransferredIn"
    size = count_in(record, "additionalEventData", member)
    cipher = text_in(record, "additionalEventData", "CipherSuite")
    other = {"role": "public" if caller.is_anonymous else "third-party"}
    return {
        "kind": "exchange.performed",
        "direction": "out" if is_read else "in",
        "exchange_kind": "disclosure" if is_read else "transfer",
        "recipient" if is_read else "sender": other,
        "recipient_person" if is_read else "sender_person": caller.person,
        "channel": "s3",
        "size_bytes": size if size is not None and size <= _MOST_EXACT else None,
        "encrypted": True if cipher else None,
    }


def _bucket_policy(record: Object, name: str) -> dict[str, Any]:
    """A bucket's own policy: whom it lets in stands in its text, which is not kept."""
    bucket = needed_text(record, "requestParameters", "bucketName")
    return {
        "kind": "access.modified" if name.startswith("Put") else "access.revoked",
        "grant_id": case_of("aws", account_of(record), "bucket-policy", bucket),
        "resource": resource_of("aws", "s3", bucket),
        "note": "whom the policy names is not told",
    }
