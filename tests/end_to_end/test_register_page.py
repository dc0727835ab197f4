"""The page on the register can be followed as it is written."""

from pathlib import Path

from tests.command_line import zegel_here
from tests.house.tracked_files import PROJECT
from tests.page_transcripts import follow


def test_every_command_of_the_page_gives_what_it_shows(tmp_path: Path) -> None:
    """Somebody to whom an authority gave a week would be surprised by the page that should help."""
    home, folder = tmp_path / "home", tmp_path / "work"
    folder.mkdir()
    assert zegel_here("--home", home, "init", "--origin", "log.example/register").returncode == 0
    page = PROJECT / "docs" / "how-to" / "register.md"
    assert follow(page, folder, ZEGEL_HOME=str(home)) > 15
