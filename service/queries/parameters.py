"""The parameters of questions, with the words that tell programs what each means.

Each is a model that knows all of its names: a parameter that is spelled wrong is refused, so that
nobody takes an answer to a wider question for one to theirs.
"""

from typing import Annotated, Any, Final

from fastapi import Depends, Request, params
from pydantic import BaseModel, ConfigDict, Field

from ledger.errors import BadRequest
from service.queries.instants import SPAN_TEXT, TIME_TEXT

MOST_RECORDS: Final = 1_000
"""On a page of records: each may be 64 KiB."""
MOST_ROWS: Final = 10_000
"""On a page of a view."""
ROWS_ON_PAGE: Final = 1_000
"""Unless another number is asked for."""
LONGEST: Final = 1_000
"""Of a text; identities and event ids are shorter."""

TimeParameter = Annotated[
    str | None, Field(max_length=40, json_schema_extra={"format": "date-time"})
]
TextParameter = Annotated[str | None, Field(max_length=LONGEST)]


class Asked(BaseModel):
    """What every question may say."""

    model_config = ConfigDict(extra="forbid")

    as_known: TimeParameter = Field(
        None,
        description=f"Only what was recorded by then counts: {TIME_TEXT}.",
        examples=["2026-11-20T14:00:00+01:00"],
    )


class AskedOfWorld(Asked):
    """What questions about a moment in the world may say."""

    as_of: TimeParameter = Field(
        None,
        description=(
            f"The moment in the world that is asked about: {TIME_TEXT}. "
            "Without it the present, or `as_known` if that is given."
        ),
        examples=["2026-01-01T00:00:00+01:00"],
    )


class Revealed(BaseModel):
    """How somebody asks for identities; `Zegel-Case` names the case."""

    identities: bool = Field(
        default=False,
        description=(
            "Show who it was; needs the permission resolve, a purpose and, for investigators, the "
            "header Zegel-Case. The reading is recorded before anything is shown."
        ),
    )
    purpose: TextParameter = Field(
        None,
        description="Why, as a word of the list of purposes.",
        examples=["incident-investigation"],
    )
    reason: TextParameter = Field(None, description="Why, in your own words.")


class Paged(BaseModel):
    """How much is given at once, and where to go on."""

    cursor: TextParameter = Field(
        None,
        description="`next` of the page before gives it; all other parameters stay as they were.",
    )


KindParameter = list[Annotated[str, Field(max_length=LONGEST)]]
_KINDS: Final[Any] = Field(
    [],
    max_length=100,
    description="A kind of event or a group of kinds; several times for more.",
    examples=[["breach", "access.granted"]],
)
_SYSTEM: Final = Field(None, description="Reported by this system.", examples=["infactor-web"])


class TailParameters(BaseModel):
    """Of `GET /v1/events/tail`."""

    model_config = ConfigDict(extra="forbid")

    kind: KindParameter = _KINDS
    system: TextParameter = _SYSTEM
    start: int | None = Field(
        None,
        ge=0,
        lt=10**18,
        description="From this index on; what is recorded from now on, if not given.",
    )


class RecordFilters(Asked):
    """The filters of `zegel log`; everything given must hold."""

    since: TimeParameter = Field(
        None,
        description=f"Occurred at or after: {TIME_TEXT}.",
        examples=["2026-11-01T00:00:00+01:00"],
    )
    until: TimeParameter = Field(None, description=f"Occurred before: {TIME_TEXT}.")
    around: TextParameter = Field(
        None,
        description="Occurred before and after this record (index or event id), `within` a span.",
        examples=["41"],
    )
    within: TextParameter = Field(
        None, description=f"How long before and after: {SPAN_TEXT}; 24 hours if not given."
    )
    kind: KindParameter = _KINDS
    without: KindParameter = Field(
        [],
        max_length=100,
        description="A kind or a group of kinds that is left out; several times for more.",
        examples=[["log.read"]],
    )
    system: TextParameter = _SYSTEM
    actor: TextParameter = Field(
        None,
        description="Done by: `person:ACCOUNT`, or a token.",
        examples=["person:j.jansen@example.nl"],
    )
    ip: TextParameter = Field(None, description="About or from this address, or its token.")
    subject: TextParameter = Field(
        None,
        description="About: `data-subject:TYPE:ID`, any other identity, or a token.",
        examples=["data-subject:customer:4711"],
    )
    looked_at: TextParameter = Field(
        None, description="Only readings that showed this identity or token."
    )
    grep: TextParameter = Field(
        None,
        description=(
            "Only records whose JSON, by tokens, matches this pattern of RE2. A page may then hold "
            "fewer records than asked for, or none, while `next` goes on."
        ),
    )
    reverse: bool = Field(default=False, description="Newest first.")


class EventParameters(RecordFilters, Revealed, Paged):
    """Of `GET /v1/events`."""

    limit: int | None = Field(
        None,
        ge=1,
        description=(
            f"So many records on a page, at most {MOST_RECORDS}; 100 if not given. Of a stream or "
            "a spreadsheet: so many in all."
        ),
    )


class RecordParameters(Revealed):
    """Of one record."""

    model_config = ConfigDict(extra="forbid")


class ViewParameters(AskedOfWorld, Paged):
    """Of `GET /v1/views/{view}`, beside the filters of that view."""

    model_config = ConfigDict(extra="allow")  # the names of its filters: `viewing` compares them

    only: TextParameter = Field(
        None, description="Another question that the view answers.", examples=["unused"]
    )
    limit: int = Field(
        ROWS_ON_PAGE,
        ge=1,
        le=MOST_ROWS,
        description="So many rows on a page; a stream or a spreadsheet has all.",
    )


class NoParameters(BaseModel):
    """Of a route that has none."""

    model_config = ConfigDict(extra="forbid")


def refuse_repeats(*several: str) -> params.Depends:
    """A dependency by which a parameter may come once only, but for those that mean more."""

    async def once(request: Request) -> None:  # no thread is taken for what is not async
        names = [name for name, _ in request.query_params.multi_items()]
        for name in dict.fromkeys(names):
            if name not in several and names.count(name) > 1:
                raise BadRequest(f"{name}: expected it once, found it {names.count(name)} times")

    depends: params.Depends = Depends(once)
    return depends
