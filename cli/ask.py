"""`zegel ask`: what an investigator asks and no view answers by itself."""

from typing import Final

import click

from cli.lazy import Entry, LazyGroup

EXAMPLES: Final = (
    "zegel ask touched data-subject:customer:4711 --since 2026-01-01",
    "zegel ask consent 48",
    "zegel ask in-force 34",
    "zegel ask sources --since 2026-11-01 --until 2026-12-01",
)
TABLE: Final = {
    "touched": Entry("cli.ask_touched:touched", "Show who touched the data of somebody, and why."),
    "consent": Entry("cli.ask_consent:consent", "Show whether consent stood for one exchange."),
    "recipients": Entry(
        "cli.ask_recipients:recipients", "Show recipients that were no approved sub-processors."
    ),
    "in-force": Entry(
        "cli.ask_in_force:in_force", "Show what register, policy and specification said then."
    ),
    "sources": Entry("cli.ask_sources:sources", "Show which sources were silent, or off by clock."),
}


@click.group(
    cls=LazyGroup,
    table=TABLE,
    examples=EXAMPLES,
    short_help="Ask what an investigator asks.",
)
def ask() -> None:
    """Ask what an investigator asks and no view answers by itself.

    Every answer names the records that it rests on. docs/how-to/investigate.md has twenty
    questions with the command for each.
    """
