"""The page ``docs/reference/cli.md``: every command with its options, as the program has them."""

from collections.abc import Iterator

import click

from cli.app import COMMANDS, app
from cli.exit_codes import MEANINGS
from cli.lazy import LazyGroup
from cli.options import ZegelCommand
from cli.record import EXAMPLES as RECORD_EXAMPLES
from cli.session import Session
from projections import VIEWS

_PREFACE = """\
# Commands

Generated from the program by `make docs`. `zegel COMMAND --help` says the same.

Standard output carries the answer only; notes, warnings and progress go to standard error. On a
terminal an answer is a table, in a pipe it is one JSON object a line; `--table`, `--json`, `--csv`
and `--ndjson` choose, as does `ZEGEL_OUTPUT`. In JSON all times are in UTC, tokens are whole, and
control characters are escaped. `NO_COLOR` is honoured. Only what cannot be
undone asks first, on a terminal; elsewhere it needs `--yes`.

Times are typed as `2026-11-20`, `2026-11-20T14:00+01:00`, `14:00`, `yesterday`, `gisteren 14:00`,
`-2h`, `3d` (three days ago) or `@41` (the time of record 41). A time without a zone is in the zone
that times are shown in; how a window was understood is said on standard error, with its offset.
"""

_CODES = """\
## Exit codes

| code | name | meaning |
|---|---|---|
"""

_CODES_END = """
130 is an interrupted command, 141 one whose reader left, as in `zegel log | head`.
"""


def cli_page() -> str:
    """The whole page, in the order in which the program lists its commands."""
    parts = [_PREFACE, *_shared(), *(_section(name) for name in COMMANDS), _codes()]
    return "\n".join(parts)


def _shared() -> Iterator[str]:
    yield "## Options of every command\n\nThey may stand before or after the command.\n"
    yield _options(app, _program())


def _program() -> click.Context:
    """The context that the program makes: a command keeps the help option of its first context."""
    return click.Context(app, info_name="zegel", obj=Session(), **app.context_settings)


def _section(name: str) -> str:
    parent = _program()
    command = app.get_command(parent, name)
    if command is None:
        message = f"zegel {name}: expected a command, found none"
        raise TypeError(message)
    with click.Context(command, info_name=name, parent=parent) as context:
        usage = " ".join(command.collect_usage_pieces(context))
        examples = (
            command.examples if isinstance(command, ZegelCommand | LazyGroup) else RECORD_EXAMPLES
        )
        parts = [
            f"## zegel {name}\n",
            f"```\nzegel {name} {usage}\n```\n",
            f"{_prose(command.help or '')}\n",
            _options(command, context),
            "```console\n" + "\n".join(f"$ {example}" for example in examples) + "\n```\n",
        ]
        if isinstance(command, LazyGroup):
            parts.extend(_subsections(name, command, context))
    if name == "record":
        parts.append("The fields of every kind stand in [events.md](events.md).\n")
    if name == "state":
        parts.extend(_views())
    return "\n".join(parts)


def _subsections(name: str, group: LazyGroup, parent: click.Context) -> Iterator[str]:
    for word in group.list_commands(parent):
        command = group.get_command(parent, word)
        if not isinstance(command, ZegelCommand | LazyGroup):
            message = f"zegel {name} {word}: expected a command of ours"
            raise TypeError(message)
        with click.Context(command, info_name=word, parent=parent) as context:
            usage = " ".join(command.collect_usage_pieces(context))
            yield f"### zegel {name} {word}\n"
            yield f"```\nzegel {name} {word} {usage}\n```\n"
            yield f"{_prose(command.help or '')}\n"
            yield _options(command, context)
            if isinstance(command, LazyGroup):
                yield from _subsections(f"{name} {word}", command, context)


def _views() -> Iterator[str]:
    yield "| view | question (`--only`) | what it answers | filters |\n|---|---|---|---|"
    for view in VIEWS.values():
        filters = ", ".join(f"`{name}`" for name in view.filters)
        for question, section in view.sections.items():
            yield f"| `{view.name}` | `{question}` | {_cell(section.summary)} | {filters} |"
    yield ""


def _options(command: click.Command, context: click.Context) -> str:
    rows = [
        f"| `{names}` | {_cell(text)} |"
        for parameter in command.get_params(context)
        if isinstance(parameter, click.Option)
        if (found := parameter.get_help_record(context)) is not None
        for names, text in [found]
    ]
    if not rows:
        return ""
    return "\n".join(["| option | |", "|---|---|", *rows, ""])


def _prose(text: str) -> str:
    lines = [line.strip() for line in text.strip().splitlines()]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _codes() -> str:
    rows = "\n".join(
        f"| {code.value} | {code.name.lower().replace('_', ' ')} | {meaning} |"
        for code, meaning in MEANINGS.items()
    )
    return f"{_CODES}{rows}\n{_CODES_END}"
