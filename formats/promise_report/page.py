"""The page about promises: one file without script or request, every value escaped."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

import jinja2
from markupsafe import Markup

from formats.promise_report.document import Report


def report_page(report: Report) -> bytes:
    """The page; the same report gives the same bytes."""
    style = _part("page.css")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    page = _template().render(
        report=report,
        style=Markup(style),  # noqa: S704 - our own file
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'",
    )
    return page.encode()


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_part("page.html"))


def _part(name: str) -> str:
    return files("formats.promise_report").joinpath(name).read_text("utf-8")
