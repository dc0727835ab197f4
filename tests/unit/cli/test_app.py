"""The command tree starts without the house behind it, and says the same everywhere."""

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from cli.app import COMMANDS, app
from cli.lazy import LazyGroup
from cli.options import ZegelCommand
from cli.session import Session

HEAVY = {
    "sqlalchemy",
    "eventsourcing",
    "fastapi",
    "rich.console",
    "rich.table",
    "cryptography",
    "dateparser",
    "msgspec",
    "alembic",
}


def command(name: str) -> click.Command:
    found = app.get_command(click.Context(app, obj=Session()), name)
    assert found is not None
    return found


def options_below(own: click.Command, context: click.Context) -> Iterator[click.Parameter]:
    """Every option of a command and of those below it."""
    yield from own.params
    if isinstance(own, click.Group):
        for name in own.list_commands(context):
            below = own.get_command(context, name)
            assert below is not None
            yield from options_below(below, context)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_short_help_of_the_table_is_the_commands_own(name: str) -> None:
    """The list of commands would promise something else than the command does."""
    own = command(name)
    first = (own.short_help or (own.help or "").partition("\n")[0]).strip()
    assert COMMANDS[name].short_help == first


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_three_examples(name: str) -> None:
    """Somebody would have to guess how the options go together."""
    own = command(name)
    text = own.get_help(click.Context(own, info_name=name, obj=Session()))
    assert "Examples:" in text
    assert text.partition("Examples:")[2].count("zegel") >= 3
    if isinstance(own, ZegelCommand):
        assert len(own.examples) == 3


@pytest.mark.parametrize(
    "own", [ZegelCommand("one"), LazyGroup("several", table={})], ids=["command", "group"]
)
def test_a_command_knows_the_short_help_option_wherever_it_is_asked_first(
    own: click.Command,
) -> None:
    """`-h` would be unknown to a command that something else than the program looked at before."""
    option = own.get_help_option(click.Context(own))
    assert option is not None
    assert option.opts == ["-h", "--help"]


def test_a_language_is_asked_for_by_either_word() -> None:
    """What one command calls `--lang`, another would refuse and call `--language`."""
    context = click.Context(app, obj=Session())
    asking = [
        (name, option.opts)
        for name in COMMANDS
        for option in options_below(command(name), context)
        if isinstance(option.type, click.Choice) and "nl" in option.type.choices
    ]
    assert len(asking) >= 4
    assert [pair for pair in asking if {*pair[1]} != {"--lang", "--language"}] == []


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["-h"], ["nonsense"]])
def test_help_and_version_import_nothing_heavy(arguments: list[str]) -> None:
    """Every key press of a completion, and every help, would wait for the database library."""
    program = (
        "import sys\nfrom cli.main import run\n"
        f"run({arguments!r})\n"
        "print('\\n'.join(['MODULES', *sys.modules]))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    modules = set(answer.stdout.partition("MODULES\n")[2].splitlines())
    assert "cli.app" in modules
    assert modules & HEAVY == set()
    assert {name for name in modules if name.startswith("cli.")} <= {
        *(
            "cli.app",
            "cli.lazy",
            "cli.main",
            "cli.options",
            "cli.session",
            "cli.exit_codes",
        )
    }


def test_a_deadline_imports_no_database() -> None:
    """Whoever asks for one date would wait for the views and the database library."""
    program = (
        "import sys\nfrom cli.main import run\n"
        "run(['deadline', 'gdpr-33-1', '--from', '2026-04-03 17:30'])\n"
        "print('\\n'.join(['MODULES', *sys.modules]))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    modules = set(answer.stdout.partition("MODULES\n")[2].splitlines())
    assert "projections.deadlines.computing" in modules
    assert modules & {"sqlalchemy", "eventsourcing", "projections.query", "ledger.events"} == set()


def test_an_unknown_command_is_answered_with_those_like_it() -> None:
    """A typing error would leave somebody searching the help."""
    with pytest.raises(click.UsageError) as caught:
        app.main(["verfy"], prog_name="zegel", standalone_mode=False, obj=Session())
    assert "'verfy'" in caught.value.format_message()
    assert "Did you mean 'verify'" in caught.value.format_message()


def test_completion_lists_from_the_table() -> None:
    """A shell would import every command to complete one word."""
    assert isinstance(app, LazyGroup)
    context = click.Context(app, obj=Session())
    assert [item.value for item in app.shell_complete(context, "pr")] == [
        "prune",
        "prove",
        "project",
        "promises",
    ]
    assert "--home" in [item.value for item in app.shell_complete(context, "--h")]
