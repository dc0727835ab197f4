"""`zegel quarantine`: lines of sources that could not be read, kept until they can be."""

from typing import Final

import click

from cli.lazy import Entry, LazyGroup

EXAMPLES: Final = (
    "zegel quarantine list",
    "zegel quarantine replay --year 2025",
    "zegel quarantine drop 4f1c --reason 'a test of the network team'",
)
TABLE: Final = {
    "list": Entry("cli.quarantine_list:list_files", "List what is kept, by source."),
    "show": Entry("cli.quarantine_show:show", "Show the lines of one source, and why each."),
    "replay": Entry("cli.quarantine_replay:replay", "Read kept lines again, record what they say."),
    "drop": Entry("cli.quarantine_drop:drop", "Give up kept lines, for a reason that is recorded."),
}


@click.group(
    cls=LazyGroup,
    table=TABLE,
    examples=EXAMPLES,
    short_help="Read again, or give up, what could not be read.",
)
def quarantine() -> None:
    """Lines of sources that could not be read: list, show, read them again, give them up.

    They are personal data that no erasure of the log reaches: only the owner of the home can open
    them. How many were kept, read again or given up, and why, stands in the log.
    """
