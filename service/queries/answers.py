"""Answers of the service as the command line would write them, with up to where they are true."""

from collections.abc import AsyncIterator, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from starlette.responses import Response, StreamingResponse

from formats.json_form import encode_json
from formats.visible import visible_json
from service.context import Context
from service.queries.accepting import CSV, JSON
from service.queries.truth import Truth
from service.threads import reading

BLOCK_BYTES: Final = 64 * 1024
"""So much of a stream is written at once; a reader that is slow holds no more than that."""
BLOCK_LINES: Final = 500
NOT_STORED: Final = {"Cache-Control": "no-store"}


def json_text(document: object) -> str:
    """The JSON of any answer; nothing in it acts on the terminal of whoever prints it."""
    return visible_json(encode_json(document))


def answered(
    document: Mapping[str, Any], truth: Truth, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer as JSON that says up to where it is true."""
    return Response(
        json_text({"as_of": truth.document(), **document}),
        media_type=JSON,
        headers={**NOT_STORED, **truth.headers, **(headers or {})},
    )


def streamed(context: Context, lines: Iterator[str], media_type: str, truth: Truth) -> Response:
    """An answer of any length, written as it is read; its headers say up to where it is true.

    Args:
        context: What is served.
        lines: The text in pieces; each is read in a thread.
        media_type: Of all of it.
        truth: Of what it is true.
    """
    headers = {**NOT_STORED, **truth.headers}
    if media_type == CSV:
        headers["Content-Disposition"] = "attachment"  # nothing for a browser to show
    return StreamingResponse(_blocks(context, lines), media_type=media_type, headers=headers)


async def _blocks(context: Context, lines: Iterator[str]) -> AsyncIterator[bytes]:
    while block := await reading(context, _next_block, lines):
        yield block


def _next_block(lines: Iterator[str]) -> bytes:
    parts: list[bytes] = []
    size = 0
    for line in islice(lines, BLOCK_LINES):
        parts.append(line.encode())
        size += len(parts[-1])
        if size >= BLOCK_BYTES:
            break
    return b"".join(parts)
