"""Answers that anybody may have, keep and pass on.

Sealed bytes, tiles and checkpoints tell nothing about people, so they are given without login, are
never recorded, and say for how long they may be kept. What each costs does not depend on how long
the log is.

Source: C2SP tlog-tiles v0.1.0, "APIs" (media types, caching); RFC 9111 §5.2.2; RFC 8246.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

FOR_EVER: Final = "public, max-age=31536000, immutable"
A_MOMENT: Final = "public, max-age=5"
"""A checkpoint is not kept beyond seconds: a newer one may be there."""
A_WHILE: Final = "public, max-age=300"
"""A proof stays true; one against a newer checkpoint may be there."""
ANYWHERE: Final = {"Access-Control-Allow-Origin": "*"}
"""A page of anybody may verify: nothing here depends on who asks."""


def tag_of(*parts: bytes) -> str:
    """A strong entity tag of what these bytes decide."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return f'"{digest.hexdigest()[:32]}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether a client has the very same answer.

    Source: RFC 9110 §13.1.2.
    """
    known = request.headers.get("if-none-match", "")
    return known.strip() == "*" or tag in {
        each.strip().removeprefix("W/") for each in known.split(",")
    }


def public(
    content: bytes,
    media_type: str,
    *,
    tag: str,
    keep: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer that may be kept.

    Args:
        content: The bytes of it.
        media_type: As it goes into the header.
        tag: Its entity tag.
        keep: For how long, as `Cache-Control` says it.
        headers: More of them.
    """
    given = {**ANYWHERE, "ETag": tag, "Cache-Control": keep, **(headers or {})}
    return Response(content, headers={**given, "Content-Type": media_type})


def not_changed(tag: str, keep: str, headers: Mapping[str, str] | None = None) -> Response:
    """The answer that a client has it already."""
    given = {**ANYWHERE, "ETag": tag, "Cache-Control": keep, **(headers or {})}
    return Response(status_code=304, headers=given)
