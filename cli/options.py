"""Options that several commands have, and the command class that carries them.

This file imports nothing but Click: the help of the whole program is built from it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from cli.session import Session

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

FORMS: Final = ("table", "json", "csv", "ndjson")
FORM_VARIABLE: Final = "ZEGEL_OUTPUT"


class ZegelCommand(click.Command):
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
        self.params.extend(shared_parameters(hidden=True))

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
    """The options `--home`, `--database`, `--utc` and `--debug`.

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
