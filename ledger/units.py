"""The shapes that sealed values have, as types: instants, hashes, counts, codes and the clock.

This file is the only place that says what a valid instant, period, country code or identifier
looks like. Every type here is public by nature: none may hold what names a person (those live in
`ledger.personal`).
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, NewType
from uuid import UUID

from msgspec import Meta

Index = NewType("Index", int)
"""The 0-based place of a record in its log; dense, never reused."""

Size = NewType("Size", int)
"""A count of records; the tree of size n holds the indexes 0 to n - 1."""

Hash32 = NewType("Hash32", bytes)
"""32 raw bytes of SHA-256."""

HASH_BYTES = 32

Clock = Callable[[], datetime]
"""Gives the present as an aware UTC instant; passed in, so that a test can hold time still."""

NewId = Callable[[], UUID]
"""Gives a fresh time-ordered identifier (UUIDv7)."""

Entropy = Callable[[int], bytes]
"""Gives that many unpredictable bytes."""

Instant = Annotated[datetime, Meta(tz=True)]
"""An instant with an offset; events are completed to UTC before they are sealed."""

Duration = timedelta
"""An elapsed time; ISO 8601 text such as `PT72H` on the wire."""

Period = Annotated[str, Meta(pattern=r"^P(?=\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?$", max_length=32)]
"""A calendar period in ISO 8601 such as `P3M`; months have no fixed length: it is no `Duration`."""

LocalDate = Annotated[str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
"""A calendar date, `YYYY-MM-DD`, on the local calendar of the duty-bearer."""

ZoneName = Annotated[
    str, Meta(pattern=r"^([A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*|[+-]\d{2}:\d{2})$")
]
"""An IANA zone such as `Europe/Amsterdam`, or a fixed offset such as `+02:00`."""

ByteCount = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
"""A number of things; bounded so that every JSON reader keeps it exact."""

CountryCode = Annotated[str, Meta(pattern=r"^[A-Z]{2}$")]
"""Two letters of ISO 3166-1 alpha-2."""

LanguageCode = Annotated[str, Meta(pattern=r"^[a-z]{2}$")]
"""Two letters of ISO 639-1."""

Uri = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+$", max_length=2048
    ),
]
"""An absolute URI by the characters of RFC 3986; it must not carry what names a person."""

Sha256Hex = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a document, 64 lower-case hexadecimal digits."""

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$", max_length=64)]
"""A word of a controlled list, such as a purpose or data category: `application-access`."""

SystemId = Annotated[str, Meta(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$", max_length=64)]
"""The id under which a system reports: `infactor-web`."""

OrganisationId = Annotated[str, Meta(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$", max_length=64)]
"""The id of an organisation: `interaction-next`, or `kvk-01234567`."""

PolicyId = Annotated[str, Meta(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$", max_length=64)]
"""The id of a policy over all its versions: `ragiox-privacy`."""

PromiseId = Annotated[str, Meta(pattern=r"^[A-Z]{2,8}-[0-9]{2,4}$")]
"""The id of one promise of a statement: `RAG-03`."""

ResourceName = Annotated[str, Meta(pattern=r"^[a-z0-9]+([._/-][a-z0-9]+)*$", max_length=128)]
"""A catalogue name of what is accessed: `customer-file`, `ssh/labsz`; never typed by people."""

ProgramName = Annotated[
    str, Meta(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*(/[A-Za-z0-9._+-]+)?$", max_length=64)
]
"""A program with an optional version: `zegel-openssh/1`."""

VersionLabel = Annotated[str, Meta(pattern=r"^[A-Za-z0-9]+([ ._-][A-Za-z0-9]+)*$", max_length=64)]
"""How a document calls its version: `2018`, `revision-2020-03-19`."""

MediaType = Annotated[str, Meta(pattern=r"^[a-z0-9.+-]+/[a-z0-9.+-]+$", max_length=128)]

KindName = Annotated[str, Meta(pattern=r"^[a-z_]+\.[a-z_]+(\.v[1-9][0-9]*)?$", max_length=64)]
"""A kind of event, such as `access.granted` for every version or `access.granted.v1` for one."""

FieldName = Annotated[str, Meta(pattern=r"^[a-z_0-9]+([./][a-z_0-9]+)*$", max_length=128)]
"""A field of an event by its path: `customer_id`, `recipient/role`."""

TraceIdHex = Annotated[str, Meta(pattern=r"^(?!0{32})[0-9a-f]{32}$")]
SpanIdHex = Annotated[str, Meta(pattern=r"^(?!0{16})[0-9a-f]{16}$")]

LegalBasis = Literal[
    "consent",
    "contract",
    "legal-obligation",
    "vital-interests",
    "public-task",
    "legitimate-interests",
]
"""Source: GDPR art. 6(1)(a)-(f), in that order."""

Outcome = Literal["success", "failure", "denied"]
ActorKind = Literal["person", "service", "organisation"]


def utc_now() -> datetime:
    """The present as an aware UTC instant; the one place that reads the machine's clock."""
    return datetime.now(UTC)  # noqa: TID251 - this is the Clock that others take
