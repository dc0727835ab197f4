"""Who calls AWS, and whom a call is about: principals by their ARN.

A user of IAM is written without its path, as calls name users without it: the same user gives the
same ARN whether it acts or is acted upon. The session of a role keeps the name that whoever assumed
it chose; a role itself says nothing of the person behind it.

Source: AWS CloudTrail user guide, "CloudTrail userIdentity element"; AWS IAM user guide, "IAM
    identifiers" (ARNs, names that differ in case only are one).
"""

from dataclasses import dataclass
from typing import Final

from formats.json_members import Object, needed_text, object_in, text_in
from ledger.units import ActorKind

_HIDDEN: Final = "HIDDEN_DUE_TO_SECURITY_REASONS"
_ANONYMOUS: Final = frozenset({"anonymous", "anonymous_principal"})
_PARTITIONS: Final = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
_PERSONAL: Final = frozenset({"Root", "SAMLUser", "WebIdentityUser", "IdentityCenterUser"})
_MOST_CHARACTERS: Final = 320


@dataclass(frozen=True, slots=True)
class Caller:
    """Who made a call."""

    person: str | None
    """`person:ARN`, or `None` where AWS names nobody."""
    kind: ActorKind | None
    """`None` where an account may be that of a person or of a program."""
    account: str | None
    """The AWS account that the caller belongs to."""
    is_anonymous: bool


def caller_of(record: Object) -> Caller:
    """Who made the call that a record tells of.

    Raises:
        FormatError: a member has another type.
    """
    identity = object_in(record, "userIdentity")
    kind, account = text_in(identity, "type"), text_in(identity, "accountId")
    is_anonymous = (account or "").casefold() in _ANONYMOUS
    if is_anonymous:
        return Caller(None, None, None, is_anonymous=True)
    service = text_in(identity, "invokedBy")
    if kind == "AWSService" and service is not None:
        return Caller(_person(service), "service", account, is_anonymous=False)
    name = _name(record, identity, kind, account)
    actor_kind: ActorKind | None = "person" if kind in _PERSONAL else None
    return Caller(_person(name), actor_kind if name else None, account, is_anonymous=False)


def _name(record: Object, identity: Object, kind: str | None, account: str | None) -> str | None:
    user = text_in(identity, "userName")
    if kind == "IAMUser" and user is not None:
        return None if user == _HIDDEN else principal_arn(record, account, "user", user)
    arn = text_in(identity, "arn")
    if arn is not None:
        return arn
    known = user or text_in(identity, "onBehalfOf", "userId") or text_in(identity, "principalId")
    if known is None or known == _HIDDEN:
        return None
    provider = text_in(identity, "identityProvider") or account or "aws"
    return f"{provider} {known}"


def principal_of(record: Object, kind: str, name: str) -> str | None:
    """The identity of a user, group or role that a call names, in the account it was made in."""
    return _person(principal_arn(record, account_of(record), kind, name))


def principal_arn(record: Object, account: str | None, kind: str, name: str) -> str:
    """The ARN of a user, group or role without its path, such as `arn:aws:iam::1:user/anna`."""
    region = text_in(record, "awsRegion") or ""
    partition = next((p for prefix, p in _PARTITIONS.items() if region.startswith(prefix)), "aws")
    return f"arn:{partition}:iam::{account or ''}:{kind}/{name.rpartition('/')[2]}"


def account_of(record: Object) -> str:
    """The account that a call was made in.

    Raises:
        FormatError: the record names none.
    """
    found = text_in(record, "recipientAccountId") or text_in(record, "userIdentity", "accountId")
    return found or needed_text(record, "recipientAccountId")


def _person(name: str | None) -> str | None:
    if name is None or not name.strip() or len(name) > _MOST_CHARACTERS:
        return None
    return f"person:{name.strip()}"
