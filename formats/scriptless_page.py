"""What the pages without script share: their template, their parts, and what they may do.

Every value is escaped, a name that is not there is an error, and nothing runs or is loaded.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

import jinja2


@cache
def page_template(room: str) -> jinja2.Template:
    """The template `page.html` of a package: `formats.register`."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(page_part(room, "page.html"))


@cache
def page_part(room: str, name: str) -> str:
    """The text of a file of a package."""
    return files(room).joinpath(name).read_text("utf-8")


def content_policy(style: str, *, also: str = "") -> str:
    """What the page may do: nothing runs and nothing is loaded or sent; only this style applies.

    Args:
        style: The text of the one style sheet.
        also: One more directive, such as `img-src data:`.

    Source: W3C Content Security Policy Level 3, section 2.3.1.
    """
    digest = b64encode(sha256(style.encode()).digest()).decode()
    style_alone = f"default-src 'none'; style-src 'sha256-{digest}'"
    more = f"; {also}" if also else ""
    return f"{style_alone}{more}; base-uri 'none'; form-action 'none'"
