"""`zegel demo`: one story on five systems, from the first fact to the tampering that is found."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import click
from click.core import ParameterSource

from cli.exit_codes import ExitCode
from cli.options import ZegelCommand
from cli.session import Session

SHARED_VARIABLE: Final = "ZEGEL_SHARED"
SERVER_LOG: Final = Path("vectors", "sshd", "OpenSSH_2k.log")
ORIGIN: Final = "zegel.example/demo"
EXAMPLES: Final = ("zegel demo", "zegel demo --dir demo-home", "zegel demo --keep")


@click.command(
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="Tell one story: record, look, verify, tamper, find.",
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Make the home here, and keep it.",
)
@click.option("--keep", is_flag=True, help="Keep the temporary home, and say what to try next.")
@click.option(
    "--log",
    "server_log",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The sshd log to import.",
)
@click.pass_context
def demo(ctx: click.Context, /, folder: Path | None, keep: bool, server_log: Path | None) -> int:  # noqa: FBT001 - a flag of the command line
    """Tell one story on five systems: record, look, verify, tamper with a copy, see it found.

    The home is a temporary one unless --dir or --keep says otherwise. Ends with 0 when the story
    came out as it must: the log verifies and the change in the copy is found. The log goes into the
    database of --database only where that is typed: ZEGEL_DATABASE may name one in production.
    """
    from cli.demo.story import Story, packaged_log  # noqa: PLC0415 - start time: see cli/app.py
    from cli.rendering import draw_gap, draw_heading, draw_line  # noqa: PLC0415 - likewise
    from ledger.home import Home  # noqa: PLC0415 - likewise

    session = ctx.ensure_object(Session)
    with ExitStack() as stack:
        if folder is None and keep:
            folder = Path(tempfile.mkdtemp(prefix="zegel-demo-"))
        kept = folder is not None
        place = folder or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="zegel-demo-"))
        )
        home = Home(place)
        ledger = home.init(ORIGIN, database=typed_database(ctx, session))
        stack.callback(ledger.close)
        log = server_log or found_log(os.environ) or packaged_log(place)
        report = Story(ledger, place, home.key_file, log, session.zone).tell()
    draw_gap()
    if report.first_fault is None:
        draw_line("The change was not found: this must not happen.", style="bad", mark="✗")
        return ExitCode.UNEXPECTED
    draw_line(
        f"Found: one byte in record {report.first_fault.index} of {report.size}. "
        "A program that meets it ends with exit code 3.",
        style="good",
        mark="✓",
    )
    if kept:
        draw_heading("What to try next")
        for command in next_commands(place, report.first_fault.index or 0):
            draw_line(command, indent=2)
    return ExitCode.FINE


def typed_database(ctx: click.Context, session: Session) -> str | None:
    """The database that was typed, before or after the command; one of the environment is none."""
    sources = {each.get_parameter_source("database") for each in (ctx, ctx.find_root())}
    return session.database if ParameterSource.COMMANDLINE in sources else None


def found_log(environment: Mapping[str, str]) -> Path | None:
    """The published server log, where `ZEGEL_SHARED` or the folder beside the project has it."""
    beside = Path(__file__).resolve().parents[2].parent / "shared"
    named = environment.get(SHARED_VARIABLE)
    path = (Path(named) if named else beside) / SERVER_LOG
    return path if path.is_file() else None


def next_commands(home: Path, index: int) -> list[str]:
    """What somebody who kept the home could type."""
    zegel = f"zegel --home {home}"
    return [
        f"{zegel} log --kind ip.blocked",
        f"{zegel} show {index}",
        f"{zegel} state access --only ungranted",
        f"{zegel} state policies --as-of 2024-01-01",
        f"{zegel} promises --explain RAG-03",
        f"{zegel} breach show NXT-2025-11",
        f"{zegel} verify",
        f"{zegel} --database sqlite:///{(home / 'tampered.db').resolve()} verify",
    ]
