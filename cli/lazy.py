"""Groups of commands as tables: nothing but the command that runs is imported."""

import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cli.options import ShortHelp, write_examples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.shell_completion import CompletionItem


class Entry(NamedTuple):
    """Where a command is, and what the list of commands says about it."""

    target: str
    """`module:attribute`."""
    short_help: str


class LazyGroup(ShortHelp, click.Group):
    """A group whose commands are imported when they run and listed from the table."""

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 - Click's own parameters, passed on
        table: Mapping[str, Entry],
        examples: Sequence[str] = (),
        **settings: Any,  # noqa: ANN401 - likewise
    ) -> None:
        """Remembers the table, and the examples that its help ends with."""
        super().__init__(*arguments, **settings)
        self.table = table
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the examples, one a line, as they would be typed."""
        write_examples(self.examples, formatter)
        super().format_epilog(ctx, formatter)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        """The names in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        """The command itself, imported now; `None` for a name that is not in the table."""
        entry = self.table.get(cmd_name)
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
                [(name, self.table[name].short_help) for name in self.list_commands(ctx)]
            )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names; an unknown one is answered with those like it."""
        if not ctx.resilient_parsing and args[0] not in self.table:
            raise click.exceptions.NoSuchCommand(args[0], possibilities=self.table, ctx=ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """The commands and options that begin as typed, from the table."""
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*self._completed(incomplete), *options]

    def _completed(self, incomplete: str) -> "Iterator[CompletionItem]":
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only a shell asks for it

        for name, entry in self.table.items():
            if name.startswith(incomplete):
                yield CompletionItem(name, help=entry.short_help)
