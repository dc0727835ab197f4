"""Runs the commands that a page shows, and compares their answers with what it shows.

A page shows commands in `console` blocks, each after `$ `, with its answer below. In an answer `…`
stands for anything, also for lines.
"""

import contextlib
import re
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.command_line import ZEGEL, Answer, clean_environment, zegel_told

_NEEDS_SHELL: Final = re.compile(r"[|&;<>$`*]")


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
    steps = steps_of(page.read_text("utf-8"))
    settings = {"ZEGEL_OUTPUT": "table", **variables}
    for command, answer in steps:
        done = _run(command, folder, settings)
        assert shows(answer, done.stdout), f"{command}\nexit {done.returncode}\n{done.stdout}"
    return len(steps)


def run_through(commands: Sequence[str], folder: Path, **variables: str) -> None:
    """Runs commands of a page in order; each must end well, whatever it prints."""
    for command in commands:
        done = _run(command, folder, variables)
        assert done.returncode == 0, f"{command}\n{done.stdout}"


def _run(command: str, folder: Path, settings: dict[str, str]) -> Answer:
    """What a command answered: in this process, unless it needs a shell."""
    if command.startswith("zegel ") and not _NEEDS_SHELL.search(command):
        with contextlib.chdir(folder):
            return zegel_told(*shlex.split(command)[1:], **settings)
    return in_shell(command, folder, settings)


def in_shell(command: str, folder: Path, settings: dict[str, str]) -> Answer:
    """What a command answered in a shell, both streams together."""
    environment = clean_environment(**settings)
    environment["PATH"] = f"{ZEGEL.parent}:{environment['PATH']}"
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))
