"""The types that may name a person, and the plan by which the vault finds them in an event.

This file is the only place that decides what is personal, and it does so by the *type* of a field:

- a **subject** field (`Person`, `IpAddress`, `DataSubject`) names somebody; after sealing only a
  token of the vault stands for it, and each subject has a key of its own;
- a **case** field (`GrantId`, `ContractId`, …) holds a source's own id; the sealed bytes hold the
  random stream id that the vault maps it to;
- a **text** field (`Text`, `SourceUri`, `Attributes`) was typed by people or declared safe by
  nobody.

Invariants: a personal value never reaches sealed bytes; a field of these types stands at the top
level of an event, alone or as an element of a tuple, and nowhere deeper (`plan_of` refuses the
class otherwise).
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from ledger.identifiers import BSN, normalised_bsn, refuse_number_as_name
from ledger.units import URI_PATTERN

WITHHELD: Final = "withheld"
"""What a reader sees in a personal text field that it cannot, or may not, open."""

Personal = Literal["subject", "case", "text"]

_TOKEN = r"#[0-9a-f]{32}"  # noqa: S105 - a pattern, not a secret


def _subject(namespace: str, title: str, value: str, description: str) -> Meta:
    # \Z, because $ also matches before a line feed at the end.
    return Meta(
        pattern=rf"^({namespace}:{value}|{namespace}{_TOKEN}|{WITHHELD})\Z",
        max_length=400,
        title=title,
        description=description,
        extra={"personal": "subject", "namespace": namespace},
    )


def _case(name: str) -> Meta:
    return Meta(
        min_length=1,
        max_length=400,
        title=f"{name} id",
        description=f"the id of a {name.replace('-', ' ')}, 1 to 400 characters",
        extra={"personal": "case", "namespace": name},
    )


Person = Annotated[
    str,
    _subject(
        "person",
        "person",
        r"\S(.{0,318}\S)?",
        "a person by account, e-mail address or staff id, such as person:j.jansen@example.nl",
    ),
]
"""An account, e-mail address or staff id: `person:j.jansen@example.nl`."""

IpAddress = Annotated[
    str,
    _subject(
        "ip", "IP address", r"[0-9A-Fa-f:.]{2,45}", "an IPv4 or IPv6 address such as ip:203.0.113.7"
    ),
]
"""An IPv4 or IPv6 address: `ip:203.0.113.7`."""

DataSubject = Annotated[
    str,
    _subject(
        "data-subject",
        "data subject",
        r"[A-Za-z0-9._-]{1,64}:.{1,300}",
        "a data subject with the type of its id, such as data-subject:customer:4711",
    ),
]
"""A data subject with the type of its id: `data-subject:customer:4711`, `data-subject:BSN:…`."""

Text = Annotated[
    str,
    Meta(
        max_length=8192,
        title="text",
        description="a text of at most 8192 characters",
        extra={"personal": "text", "namespace": "text"},
    ),
]
"""Words that people typed: reasons, notes, justifications, contact lines."""

SourceUri = Annotated[
    str,
    Meta(
        pattern=rf"^({URI_PATTERN}|{WITHHELD})\Z",
        max_length=2048,
        title="URI",
        description="an absolute URI such as https://example.nl/app",
        extra={"personal": "text", "namespace": "uri"},
    ),
]
"""An absolute URI that a source sent; unlike `Uri` it may name people, in a query for instance."""

Attributes = Annotated[
    dict[str, str | int | float | bool | list[str] | None],
    Meta(
        title="named values",
        description="an object whose values are texts, numbers, true, false or lists of texts",
        extra={"personal": "text", "namespace": "attributes"},
    ),
]
"""Named values that a source sent and that nobody declared free of personal data."""

GrantId = Annotated[str, _case("grant")]
ContractId = Annotated[str, _case("contract")]
AgreementId = Annotated[str, _case("agreement")]
SpecificationId = Annotated[str, _case("specification")]
TicketId = Annotated[str, _case("ticket")]
SessionId = Annotated[str, _case("session")]
ReviewId = Annotated[str, _case("review")]
ExchangeId = Annotated[str, _case("exchange")]
ConsentId = Annotated[str, _case("consent")]
ConsentCaseId = Annotated[str, _case("consent-case")]
FileId = Annotated[str, _case("file")]
ObjectId = Annotated[str, _case("object")]
HoldId = Annotated[str, _case("hold")]
BlockId = Annotated[str, _case("block")]
RequestId = Annotated[str, _case("request")]
IncidentId = Annotated[str, _case("incident")]
BreachId = Annotated[str, _case("breach")]
CertificateId = Annotated[str, _case("certificate")]
ErasureId = Annotated[str, _case("erasure")]
Reference = Annotated[str, _case("reference")]
"""A number that somebody else gave: of an authority, a customer, a document system."""


@dataclass(frozen=True, slots=True)
class PersonalField:
    """What the vault must know of one personal field of one kind."""

    name: str
    personal: Personal
    namespace: str
    many: bool
    required: bool
    structured: bool
    """The value is a JSON object, not a text."""


class PersonalPlan:
    """The personal fields of one kind in the order of the class, and which field names its case.

    The fields are looked for when they are first asked for: to do so for all kinds takes longer
    than most programs need to start, and few meet more than some kinds.
    """

    def __init__(self, event_class: type[msgspec.Struct]) -> None:
        """Takes the class of the kind."""
        self.kind = str(event_class.__struct_config__.tag)
        self.stream_field: str | None = getattr(event_class, "STREAM_FIELD", None)
        """The field whose value names the case; `None` for a bulk fact, which is its own stream."""
        self._event_class = event_class

    @cached_property
    def fields(self) -> tuple[PersonalField, ...]:
        """The personal fields, found by type.

        Raises:
            TypeError: a personal type stands deeper than the top level, where the vault would not
                look.
        """
        return tuple(_personal_fields(self._event_class))

    def field(self, name: str) -> PersonalField | None:
        """The personal field of that name, or `None` when the name is public or unknown."""
        return next((field for field in self.fields if field.name == name), None)


def plan_of(event_class: type[msgspec.Struct]) -> PersonalPlan:
    """The plan of an event class, whose fields are found already.

    Raises:
        TypeError: a personal type stands deeper than the top level, where the vault would not look.
    """
    plan = PersonalPlan(event_class)
    _ = plan.fields
    return plan


def _personal_fields(event_class: type[msgspec.Struct]) -> Iterator[PersonalField]:
    info = msgspec.inspect.type_info(event_class)
    if not isinstance(info, msgspec.inspect.StructType):
        message = f"{event_class.__name__}: expected a Struct"
        raise TypeError(message)
    for field in info.fields:
        personal = _personal_field(field)
        if personal is not None:
            yield personal
        elif _is_personal_inside(field.type):
            message = f"{event_class.__name__}.{field.name}: a personal type below the top level"
            raise TypeError(message)


def _personal_field(field: msgspec.inspect.Field) -> PersonalField | None:
    inner, many = field.type, False
    if isinstance(inner, msgspec.inspect.UnionType):
        parts = [part for part in inner.types if not isinstance(part, msgspec.inspect.NoneType)]
        inner = parts[0] if len(parts) == 1 else inner
    if isinstance(inner, msgspec.inspect.VarTupleType):
        inner, many = inner.item_type, True
    if not isinstance(inner, msgspec.inspect.Metadata) or "personal" not in (inner.extra or {}):
        return None
    extra = inner.extra or {}
    structured = isinstance(inner.type, msgspec.inspect.DictType)
    return PersonalField(
        field.encode_name, extra["personal"], extra["namespace"], many, field.required, structured
    )


def _is_personal_inside(node: object) -> bool:
    if isinstance(node, msgspec.inspect.Metadata):
        return "personal" in (node.extra or {}) or _is_personal_inside(node.type)
    if isinstance(node, msgspec.inspect.StructType):
        return any(_is_personal_inside(field.type) for field in node.fields)
    if isinstance(node, msgspec.inspect.UnionType):
        return any(_is_personal_inside(part) for part in node.types)
    if isinstance(node, (msgspec.inspect.VarTupleType, msgspec.inspect.ListType)):
        return _is_personal_inside(node.item_type)
    if isinstance(node, msgspec.inspect.DictType):
        return _is_personal_inside(node.key_type) or _is_personal_inside(node.value_type)
    return False


def token_text(namespace: str, subject_id: UUID) -> str:
    """The pseudonym shown in place of a subject's identity, such as `person#0192…`."""
    return f"{namespace}#{subject_id.hex}"


_TOKEN_TEXT: Final = re.compile(r"(?P<namespace>[a-z-]+)#(?P<hex>[0-9a-f]{32})")


def parse_token(text: str) -> tuple[str, UUID] | None:
    """The namespace and subject id of a token, or `None` when the text is no token."""
    match = _TOKEN_TEXT.fullmatch(text)
    return (match["namespace"], UUID(hex=match["hex"])) if match else None


_PLAIN_IPV4: Final = re.compile(
    r"ip:(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.(?!\Z)|\Z)){4}"
)
"""An IPv4 address in its one form already: nearly all are, and `ipaddress` is ten times slower."""


def normalised_identity(value: str) -> str:
    """The one spelling of an identity, so that two spellings of one person meet.

    Addresses take their RFC 5952 form (an IPv4-mapped IPv6 address becomes IPv4), persons lose
    upper case, the type of a data subject's id is upper-cased, a citizen number is its nine digits.

    Args:
        value: `person:…`, `ip:…` or `data-subject:<type>:…`.

    Raises:
        ValueError: the value is a token, withheld or no identity at all; `CitizenNumberRefused` if
            it is a citizen number in the wrong place, or is said to be one and is none.
    """
    namespace, colon, rest = value.partition(":")
    if not colon or namespace not in {"person", "ip", "data-subject"}:
        message = "an identity such as person:NAME, ip:ADDRESS or data-subject:TYPE:ID"
        raise ValueError(message)
    if namespace == "ip":
        if _PLAIN_IPV4.fullmatch(value):
            return value
        address = ipaddress.ip_address(rest)
        mapped = getattr(address, "ipv4_mapped", None)
        return f"ip:{mapped or address}"
    if namespace == "data-subject":
        id_type, _, subject = rest.partition(":")
        id_type = id_type.upper()
        if id_type == BSN:
            return f"data-subject:{BSN}:{normalised_bsn(subject)}"
        return f"data-subject:{id_type}:{subject.strip()}"
    if rest[:1].isdigit():
        refuse_number_as_name(rest)
    if rest.isascii():
        return f"person:{rest.strip().casefold()}"
    # One name typed on two machines may differ in its combining marks.
    folded = unicodedata.normalize("NFD", rest).casefold()
    return f"person:{unicodedata.normalize('NFC', folded).strip()}"
