"""The pages on breaches and requests can be followed as they are written."""

from pathlib import Path

import pytest

from tests.command_line import zegel_here
from tests.house.tracked_files import PROJECT
from tests.page_transcripts import follow

HOW_TO = PROJECT / "docs" / "how-to"


@pytest.mark.parametrize("page", ["handle-a-breach.md", "answer-in-time.md"])
def test_every_command_of_a_page_gives_what_it_shows(page: str, tmp_path: Path) -> None:
    """Somebody in the middle of a breach would be surprised by the page that should help."""
    home, folder = tmp_path / "home", tmp_path / "work"
    folder.mkdir()
    assert zegel_here("--home", home, "init", "--origin", "log.example/breaches").returncode == 0
    assert follow(HOW_TO / page, folder, ZEGEL_HOME=str(home)) > 10
