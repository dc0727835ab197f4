"""A dossier as a page: one file without script or request, every value escaped."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from formats.breach_dossier.blocks import Block, Document

_MOMENT: Final = re.compile(
    r"\b[A-Za-z]{2,3} \d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}(?::\d{2})?(?: [A-Z+][\w+:-]{1,9})?"
)


def dossier_page(document: Document) -> bytes:
    """The page; the same document gives the same bytes."""
    style = _part("page.css")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    page = _template().render(
        document=document,
        style=Markup(style),  # noqa: S704 - our own file
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'",
        kind=_kind,
        picture=_picture,
        link=_link,
        kept_together=_kept_together,
    )
    return page.encode()


def _kind(block: Block) -> str:
    return str(block.__struct_config__.tag)


def _kept_together(text: str) -> str:
    """The same, with moments that no line end divides."""
    return _MOMENT.sub(lambda found: found[0].replace(" ", "\N{NO-BREAK SPACE}"), text)


def _link(name: str) -> str:
    """A file beside the page, whatever its name: never another scheme or folder."""
    return "./" + quote(name, safe="")


def _picture(svg: str) -> str:
    """A drawing as an image: inside an image no script runs and nothing is loaded."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_part("page.html"))


def _part(name: str) -> str:
    return files("formats.breach_dossier").joinpath(name).read_text("utf-8")
