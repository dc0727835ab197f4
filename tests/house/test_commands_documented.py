"""Every command is documented where a reader looks for it."""

import pytest

from cli.app import COMMANDS
from cli.exit_codes import ExitCode
from projections import VIEWS
from tests.house.tracked_files import PROJECT

PAGE = (PROJECT / "docs" / "reference" / "cli.md").read_text("utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_its_section(name: str) -> None:
    """A command would exist that nobody hears of."""
    assert f"\n## zegel {name}\n" in PAGE


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_has_its_questions(name: str) -> None:
    """A question that a view answers could be found by chance only."""
    assert all(f"| `{name}` | `{question}` |" in PAGE for question in VIEWS[name].sections)


@pytest.mark.parametrize("code", ExitCode)
def test_an_exit_code_is_explained(code: ExitCode) -> None:
    """A script would end with a number that nobody can look up."""
    assert f"\n| {code.value} | " in PAGE
