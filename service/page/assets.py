"""The files of the page: style, scripts and libraries, each under a URL that tells its content.

A URL with the right hash may be kept for ever. Files of `static/vendor/` are put there at set-up;
where one is missing, its URL is `None` and the page works without.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from ledger.errors import NotFound

router: Final = APIRouter(include_in_schema=False)

_HASH_CHARACTERS: Final = 16
_KEPT: Final = "public, max-age=31536000, immutable"
_ASKED_AGAIN: Final = "public, no-cache"
_MEDIA_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_OF_DOSSIER: Final = {"scripts/verify.js": "verify.js"}
"""Programs that the evidence dossier embeds and the page links to, by the names they have here."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file."""

    content: bytes
    media_type: str
    digest: str
    """Of the content, as its URL and entity tag tell it."""


@cache
def assets() -> dict[str, Asset]:
    """Every file by its path below `/static/`."""
    static = files("service.page") / "static"
    found = dict(_below(static, "")) if static.is_dir() else {}
    for path, name in _OF_DOSSIER.items():
        found[path] = _asset(files("formats.dossier") / name)
    return found


def _below(folder: Traversable, path: str) -> Iterator[tuple[str, Asset]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _below(entry, f"{path}{entry.name}/")
        elif entry.name.rpartition(".")[2] in _MEDIA_TYPES:
            yield f"{path}{entry.name}", _asset(entry)


def _asset(entry: Traversable) -> Asset:
    content = entry.read_bytes()
    digest = sha256(content).hexdigest()[:_HASH_CHARACTERS]
    return Asset(content, _MEDIA_TYPES[entry.name.rpartition(".")[2]], digest)


def asset_url(path: str) -> str | None:
    """The URL of a file; `None`: it was not put there at set-up."""
    found = assets().get(path)
    return None if found is None else f"/static/{path}?v={found.digest}"


@router.get("/static/{path:path}")
async def give_asset(request: Request, path: str, v: str | None = None) -> Response:
    """One file, to everybody: it holds nothing of the log."""
    found = assets().get(path)
    if found is None:
        raise NotFound("path: expected a file of the page, found none of this name")
    tag = f'"{found.digest}"'
    headers = {
        "Cache-Control": _KEPT if v == found.digest else _ASKED_AGAIN,
        "ETag": tag,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type=found.media_type, headers=headers)
