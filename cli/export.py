"""`zegel export`: hands the log, or a part of it, to somebody else."""

from typing import Final

import click

from cli.lazy import Entry, LazyGroup

EXAMPLES: Final = (
    "zegel export tiles mirror",
    "zegel export tiles --help",
    "zegel --home audit export tiles /srv/www/log",
)
TABLE: Final = {
    "tiles": Entry("cli.export_tiles:tiles", "Write the sealed log as a mirror of tiles."),
}


@click.group(
    cls=LazyGroup,
    table=TABLE,
    examples=EXAMPLES,
    short_help="Hand the log, or a part of it, to somebody else.",
)
def export() -> None:
    """Hand the log, or a part of it, to somebody else."""
