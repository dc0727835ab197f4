"""The files of the repository, as git knows them."""

import functools
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

PROJECT: Final = Path(__file__).resolve().parents[2]


@functools.cache
def _listed() -> tuple[Path, ...]:
    # safe.directory: a checkout that belongs to another user is read here, never run.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listing = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    paths = [Path(name) for name in listing.stdout.split("\0") if name]
    return tuple(path for path in paths if (PROJECT / path).is_file())


def tracked_files() -> tuple[Path, ...]:
    """The tracked files that exist, relative to the project; skips the test outside a checkout."""
    if shutil.which("git") is None or not (PROJECT / ".git").exists():
        pytest.skip("not a git checkout")
    return _listed()
