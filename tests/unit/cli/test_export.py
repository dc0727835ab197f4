"""`zegel export` is a command and a group of commands, and a shell completes both."""

import click
import pytest

from cli.export import TABLE, ExportGroup, export
from cli.session import Session
from formats.export import EXPORTS


def _context() -> click.Context:
    return click.Context(export, info_name="export", obj=Session())


def _completed(option: str, begun: str) -> list[str]:
    (found,) = (each for each in export.params if option in each.opts)
    return [item.value for item in found.shell_complete(_context(), begun)]


def test_a_shell_completes_formats_and_commands() -> None:
    """Somebody would have to know the names of formats by heart."""
    assert _completed("--as", "") == list(EXPORTS)
    assert _completed("--as", "times") == ["timesketch", "timesketch-csv"]
    assert [item.value for item in export.shell_complete(_context(), "b")] == ["bundle"]


def test_the_help_names_every_format_and_command() -> None:
    """A format would be there that nobody hears of."""
    told = "".join(export.get_help(_context()).split())  # lines are broken at hyphens too
    assert f"Writerecordsas{','.join(EXPORTS)}." in told
    assert all(f"{name}{''.join(each.short_help.split())}" in told for name, each in TABLE.items())


@pytest.mark.parametrize("name", ["--home", "--log", "--database", "--utc", "--debug"])
def test_the_shared_options_are_taken_and_not_listed(name: str) -> None:
    """An option of every command would be refused here, or listed once more."""
    assert isinstance(export, ExportGroup)
    (found,) = (each for each in export.params if name in each.opts)
    assert isinstance(found, click.Option)
    assert found.hidden
