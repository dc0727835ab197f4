"""`zegel export`: hands the log, or a part of it, to somebody else."""

from typing import Final

import click

from cli.lazy import Entry, LazyGroup

EXAMPLES: Final = (
    "zegel export tiles mirror",
    "zegel export bundle --since 2026-11-01 --until 2026-12-01 --to november.zip",
    "zegel export disclosures 12 15-20 --field actor --purpose 'audit: 2026' --to auditor.json",
    "zegel export subject data-subject:customer:4711 --for-request R-7 --to request-7.zip",
    "zegel --home audit export tiles /srv/www/log",
)
TABLE: Final = {
    "bundle": Entry("cli.export_bundle:bundle", "Write evidence that anybody verifies without us."),
    "disclosures": Entry(
        "cli.export_disclosures:disclosures", "Open chosen fields of chosen records to an auditor."
    ),
    "subject": Entry(
        "cli.export_subject:subject", "Write the copy of their data that a person is owed."
    ),
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
