"""`zegel export`: hands the log, or a part of it, to somebody else or to another program."""

from pathlib import Path
from typing import Any, Final

import click

from cli.handing_out import RECIPIENT_HELP
from cli.history import filter_options
from cli.lazy import Entry, LazyGroup
from cli.options import shared_parameters
from cli.reader import identity_options
from cli.session import Session
from cli.words import export_word
from formats.export import EXPORTS

EXAMPLES: Final = (
    "zegel export --as ndjson --since 2026-11-01 --until 2026-12-01 --to november.ndjson",
    "zegel export --as xlsx --kind access --as-known @4711 --to access.xlsx",
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


class ExportGroup(LazyGroup):
    """A group that is a command too, and so takes the shared options as every command does."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:  # noqa: ANN401 - Click's own
        """Adds the shared options, which the help of the whole program explains."""
        super().__init__(*arguments, **settings)
        self.params.extend(shared_parameters(hidden=True))


@click.group(
    cls=ExportGroup,
    table=TABLE,
    examples=EXAMPLES,
    short_help="Hand the log, or a part of it, to somebody else.",
    invoke_without_command=True,
    no_args_is_help=True,
    subcommand_metavar="[COMMAND [ARGS]...]",
)
@click.option(
    "--as",
    "language",
    type=export_word(),
    metavar="FORMAT",
    help=f"Write records as {', '.join(EXPORTS)}.",
)
@filter_options
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE|FOLDER",
    help="Where to write them; nothing may be there yet. Default: the standard output.",
)
@click.option(
    "--sealed",
    is_flag=True,
    help="Only what the newest checkpoint covers, and the signed note of it.",
)
@click.option("--recipient", metavar="WHO", help=f"{RECIPIENT_HELP} Recorded.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting of the format; repeat for more.",
)
@identity_options
@click.pass_context
def export(ctx: click.Context, /, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Hand the log, or a part of it, to somebody else: a person, or another program.

    With --as it writes the records that zegel log shows for the same filters, in the order of
    recording, in a language that other tools read. The file says whether all are there, and of
    which size and root; so does the exit code, 4 where records are missing. That it was handed out
    is recorded first. The commands below hand out evidence.
    """
    if ctx.invoked_subcommand is not None:
        given = [name for name, value in typed.items() if value]
        if given:
            raise click.UsageError(
                f"{ctx.invoked_subcommand}: expected its options behind it, found some before it"
            )
        return 0
    if typed["language"] is None:
        raise click.UsageError("--as: expected a format, or a command, found none")
    from cli.export_events import write_export  # noqa: PLC0415 - start time: see cli/app.py

    return write_export(ctx.ensure_object(Session), typed)
