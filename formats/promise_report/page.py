"""The page about promises: one file without script or request, every value escaped."""

from typing import Final

from markupsafe import Markup

from formats.promise_report.document import Report
from formats.scriptless_page import content_policy, page_part, page_template

_ROOM: Final = "formats.promise_report"


def report_page(report: Report) -> bytes:
    """The page; the same report gives the same bytes."""
    style = page_part(_ROOM, "page.css")
    page = page_template(_ROOM).render(
        report=report,
        style=Markup(style),  # noqa: S704 - our own file
        policy=content_policy(style),
    )
    return page.encode()
