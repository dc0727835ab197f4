"""The tutorial can be followed as it is written."""

import re
import subprocess
from pathlib import Path
from typing import Final

from tests.command_line import ZEGEL, clean_environment

TUTORIAL: Final = Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"
_CHANGING: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[\w-]{43}(?= )|#[0-9a-f]{32}|[0-9a-f]{64}"
    r"|[0-9a-f]{32}\.ndjson|…[0-9a-f]{6}|\S*tutorial/\S*"
    r"|2[0-9]{3}-[0-9-]{5}[ T][0-9:]{8}(?:\.[0-9]{6})?(?:Z|[+-][0-9]{2})"
)
"""Ids, tokens, hashes, times and the folder: what differs on another machine."""


def steps() -> list[tuple[str, str]]:
    """Each command of the page with the answer below it."""
    found: list[tuple[str, str]] = []
    for block in re.findall(r"```console\n(.*?)```", TUTORIAL.read_text("utf-8"), re.DOTALL):
        for command in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = command.splitlines()
            typed = 1 + sum(line.startswith("> ") for line in lines)
            script = "\n".join(line.removeprefix("> ") for line in lines[:typed])
            found.append((script, "\n".join(lines[typed:])))
    return found


def words(text: str) -> set[str]:
    """What stays the same on every machine, without the way in which it is laid out."""
    return set(re.findall(r"[A-Za-z][A-Za-z./-]{3,}", _CHANGING.sub(" ", text)))


def test_every_step_does_what_the_page_shows(tmp_path: Path) -> None:
    """A newcomer would fail in the first ten minutes."""
    environment = clean_environment(ZEGEL_HOME="audit", ZEGEL_OUTPUT="table")
    environment["PATH"] = f"{ZEGEL.parent}:{environment['PATH']}"
    folder = tmp_path / "tutorial"
    folder.mkdir()
    assert len(steps()) >= 15
    for script, shown in steps():
        expected = re.search(r"# exit code (\d)", script)
        # Only the command with a pipe speaks to a program.
        form = {"ZEGEL_OUTPUT": "ndjson"} if "json.tool" in script else {}
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=folder,
            env={**environment, **form},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == (int(expected[1]) if expected else 0), f"{script}\n{done.stdout}"
        missing = words(shown) - words(done.stdout)
        assert not missing, f"{script}\n{done.stdout}\nmissing: {missing}"
