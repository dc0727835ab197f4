"""Options that several commands have, and the command class that carries them.

This file imports nothing but Click: the help of the whole program is built from it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from cli.session import Session

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

FORMS: Final = ("table", "json", "csv", "ndjson")
FORM_VARIABLE: Final = "ZEGEL_OUTPUT"
HELP_NAMES: Final = ["-h", "--help"]
"""Of every command."""


class ShortHelp(click.Command):
    """A command that knows `-h` by itself, not only below the program."""

    def get_help_option_names(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        """Both names, wherever it is asked first: a command keeps its first help option."""
        return list(HELP_NAMES)


class ZegelCommand(ShortHelp):
    """A command that takes the shared options too, and shows examples at the end of its help."""

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 - Click's own parameters, passed on
        examples: Sequence[str] = (),
        **settings: Any,  # noqa: ANN401 - likewise
    ) -> None:
        """Adds the shared options, which the help of the whole program explains."""
        super().__init__(*arguments, **settings)
        self.examples = tuple(examples)
        taken = {name for parameter in self.params for name in parameter.opts}
        self.params.extend(
            shared
            for shared in shared_parameters(hidden=True)
            if taken.isdisjoint(shared.opts)  # `zegel demo --log` is a file
        )

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the examples, one a line, as they would be typed."""
        write_examples(self.examples, formatter)
        super().format_epilog(ctx, formatter)


def write_examples(examples: Sequence[str], formatter: click.HelpFormatter) -> None:
    """Writes the section of examples, unwrapped so that each can be copied."""
    if examples:
        with formatter.section("Examples"):
            for example in examples:
                formatter.write(f"  {example}\n")


def shared_options(function: Decorated) -> Decorated:
    """Adds the options that every command shares; they fill the session of the command line."""
    options = shared_parameters(hidden=False)
    if isinstance(function, click.Command):
        function.params.extend(options)
    else:
        known = getattr(function, "__click_params__", [])
        # Click collects parameters there, the last one first.
        function.__click_params__ = [*known, *reversed(options)]  # type: ignore[attr-defined]
    return function


def shared_parameters(*, hidden: bool) -> list[click.Parameter]:
    """The options `--home`, `--log`, `--database`, `--utc` and `--debug`.

    Args:
        hidden: Below the program itself they are accepted, but not listed again, and the
            environment is not read again, so that it cannot undo what was given before.
    """
    return [
        click.Option(
            ["--home"],
            type=click.Path(path_type=Path, file_okay=False),
            metavar="DIR",
            envvar=None if hidden else "ZEGEL_HOME",
            show_envvar=not hidden,
            expose_value=False,
            hidden=hidden,
            callback=_keep("home"),
            help="Folder of database, keys and settings.",
        ),
        click.Option(
            ["--log"],
            metavar="NAME",
            envvar=None if hidden else "ZEGEL_LOG",
            show_envvar=not hidden,
            expose_value=False,
            hidden=hidden,
            callback=_keep("log"),
            shell_complete=_names_of_logs,
            help="One of the logs of the home: zegel logs list.",
        ),
        click.Option(
            ["--database"],
            metavar="URL",
            envvar=None if hidden else "ZEGEL_DATABASE",
            show_envvar=not hidden,
            expose_value=False,
            hidden=hidden,
            callback=_keep("database"),
            help="A database elsewhere, as SQLAlchemy names it.",
        ),
        _switch("utc", "Read and show times in UTC instead of Europe/Amsterdam.", hidden=hidden),
        _switch("debug", "Show the trace of a failure.", hidden=hidden),
    ]


def _switch(name: str, text: str, *, hidden: bool) -> click.Option:
    return click.Option(
        [f"--{name}"],
        is_flag=True,
        default=None,
        expose_value=False,
        hidden=hidden,
        callback=_keep(name),
        help=text,
    )


def _keep(name: str) -> Callable[[click.Context, click.Parameter, object], None]:
    def keep(ctx: click.Context, _parameter: click.Parameter, value: object) -> None:
        if value is not None:
            setattr(ctx.ensure_object(Session), name, value)

    return keep


def _names_of_logs(
    ctx: click.Context, _parameter: click.Parameter, incomplete: str
) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - only a shell asks for it

    from cli.log_names import names_that_begin  # noqa: PLC0415 - likewise

    return [CompletionItem(name) for name in names_that_begin(ctx, incomplete)]


def output_options(function: Decorated) -> Decorated:
    """Adds `--table`, `--json`, `--csv` and `--ndjson`, which fill one parameter `form`."""
    helps = {
        "table": "Draw a table, also into a pipe.",
        "json": "Write JSON.",
        "csv": "Write CSV for a spreadsheet.",
        "ndjson": "Write one JSON object a line, the habit in a pipe.",
    }
    for form in reversed(FORMS):
        option = click.option(f"--{form}", "form", flag_value=form, default=None, help=helps[form])
        function = option(function)
    return function
