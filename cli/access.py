"""`zegel access`: who may touch what, and whether that was looked at."""

from typing import Final

import click

from cli.lazy import Entry, LazyGroup

EXAMPLES: Final = (
    "zegel access review",
    "zegel access review --resource customer-file --as-of 2026-06-30",
    "zegel access review start customer-file --review Q4-2026",
)
TABLE: Final = {
    "review": Entry("cli.access_review:review", "Review who has access, decide, sign off."),
}


@click.group(
    cls=LazyGroup,
    table=TABLE,
    examples=EXAMPLES,
    short_help="Review who has access, decide, sign off.",
)
def access() -> None:
    """Review who has access: what is held, used, outlived, and what was decided about it."""
