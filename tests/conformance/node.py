"""Node, which runs the JavaScript verifier outside a browser."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

REQUIRED_VARIABLE = "ZEGEL_TEST_TOOLS"
"""Set by `make test`, which installs the tools: a missing one is then a failure."""


def find_tool(*names: str) -> str:
    """The path of the first of these programs that is there; skips the test where none is."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is not None:
        return found
    if os.environ.get(REQUIRED_VARIABLE):
        pytest.fail(f"{names[0]} is missing, though `make test` installs it")
    pytest.skip(f"{names[0]} is not installed; `make test` installs it")


def run_node(script: Path, given: str, *arguments: str) -> str:
    """What a script writes when it is given this text; a script that fails fails the test."""
    answer = subprocess.run(
        [find_tool("node", "nodejs"), "--no-warnings", script, *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout
