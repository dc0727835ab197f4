"""What VNG clients ask: a person, days, an activity, a page.

Source: VNG Verwerkingenlogging 0.9.0, parameters of `/verwerkingsacties` and
`/verwerkte-objecten`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Path, Query, Request

from formats.ldv_subject import SubjectId
from ledger.retention.terms import first_instant
from service.context import Context
from service.ldv.dialects import refused_parameter

UUID_TEXT: Final = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
MOST_PAGE: Final = 1_000_000
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
Item = TypeVar("Item")

IdInPath = Annotated[str, Path(pattern=UUID_TEXT)]
Objecttype = Annotated[Literal["persoon"], Query()]
SoortObjectId = Annotated[str, Query(alias="soortObjectId", min_length=1, max_length=242)]
ObjectId = Annotated[str, Query(alias="objectId", min_length=1, max_length=40)]
BeginDatum = Annotated[str, Query(alias="beginDatum")]
EindDatum = Annotated[str, Query(alias="eindDatum")]
ActivityId = Annotated[str | None, Query(alias="verwerkingsactiviteitId", pattern=UUID_TEXT)]
PageNumber = Annotated[int, Query(ge=1, le=MOST_PAGE)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPerson:
    """A person and the days in which their data were processed."""

    subject: SubjectId
    started_from: datetime | None
    started_before: datetime | None
    activity_id: UUID | None
    page: int

    def text(self, token: str | None) -> str:
        """The question without the identity in it."""
        parts = {
            "subject": token or "somebody unknown",
            "since": self.started_from,
            "until": self.started_before,
            "activity": self.activity_id,
        }
        return " ".join(f"{name}={value}" for name, value in parts.items() if value is not None)


def asked_person(  # noqa: PLR0917 - the parameters of the document
    context: Context,
    soort: str,
    object_id: str,
    begin: str | None,
    end: str | None,
    activity_id: str | None,
    page: int,
) -> AskedPerson:
    """What the parameters ask.

    Raises:
        QuestionRefused: a day is none of the calendar, or an id is not printable.
    """
    for name, text in (("soortObjectId", soort), ("objectId", object_id)):
        if not text.strip() or not text.isprintable():
            raise refused_parameter(name, "printable characters", "none, or others")
    zone = ZoneInfo(context.home.settings().zone)
    return AskedPerson(
        subject=SubjectId(soort, object_id),
        started_from=None if begin is None else _midnight("beginDatum", begin, zone),
        started_before=None if end is None else _midnight("eindDatum", end, zone),
        activity_id=None if activity_id is None else UUID(activity_id),
        page=page,
    )


def base_url(context: Context, request: Request) -> str:
    """Where the service stands for its clients, without a slash at the end."""
    return (context.settings.public_url or str(request.base_url)).rstrip("/")


def paged(
    context: Context, request: Request, found: Sequence[Item], page: int
) -> tuple[list[Item], dict[str, Any]]:
    """The results of one page, and what an answer says of the others."""
    length = context.settings.vng_page
    start = (page - 1) * length
    there = base_url(context, request) + request.url.path

    def link(number: int) -> str:
        return f"{there}?{request.url.include_query_params(page=number).query}"

    around = {
        "count": len(found),
        "next": link(page + 1) if start + length < len(found) else None,
        "previous": link(page - 1) if page > 1 else None,
    }
    return list(found[start : start + length]), around


def _midnight(name: str, text: str, zone: ZoneInfo) -> datetime:
    refused = refused_parameter(name, "a date such as 2020-10-24", "another text")
    if _DATE.fullmatch(text) is None:  # ISO 8601 has other forms, such as 2020-W43-6
        raise refused
    try:
        return first_instant(date.fromisoformat(text), zone)
    except ValueError:
        raise refused from None
    except OverflowError:  # the first day of all begins before it in UTC
        return datetime.min.replace(tzinfo=UTC)
