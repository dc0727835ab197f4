"""The page on publishing a statement can be followed as it is written."""

import re
from pathlib import Path
from typing import Final

from tests.command_line import zegel_here
from tests.house.tracked_files import PROJECT
from tests.page_transcripts import follow

PAGE: Final = PROJECT / "docs" / "how-to" / "publish-a-statement.md"


def test_every_command_of_the_page_gives_what_it_shows(tmp_path: Path) -> None:
    """Somebody who copies the statement and the file of the page would get other answers."""
    home, folder = tmp_path / "home", tmp_path / "work"
    folder.mkdir()
    for language, name in (("text", "statement.txt"), ("yaml", "voorbeeld.yaml")):
        (block,) = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
        (folder / name).write_text(block, "utf-8")
    assert zegel_here("--home", home, "init", "--origin", "log.example/promises").returncode == 0
    assert follow(PAGE, folder, ZEGEL_HOME=str(home)) > 10
