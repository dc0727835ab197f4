"""What records of CloudTrail become."""

import json
from typing import Any

import pytest

from formats.cloudtrail import looks_like, read
from tests.golden import expected, golden, told
from tests.unit.formats.sources import facts, outcomes, reasons, skipped

CALL = {
    "eventID": "c-1",
    "eventTime": "2026-03-12T06:17:02Z",
    "awsRegion": "eu-west-1",
    "sourceIPAddress": "192.0.2.14",
    "recipientAccountId": "123456789012",
    "userIdentity": {"type": "IAMUser", "accountId": "123456789012", "userName": "anna"},
}


def call(service: str, name: str, parameters: dict[str, Any] | None = None, **more: object) -> str:
    """One record in JSON."""
    source = {"eventSource": f"{service}.amazonaws.com", "eventName": name}
    return json.dumps({**CALL, **source, "requestParameters": parameters, **more})


def one_fact(text: str) -> dict[str, Any]:
    (fact,) = facts(outcomes(read, text))
    return fact


def test_golden_files_stay_as_they_are_read() -> None:
    """A change of the reader would tell other facts, or under other ids, of the same source."""
    found = told(outcomes(read, golden("cloudtrail.json")))
    assert found == expected("cloudtrail.told.ndjson")


def test_credentials_and_policies_are_not_kept() -> None:
    """Secrets, and texts that name people, would be sealed for ever."""
    kept = json.dumps(told(outcomes(read, golden("cloudtrail.json"))))
    for secret in ("never keep this token", "ASIAEXAMPLE", "not kept", "Principal"):
        assert secret not in kept


@pytest.mark.parametrize(
    ("gives", "takes", "parameters"),
    [
        ("AddUserToGroup", "RemoveUserFromGroup", {"userName": "b", "groupName": "g"}),
        ("AttachUserPolicy", "DetachUserPolicy", {"userName": "b", "policyArn": "arn:x/p"}),
        ("AttachGroupPolicy", "DetachGroupPolicy", {"groupName": "b", "policyArn": "arn:x/p"}),
        ("AttachRolePolicy", "DetachRolePolicy", {"roleName": "b", "policyArn": "arn:x/p"}),
        ("PutUserPolicy", "DeleteUserPolicy", {"userName": "b", "policyName": "p"}),
        ("PutGroupPolicy", "DeleteGroupPolicy", {"groupName": "b", "policyName": "p"}),
        ("PutRolePolicy", "DeleteRolePolicy", {"roleName": "b", "policyName": "p"}),
        ("CreateAccessKey", "DeleteAccessKey", {"userName": "b", "accessKeyId": "AKIA1"}),
        ("CreateLoginProfile", "DeleteLoginProfile", {"userName": "b"}),
    ],
)
def test_what_one_call_gives_the_other_takes(
    gives: str, takes: str, parameters: dict[str, str]
) -> None:
    """A grant would stand for ever, and its end belong to none."""
    given, gone = (one_fact(call("iam", name, parameters)) for name in (gives, takes))
    assert (given["kind"], gone["kind"]) == ("access.granted.v1", "access.revoked.v1")
    for field in ("grant_id", "grantee", "resource"):
        assert given[field] == gone[field]


def test_a_key_that_is_switched_off_is_taken_away() -> None:
    """A key that opens nothing would count as access, or one that does would not."""
    key = {"userName": "b", "accessKeyId": "AKIA1"}
    off, on, odd = (
        facts(outcomes(read, call("iam", "UpdateAccessKey", {**key, "status": status})))
        for status in ("Inactive", "Active", "Unheard")
    )
    assert [fact["kind"] for fact in (*off, *on)] == ["access.revoked.v1", "access.granted.v1"]
    assert odd == []


@pytest.mark.parametrize(
    ("region", "path", "arn"),
    [
        ("eu-west-1", "", "arn:aws:iam::123456789012:user/bram"),
        ("eu-west-1", "/staff/", "arn:aws:iam::123456789012:user/bram"),
        ("us-gov-west-1", "", "arn:aws-us-gov:iam::123456789012:user/bram"),
        ("cn-north-1", "", "arn:aws-cn:iam::123456789012:user/bram"),
    ],
)
def test_whom_a_call_is_about_is_who_calls_later(region: str, path: str, arn: str) -> None:
    """A grant and what is done under it would be of two people."""
    user = {"type": "IAMUser", "accountId": "123456789012", "userName": "bram"}
    user |= {"arn": f"arn:aws:iam::123456789012:user{path or '/'}bram"}
    made = one_fact(call("iam", "CreateUser", {"userName": "bram"}, awsRegion=region))
    logged_in = call(
        "signin",
        "ConsoleLogin",
        userIdentity=user,
        awsRegion=region,
        responseElements={"ConsoleLogin": "Success"},
    )
    assert made["person"] == one_fact(logged_in)["actor"] == f"person:{arn}"


@pytest.mark.parametrize(
    ("identity", "actor", "kind"),
    [
        ({"type": "Root", "arn": "arn:aws:iam::1:root"}, "person:arn:aws:iam::1:root", "person"),
        ({"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/R/s"},
         "person:arn:aws:sts::1:assumed-role/R/s", None),
        ({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"},
         "person:ec2.amazonaws.com", "service"),
        ({"type": "SAMLUser", "userName": "anna", "identityProvider": "idp"},
         "person:idp anna", "person"),
        ({"type": "AWSAccount", "accountId": "2", "principalId": "AIDA"}, "person:2 AIDA", None),
        ({"type": "Unknown"}, None, None),
    ],
)  # fmt: skip
def test_every_kind_of_caller_is_named(
    identity: dict[str, str], actor: str | None, kind: str | None
) -> None:
    """Who did it would be missing, or somebody else."""
    fact = one_fact(call("iam", "CreateUser", {"userName": "b"}, userIdentity=identity))
    assert (fact.get("actor"), fact.get("actor_kind")) == (actor, kind)


@pytest.mark.parametrize(
    ("account", "name", "kind"),
    [
        ("123456789012", "GetObject", "access.used.v1"),
        ("210987654321", "GetObject", "exchange.performed.v1"),
        ("anonymous", "GetObject", "exchange.performed.v1"),
        ("210987654321", "PutObject", "exchange.performed.v1"),
        ("210987654321", "DeleteObject", "access.used.v1"),
    ],
)
def test_what_leaves_the_account_is_an_exchange(account: str, name: str, kind: str) -> None:
    """Data that went to another party would count as use within."""
    bucket = {"type": "AWS::S3::Bucket", "accountId": "123456789012"}
    fact = one_fact(
        call(
            "s3",
            name,
            {"bucketName": "b", "key": "k"},
            userIdentity={"type": "AWSAccount", "accountId": account, "principalId": "P"},
            resources=[bucket],
        )
    )
    assert (fact["kind"], fact["object_id"]) == (kind, "k")


def test_a_name_of_an_object_that_is_too_long_is_kept_in_the_note() -> None:
    """A file would be lost because of its name."""
    key = "k" * 1000
    fact = one_fact(call("s3", "GetObject", {"bucketName": "b", "key": key}))
    assert (fact.get("object_id"), fact["note"]) == (None, f"object: {key}")


@pytest.mark.parametrize(
    ("code", "is_refused"),
    [
        ("AccessDenied", True),
        ("AccessDeniedException", True),
        ("Client.UnauthorizedOperation", True),
        ("NoSuchEntityException", False),
        ("ThrottlingException", False),
    ],
)
def test_only_refusals_are_attempts(code: str, is_refused: bool) -> None:  # noqa: FBT001 - a column of the table above
    """A slip would count as an attempt, or an attempt as a slip; neither changes access."""
    text = call("iam", "AttachUserPolicy", {"userName": "b", "policyArn": "p"}, errorCode=code)
    found = outcomes(read, text)
    assert [fact["kind"] for fact in facts(found)] == ["access.attempt_denied.v1"] * is_refused
    assert skipped(found) == ["a call that did not succeed"] * (not is_refused)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda record: f'{{"Records": [{record}]}}',
        lambda record: f'{{"Records":\n[\n{record}\n]\n}}',
        lambda record: f"[{record}]",
        lambda record: f'{{"detail-type": "AWS API Call via CloudTrail", "detail": {record}}}',
        lambda record: json.dumps({"Events": [{"EventId": "c-1", "CloudTrailEvent": record}]}),
    ],
    ids=["delivered", "laid out", "array", "forwarded", "looked up"],
)
def test_every_way_of_delivery_tells_the_same(wrap: Any) -> None:  # noqa: ANN401 - a function of one text
    """The way in would change what the log says."""
    record = call("iam", "CreateUser", {"userName": "b"})
    assert one_fact(wrap(record)) == one_fact(record)


def test_offsets_grow_within_a_file_of_one_line() -> None:
    """An import that stopped within a file would go on elsewhere."""
    record = call("iam", "CreateUser", {"userName": "b"})
    content = f'{{"Records":[{record}, {record}]}}\n'
    first, second = (outcome.end_offset for outcome in outcomes(read, content))
    assert first == len('{"Records":[') + len(record)
    assert second == len(content)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (call("iam", "AddUserToGroup", {"userName": "b"}), "requestParameters.groupName: expected"),
        (call("iam", "CreateUser", {"userName": "b"}, eventID=None), "eventID: expected text"),
        (call("iam", "CreateUser", {"userName": "b"}, eventTime="2026-03-12T06:17:02"),
         "eventTime: expected a time with its offset"),
        (call("iam", "CreateUser", {"userName": "b"}, eventTime="2027-03-12T06:17:02Z"),
         "eventTime: expected a time that is not in the future"),
        (call("s3", "GetObject", {"bucketName": "b"}, resources={}), "resources: expected"),
        ('{"eventName": 1.5}', "eventName: expected text, found another number"),
        ('{"Events": [{"CloudTrailEvent": "[1]"}]}', "CloudTrailEvent: expected a record"),
        ('{"Events": [{"CloudTrailEvent": "{"}]}', "document: expected JSON"),
    ],
)  # fmt: skip
def test_what_is_odd_is_refused_by_name(text: str, reason: str) -> None:
    """A damaged record would be read as something it does not say."""
    found = outcomes(read, text)
    assert facts(found) == []
    assert reasons(found)[0].startswith(reason)


@pytest.mark.parametrize(
    ("name", "parameters", "resource"),
    [
        ("UpdateAssumeRolePolicy", {"roleName": "Backup"}, "aws/role/backup"),
        ("CreatePolicyVersion", {"policyArn": "arn:aws:iam::1:policy/x/Read"}, "aws/policy/read"),
        ("SetDefaultPolicyVersion", {"policyArn": "arn:aws:iam::1:policy/Read"}, "aws/policy/read"),
    ],
)
def test_a_text_that_grants_rest_on_changes_in_sight(
    name: str, parameters: dict[str, str], resource: str
) -> None:
    """Everybody could be let in by a new text under an old name."""
    fact = one_fact(call("iam", name, {**parameters, "policyDocument": "secret"}))
    assert (fact["kind"], fact["resource"]) == ("access.modified.v1", resource)
    assert "secret" not in str(fact)


def test_digests_and_other_calls_are_counted() -> None:
    """They would look like damage."""
    digest = '{"awsAccountId":"1","digestStartTime":"2026-03-12T06:00:00Z","digestS3Object":"x"}'
    other = call("ec2", "DescribeInstances")
    assert skipped(outcomes(read, f"{digest}\n{other}")) == [
        "a digest of CloudTrail over its own files",
        "a call of another kind",
    ]


def test_other_json_is_not_taken_for_cloudtrail() -> None:
    """Files of other languages would be read in this one."""
    assert looks_like(b'{"Records":[]}', "x.json") == 0
    assert looks_like(b"eventSource eventName", "") == 0
    assert looks_like(golden("cloudtrail.json")[:4096], "x.json") > 90
