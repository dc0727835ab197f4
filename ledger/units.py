"""The shapes that sealed values have, as types: instants, hashes, counts, codes and the clock.

This file is the only place that says what a valid instant, period, country code or identifier
looks like. Every type here is public by nature: none may hold what names a person (those live in
`ledger.personal`).
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal, NewType
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


def _text(title: str, description: str, pattern: str, max_length: int | None = None) -> Meta:
    """The mark of a text that has one shape.

    Args:
        title: A short name, which the reference shows.
        description: What it looks like, which errors show after "expected".
        pattern: The whole of the text matches it.
        max_length: In characters.
    """
    # \Z, because $ also matches before a line feed at the end.
    return Meta(
        pattern=rf"^(?:{pattern})\Z", max_length=max_length, title=title, description=description
    )


def _word(title: str, example: str, more: str = "._-", max_length: int = 64) -> Meta:
    """The mark of a word of a catalogue: small letters and digits, single separators within."""
    return _text(
        title,
        f"lower-case letters and digits, parted by {' '.join(more)}, such as {example}",
        rf"[a-z0-9]+([{more}][a-z0-9]+)*",
        max_length,
    )


Instant = Annotated[datetime, Meta(tz=True)]
"""An instant with an offset; events are completed to UTC before they are sealed."""

Duration = timedelta
"""An elapsed time; ISO 8601 text such as `PT72H` on the wire."""

LONGEST_DURATION: Final = timedelta(days=365_250)
"""A thousand years: what is longer is a slip, and some stores and calendars cannot hold it."""

Period = Annotated[
    str,
    _text(
        "period",
        "a calendar period in ISO 8601, such as P3M or P14D",
        r"P(?=[0-9])([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?",
        32,
    ),
]
"""A calendar period in ISO 8601 such as `P3M`; months have no fixed length: it is no `Duration`."""

TermText = Annotated[
    str,
    _text(
        "term",
        "a term in ISO 8601, such as P10Y or P1DT12H",
        r"P([0-9]{1,9}W|(?=[0-9T])([0-9]{1,9}Y)?([0-9]{1,9}M)?([0-9]{1,9}D)?"
        r"(T(?=[0-9])([0-9]{1,9}H)?([0-9]{1,9}M)?([0-9]{1,9}S)?)?)",
        80,
    ),
]
"""A term as others write it, with hours too: `P10Y`, `P1DT12H`. Source: RFC 3339 appendix A."""

LocalDate = Annotated[
    str,
    _text(
        "date",
        "a date such as 2020-03-19",
        r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
    ),
]
"""A calendar date, `YYYY-MM-DD`, on the local calendar of the duty-bearer."""

ZoneName = Annotated[
    str,
    _text(
        "zone",
        "a zone such as Europe/Amsterdam, or an offset such as +02:00",
        r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*|[+-]([01][0-9]|2[0-3]):[0-5][0-9]",
        64,
    ),
]
"""An IANA zone such as `Europe/Amsterdam`, or a fixed offset such as `+02:00`."""

_LARGEST_EXACT = 2**53 - 1
"""Up to here every JSON reader keeps a whole number exact."""

ByteCount = Annotated[
    int,
    Meta(ge=0, le=_LARGEST_EXACT, title="bytes", description="a number of bytes, 0 or more"),
]
"""A number of bytes: octets, never bits or kilobytes."""

Count = Annotated[
    int, Meta(ge=0, le=_LARGEST_EXACT, title="count", description="a whole number, 0 or more")
]
"""A number of things."""

CountryCode = Annotated[
    str,
    _text("country", "two capital letters of ISO 3166-1, such as NL", r"[A-Z]{2}"),
]
"""Two letters of ISO 3166-1 alpha-2."""

LanguageCode = Annotated[
    str, _text("language", "two small letters of ISO 639-1, such as nl", r"[a-z]{2}")
]
"""Two letters of ISO 639-1."""

URI_PATTERN = r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+"
"""The characters of an absolute URI. Source: RFC 3986 §2 and §3.1."""

Uri = Annotated[
    str,
    _text("URI", "an absolute URI such as urn:ldv:activity:1407", URI_PATTERN, 2048),
]
"""An absolute URI; it must not carry what names a person."""

Sha256Hex = Annotated[
    str,
    _text("SHA-256", "a SHA-256 as 64 lower-case hexadecimal digits", r"[0-9a-f]{64}"),
]
"""SHA-256 of a document, 64 lower-case hexadecimal digits."""

Slug = Annotated[str, _word("word", "application-access")]
"""A word of a controlled list, such as a purpose or data category: `application-access`."""

SystemId = Annotated[str, _word("system id", "infactor-web")]
"""The id under which a system reports: `infactor-web`."""

OrganisationId = Annotated[str, _word("organisation id", "interaction-next")]
"""The id of an organisation: `interaction-next`, or `kvk-01234567`."""

PolicyId = Annotated[str, _word("policy id", "ragiox-privacy")]
"""The id of a policy over all its versions: `ragiox-privacy`."""

PromiseId = Annotated[
    str,
    _text("promise id", "a promise such as RAG-03", r"[A-Z]{2,8}-[0-9]{2,4}"),
]
"""The id of one promise of a statement: `RAG-03`."""

ResourceName = Annotated[str, _word("resource", "customer-file", "._/-", 128)]
"""A catalogue name of what is accessed: `customer-file`, `ssh/labsz`; never typed by people."""

ProgramName = Annotated[
    str,
    _text(
        "program",
        "a program with or without its version, such as zegel-openssh/1",
        r"[a-z0-9]+([._-][a-z0-9]+)*(/[A-Za-z0-9._+-]+)?",
        64,
    ),
]
"""A program with an optional version: `zegel-openssh/1`."""

VersionLabel = Annotated[
    str,
    _text(
        "version",
        "a version of letters and digits, such as 2018 or revision-2020-03-19",
        r"[A-Za-z0-9]+([ ._-][A-Za-z0-9]+)*",
        64,
    ),
]
"""How a document calls its version: `2018`, `revision-2020-03-19`."""

MediaType = Annotated[
    str,
    _text("media type", "a media type such as text/plain", r"[a-z0-9.+-]+/[a-z0-9.+-]+", 128),
]
"""What kind of document: `application/pdf`."""

KindName = Annotated[
    str,
    _text(
        "kind",
        "a kind such as access.granted or access.granted.v1",
        r"[a-z_]+\.[a-z_]+(\.v[1-9][0-9]*)?",
        64,
    ),
]
"""A kind of event, such as `access.granted` for every version or `access.granted.v1` for one."""

VerifierKeyText = Annotated[
    str,
    _text(
        "verifier key",
        "name, key id and base64 parted by plus signs, such as log.example/a+1a2b3c4d+AQ==",
        r"[\x21-\x2a\x2c-\x7e]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2}",
        512,
    ),
]
"""A public key with the name of its log. Source: C2SP signed-note v1.0.0, "Verifier keys"."""

LogOrigin = Annotated[
    str,
    _text(
        "log",
        "the name of a log, a URL without scheme, such as log.example.nl/audit",
        r"[\x21-\x2a\x2c-\x7e]+",
        255,
    ),
]
"""The name of a log. Source: C2SP tlog-checkpoint v1.0.0 (origin)."""

KeyIdHex = Annotated[
    str, _text("key id", "8 lower-case hexadecimal digits, such as 1a2b3c4d", r"[0-9a-f]{8}")
]
"""The id of a verifier key. Source: C2SP signed-note v1.0.0, "Signatures"."""

TraceIdHex = Annotated[
    str,
    _text("trace id", "32 lower-case hexadecimal digits, not all zero", r"(?!0{32})[0-9a-f]{32}"),
]
"""Source: W3C Trace Context §3.2.2.3."""

SpanIdHex = Annotated[
    str,
    _text("span id", "16 lower-case hexadecimal digits, not all zero", r"(?!0{16})[0-9a-f]{16}"),
]
"""Source: W3C Trace Context §3.2.2.4."""

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
