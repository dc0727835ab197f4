"""What answers look like, for the description of the service.

Nothing is written through these models: the JSON of an answer comes from `formats.json_form`, as
that of the command line does.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

HEXADECIMAL_32 = "^[0-9a-f]{64}$"


class AsOf(BaseModel):
    """Up to where an answer is true."""

    size: int = Field(description="How many records the log had.", examples=[64])
    root: str = Field(
        description="Root of the tree of all of them, SHA-256 in hexadecimal.",
        pattern=HEXADECIMAL_32,
    )
    known_size: int | None = Field(
        None, description="Only records below this index count; absent: all of them."
    )
    as_known: datetime | None = Field(None, description="The instant that was asked for.")
    moment: datetime | None = Field(None, description="The instant in the world asked about.")


class Answer(BaseModel):
    """What every answer has."""

    as_of: AsOf


class Record(BaseModel):
    """One record, as `zegel log --ndjson` writes it."""

    model_config = ConfigDict(extra="allow")

    index: int = Field(description="Place in the log, from 0.", examples=[41])
    recorded_at: datetime
    kind: str = Field(description="With its version.", examples=["access.granted.v1"])
    stream: UUID
    version: int
    leaf_hash: str = Field(description="SHA-256 in hexadecimal.")
    event: dict[str, Any] | str = Field(
        description="The fields of its kind, people by tokens; hexadecimal of an unknown kind."
    )
    personal: dict[str, str] = Field(
        description="What is shown of each personal value: open, token, withheld or erased."
    )
    erased: dict[str, dict[str, int]] = Field(
        description="What was erased, with the record that tells of it."
    )


class RecordPage(Answer):
    """Records, and where to go on."""

    records: list[Record]
    next: str | None = Field(
        description="The next page, relative to this one; `null`: this is the last."
    )


class SeenDigest(BaseModel):
    """One digest that the sealed bytes hold of a personal field."""

    digest: str
    field: str | None
    subject: str | None
    id_type: str | None
    state: str
    erased_by: int | None


class SeenRecord(Answer, Record):
    """One record with everything that the log knows of it, as `zegel show --json` writes it."""

    event_id: UUID | None
    header: dict[str, Any] | None = Field(description="The header of the sealed bytes.")
    leaf_hash_before: str
    committed_by: dict[str, str] = Field(description="Who says which leaf hash it has.")
    sealed_bytes: int
    digests: list[SeenDigest]
    state: str
    faults: list[str] = Field(description="What does not agree; empty: everything does.")
