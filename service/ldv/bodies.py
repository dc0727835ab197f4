"""The JSON body of a request to an interface of others."""

from typing import Final

from fastapi import Request

from ledger.errors import UnsupportedForm
from service.context import Context
from service.intake.bodies import read_body
from service.intake.media_type import media_type_of

JSON: Final = "application/json"


async def json_body(context: Context, request: Request) -> bytes:
    """The body, decompressed, if it is said to be JSON in UTF-8.

    Raises:
        UnsupportedForm: it is said to be something else.
        TooLarge: it is larger than is taken.
    """
    media_type = media_type_of(request.headers)
    if media_type is None or media_type.name != JSON:
        found = "nothing" if media_type is None else media_type.name
        raise UnsupportedForm(f"content-type: expected {JSON} in UTF-8, found {found[:80]!r}")
    return await read_body(request, context.settings.most_body_bytes)
