"""Runs the installed command the way a shell does."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ZEGEL: Final = Path(sys.executable).with_name("zegel")
SECONDS: Final = 120
"""A command that hangs must not hang the run."""

_OURS: Final = ("ZEGEL_", "NO_COLOR", "FORCE_COLOR", "_ZEGEL")


def clean_environment(**variables: str) -> dict[str, str]:
    """The environment of this process without what would change how the command speaks."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**kept, "TERM": "xterm-256color", "COLUMNS": "100", **variables}


def zegel(
    *arguments: str | Path, stdin: str | bytes = b"", **variables: str
) -> subprocess.CompletedProcess[str]:
    """What the command answered: exit code, standard output, standard error."""
    done = subprocess.run(
        [ZEGEL, *arguments],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        env=clean_environment(**variables),
        timeout=SECONDS,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )
