"""A dossier as a page: one file without script or request, every value escaped."""

import re
from base64 import b64encode
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from markupsafe import Markup

from formats.breach_dossier.attachment import Attachment
from formats.breach_dossier.blocks import Block, Document
from formats.scriptless_page import content_policy, page_part, page_template

_ROOM: Final = "formats.breach_dossier"
_MOMENT: Final = re.compile(
    r"\b[A-Za-z]{2,3} \d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}(?::\d{2})?(?: [A-Z+][\w+:-]{1,9})?"
)


def dossier_page(document: Document, inside: Sequence[Attachment] = ()) -> bytes:
    """The page; the same document and files give the same bytes.

    Args:
        document: What it shows.
        inside: Files that it names and holds itself; it links to the others as lying beside it.
    """
    held = {each.name: _data_url(each) for each in inside}
    style = page_part(_ROOM, "page.css")
    page = page_template(_ROOM).render(
        document=document,
        style=Markup(style),  # noqa: S704 - our own file
        policy=content_policy(style, also="img-src data:"),
        kind=_kind,
        picture=_picture,
        link=lambda name: held.get(name) or _link(name),
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


def _data_url(file: Attachment) -> str:
    """A file as a link that holds it: it is only ever saved, never shown."""
    return f"data:{file.media_type};base64,{b64encode(file.content.encode()).decode()}"


def _picture(svg: str) -> str:
    """A drawing as an image: inside an image no script runs and nothing is loaded."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()
