"""What a copy of somebody's personal data says, before it is a page or a document.

Invariant: a field of somebody else has no value here, so no page can show one by mistake.
"""

from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from projections.subject_answers import Answers

SUBJECT_COPY_FORMAT: Final = "zegel/subject-copy/v1"

FieldState = Literal["public", "open", "another-person", "words-left-out", "erased"]
"""`public`: sealed in clear, about nobody; `open`: kept under the key of the person who asks."""


class CopiedField(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One field of a record; a value only if it is public or theirs."""

    name: str
    """With the place in a list after a slash: `subjects/0`."""
    state: FieldState
    value: Any = None
    erased_by: int | None = None
    """The index of the record that says so."""


class CopiedRecord(Struct, frozen=True, kw_only=True):
    """One record about the person."""

    index: int
    kind: str
    occurred_at: datetime | None
    """`None`: the sealed bytes do not say."""
    recorded_at: datetime
    is_proven: bool
    """Whether the evidence beside the copy holds it; else no checkpoint covers it yet."""
    fields: tuple[CopiedField, ...]


class CopiedErasure(Struct, frozen=True, kw_only=True):
    """An erasure of the person who asks: nothing of theirs opens any more."""

    token: str
    event: int
    """The index of the record that says so."""
    occurred_at: datetime | None
    records: int
    """How many records lost what was kept about the person."""
    is_confirmed: bool
    horizon: datetime | None = None
    """When the last backup that could hold a key has expired."""


class CopiedLook(Struct, frozen=True, kw_only=True):
    """Somebody was shown who stands behind the tokens; who it was is theirs and not told."""

    event: int
    occurred_at: datetime
    purpose: str | None


class SubjectCopy(Struct, frozen=True, kw_only=True):
    """Everything that one log has about one person."""

    format: str
    origin: str
    size: int
    """Of the log when it was asked."""
    proven_size: int
    """Of the tree that the checkpoint signs; records below it are proven."""
    root: str
    """Of that tree, 64 hexadecimal digits."""
    made_at: datetime
    subject: tuple[str, ...]
    """As asked for: identities or tokens."""
    request: str | None
    """The request that this answers, as its source calls it."""
    contact: str | None
    """Where the person can turn to."""
    with_text: bool
    """Whether words that people typed are in it."""
    answers: Answers
    records: tuple[CopiedRecord, ...]
    looks: tuple[CopiedLook, ...] = ()
    """Source: CJEU 22 June 2023, C-579/21: dates and purposes of consultations are owed."""
    erasures: tuple[CopiedErasure, ...] = ()


def encode_copy(copy: SubjectCopy) -> bytes:
    """The copy for machines: one JSON object, indented for people who look into it."""
    return msgspec.json.format(msgspec.json.encode(copy), indent=1) + b"\n"


def decode_copy(raw: bytes) -> SubjectCopy:
    """The copy that these bytes are.

    Raises:
        msgspec.DecodeError: they are none.
    """
    return msgspec.json.decode(raw, type=SubjectCopy)
