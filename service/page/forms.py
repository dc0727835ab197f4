"""What a form of the page sent: taken only from a page of ours, in the session that showed it."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request

from ledger.errors import BadRequest, NotAuthorised, UnsupportedForm
from service.page.visit import Visit

MOST_FIELDS: Final = 1_000
_OWN: Final = "csrf"
"""The field that shows which session a form belongs to."""
_MEDIA_TYPE: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form in their order; each line end is one character."""

    fields: tuple[tuple[str, str], ...]

    def one(self, name: str) -> str | None:
        """The value of a field, without spaces around it; `None` where it is empty or not there.

        Raises:
            BadRequest: it is there several times.
        """
        found = self.many(name)
        if len(found) > 1:
            raise BadRequest(f"{name}: expected it once, found it {len(found)} times")
        return found[0] if found else None

    def many(self, name: str) -> tuple[str, ...]:
        """The values of a field that are not empty, without spaces around them."""
        stripped = (value.strip() for each, value in self.fields if each == name)
        return tuple(value for value in stripped if value)

    def names(self) -> Iterator[str]:
        """The name of each field that came, once."""
        return iter(dict.fromkeys(name for name, _ in self.fields))


async def read_form(visit: Visit) -> Form:
    """The form that a visitor sent.

    Raises:
        BadRequest: it cannot be read, or has too many fields.
        NotAuthorised: it does not come from a page of this session.
        UnsupportedForm: it is no form.
    """
    require_own_page(visit.request)
    form = await form_of(visit.request)
    require_token(form, visit.session.csrf)
    return Form(tuple(each for each in form.fields if each[0] != _OWN))


def require_token(form: Form, csrf: str) -> None:
    """Passes if a form carries the token of a session.

    Raises:
        NotAuthorised: it does not.
    """
    token = next((value for name, value in form.fields if name == _OWN), "")
    if not hmac.compare_digest(token.encode(), csrf.encode()):
        raise NotAuthorised("form: expected one of this session, found another; load the page anew")


def require_own_page(request: Request) -> None:
    """Passes if a request was sent by a page of this service, as browsers tell.

    Raises:
        NotAuthorised: it was sent by a page from elsewhere.

    Source: W3C Fetch Metadata (`Sec-Fetch-Site`); RFC 6454 §7 (`Origin`).
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    is_own = site in {None, "same-origin", "none"}
    if origin is not None:
        is_own = is_own and _host_of(origin) == request.headers.get("host")
    if not is_own:
        raise NotAuthorised("form: expected it from a page of this service, found another sender")


def _host_of(origin: str) -> str | None:
    """Host and port that an origin names; `None` for what is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


async def form_of(request: Request) -> Form:
    """The fields that the body of a request holds.

    Raises:
        BadRequest: it cannot be read, or has too many fields.
        UnsupportedForm: it is no form.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _MEDIA_TYPE:
        raise UnsupportedForm(f"content-type: expected {_MEDIA_TYPE}, found {media_type or 'none'}")
    try:
        fields = parse_qsl(
            (await request.body()).decode("ascii"),
            keep_blank_values=True,
            strict_parsing=False,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:
        raise BadRequest("form: expected fields in UTF-8, found other bytes or too many") from error
    if any("\x00" in part for each in fields for part in each):
        raise BadRequest("form: expected text, found a NUL character")  # no database takes one
    return Form(tuple((name, value.replace("\r\n", "\n")) for name, value in fields))
