"""`zegel policy schema`: the JSON Schema of statement files, for editors and other programs."""

import click

from cli.options import ZegelCommand
from cli.output import write_document
from cli.policy import TABLE


@click.command(
    cls=ZegelCommand,
    examples=("zegel policy schema > statement-file.schema.json",),
    short_help=TABLE["schema"].short_help,
)
def schema() -> int:
    """Print the JSON Schema of statement files (draft 2020-12).

    What it cannot say, such as that a field belongs to its kind, zegel policy publish --dry-run
    checks too.
    """
    from formats.statement_file.schema import statement_schema  # noqa: PLC0415 - start time: see cli/app.py

    write_document(statement_schema())
    return 0
