"""The command tree, as a table: nothing but the command that runs is imported.

`zegel --help` and `zegel --version` may take no more than 1.5 times the import of click and rich,
so this file and what it imports stay free of the ledger, the database and everything that draws.
"""

import importlib
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from cli.options import shared_options
from ledger import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.shell_completion import CompletionItem


class Entry(NamedTuple):
    """Where a command is, and what the list of commands says about it."""

    target: str
    """`module:attribute`."""
    short_help: str


COMMANDS: Final[dict[str, Entry]] = {
    "init": Entry("cli.init:init", "Make a new log: folder, database and keys."),
    "record": Entry("cli.record:record", "Record one fact."),
    "import": Entry("cli.import_file:import_file", "Record what files of other systems say."),
    "log": Entry("cli.log:log", "Search the history."),
    "show": Entry("cli.show:show", "Show one record with everything the log knows of it."),
    "state": Entry("cli.state:state", "Show a view: what is true, or was true on a date."),
    "verify": Entry("cli.verify:verify", "Check that the whole history is unchanged."),
    "rebuild": Entry("cli.rebuild:rebuild", "Build the views again from the log."),
    "demo": Entry("cli.demo:demo", "Tell one story: record, look, verify, tamper, find."),
    "completion": Entry("cli.completion:completion", "Print the completion script of a shell."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they run and listed from the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        """The names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        """The command itself, imported now; `None` for a name that is not in the table."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry.target.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        if not isinstance(command, click.Command):
            message = f"{entry.target}: expected a command, found {type(command).__name__}"
            raise TypeError(message)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list from the table, because Click's own way imports every command."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, COMMANDS[name].short_help) for name in self.list_commands(ctx)]
            )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names; an unknown one is answered with those like it."""
        if not ctx.resilient_parsing and args[0] not in COMMANDS:
            raise click.exceptions.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """The commands and options that begin as typed, from the table."""
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*_completed(incomplete), *options]


def _completed(incomplete: str) -> "Iterator[CompletionItem]":
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - only a shell asks for it

    for name, entry in COMMANDS.items():
        if name.startswith(incomplete):
            yield CompletionItem(name, help=entry.short_help)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 fine, 1 unexpected failure, 2 usage, 3 evidence broken, 4 unavailable, "
    "5 not authorised, 6 a deadline has passed.",
)
@click.version_option(__version__, "--version", message="zegel %(version)s")
@shared_options
def app() -> None:
    """Audit log of personal-data processing with verifiable history.

    The options below may stand before or after the command.
    """
