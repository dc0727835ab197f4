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


class Clock(BaseModel):
    """One deadline with its whole computation, as `zegel clocks --json` writes it."""

    model_config = ConfigDict(extra="allow")

    case: UUID
    case_kind: str
    duty: str
    rule_id: str
    state: str = Field(examples=["running", "overdue", "met"])
    leads: bool = Field(description="Whether it is the one that counts.")
    undecided: bool
    anchor: dict[str, Any] = Field(description="From when it runs, and the record that says so.")
    due_at: datetime | None
    due_on: str | None = Field(description="The date until whose last moment it runs.")
    done_at: datetime | None
    done_index: int | None
    margin_seconds: int | None = Field(description="What is left, or below 0 was missed.")
    why: str | None
    computed: dict[str, Any] | None = Field(
        description="Rule, calendar, steps and other readings of the deadline."
    )


class Clocks(Answer):
    """What is due, the earliest first."""

    overdue: int = Field(description="How many are, shown or not.")
    clocks: list[Clock]


class Breaches(Answer):
    """The register of breaches."""

    breaches: list[dict[str, Any]] = Field(
        description="One row for each, with the columns of docs/reference/breach-register.md."
    )


class Breach(Answer):
    """One breach, as `zegel breach show --json` writes it."""

    model_config = ConfigDict(extra="allow")

    breach: UUID = Field(description="The stream of the case.")
    status: str
    aware_at: datetime | None
    risk: str | None
    candidates: list[dict[str, Any]] = Field(
        description="Moments from which awareness could be said to run."
    )
    facts: dict[str, Any] = Field(description="As said last, each with its record.")
    open_items: list[str]
    steps: list[dict[str, Any]]
    clocks: list[Clock]


class Entry(BaseModel):
    """One line of a timeline, as `zegel breach timeline --json` writes it."""

    index: int
    occurred_at: datetime
    recorded_at: datetime
    part: str = Field(description="A step of the breach, a signal before it, or around it.")
    kind: str
    system: str | None
    corrected_by: int | None
    event: dict[str, Any]


class Timeline(Answer):
    """The steps of a breach with the facts around them."""

    breach: UUID
    order: str
    entries: list[Entry]
    left_out: dict[str, int] = Field(description="Facts that were left out, by kind.")


class Promise(BaseModel):
    """The verdict on one promise, as `zegel promises --json` writes it."""

    model_config = ConfigDict(extra="allow")

    promise_id: str = Field(examples=["RAG-03"])
    policy_id: str | None
    organisation: str | None
    systems: list[str]
    verdict: str = Field(description="kept, broken, pending or undeterminable.")
    reasons: list[str] = Field(description="Why there is no verdict.")
    settle: list[str] = Field(description="What would settle it.")
    counts: dict[str, int] = Field(description="How many events were judged to what.")
    rests_on: list[int] = Field(description="Records.")
    words: dict[str, str] = Field(description="What was promised, by language.")
    rules: list[dict[str, Any]]


class Promises(Answer):
    """Every promise that stands, with its verdict."""

    contradictions: dict[str, int]
    counts: dict[str, int] = Field(description="How many promises have which verdict.")
    promises: list[Promise]


class PromiseStory(Answer, Promise):
    """One promise with its judged events, as `zegel promises --explain --json` writes it."""

    findings: list[dict[str, Any]]
    judged: int = Field(description="How many events were judged, told or not.")
    items: list[dict[str, Any]] = Field(description="Judged events, oldest first.")
    events: list[dict[str, Any]] = Field(description="The records that they rest on.")


class PromiseFindings(Answer):
    """What is wrong or unclear inside statements."""

    contradictions: dict[str, int]
    statements: list[dict[str, Any]]


class ViewQuestion(BaseModel):
    """One question that a view answers."""

    view: str = Field(examples=["access"])
    question: str = Field(description="For `only`; the first of a view needs none.")
    summary: str
    filters: list[str] = Field(description="Names of parameters that narrow the answer.")


class ViewList(Answer):
    """Every view."""

    views: list[ViewQuestion]


class ViewRows(Answer):
    """Rows of a view, as `zegel state VIEW --json` writes them."""

    view: str
    question: str
    rows: list[dict[str, Any]] = Field(description="Each names the records that it rests on.")
    next: str | None = Field(
        description="The next page, relative to this one; `null`: this is the last."
    )
