"""Runs the commands that a page shows, and compares their answers with what it shows.

A page shows commands in `console` blocks, each after `$ `, with its answer below. In an answer `…`
stands for anything, also for lines.
"""

import re
import subprocess
from pathlib import Path

from tests.command_line import ZEGEL, clean_environment


def steps_of(page: str) -> list[tuple[str, str]]:
    """Each command of a page, with what the page shows of its answer."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, answer = part.partition("\n")
            found.append((command, answer))
    return found


def shows(answer: str, given: str) -> bool:
    """Whether an answer is as the page shows it, but for the spaces at the ends of lines."""
    pattern = re.escape(_trimmed(answer)).replace("…", ".*")
    return re.fullmatch(pattern, _trimmed(given), re.DOTALL) is not None


def follow(page: Path, folder: Path, **variables: str) -> int:
    """How many commands a page has, each run in order and found to answer as it shows.

    Args:
        page: The page.
        folder: Where the commands run.
        variables: Of their environment.
    """
    environment = clean_environment(ZEGEL_OUTPUT="table", **variables)
    environment["PATH"] = f"{ZEGEL.parent}:{environment['PATH']}"
    steps = steps_of(page.read_text("utf-8"))
    for command, answer in steps:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert shows(answer, done.stdout), f"{command}\nexit {done.returncode}\n{done.stdout}"
    return len(steps)


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))
