"""Runs the command: the installed one as a shell does, or its entry point in this process.

Starting the installed one takes about a second, so tests that look only at answers and exit codes
call the entry point; what depends on the process (signals, terminals, pipes, start) does not.
"""

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Final, cast
from unittest import mock

from cli.main import run

ZEGEL: Final = Path(sys.executable).with_name("zegel")
SECONDS: Final = 120
"""A command that hangs must not hang the run."""

_OURS: Final = ("ZEGEL_", "NO_COLOR", "FORCE_COLOR", "_ZEGEL")

Answer = subprocess.CompletedProcess[str]


def clean_environment(**variables: str) -> dict[str, str]:
    """The environment of this process without what would change how the command speaks."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**kept, "TERM": "xterm-256color", "COLUMNS": "100", **variables}


def zegel(*arguments: str | Path, stdin: str | bytes = b"", **variables: str) -> Answer:
    """What the installed command answered: exit code, standard output, standard error."""
    done = subprocess.run(
        [ZEGEL, *arguments],
        input=_bytes(stdin),
        capture_output=True,
        env=clean_environment(**variables),
        timeout=SECONDS,
        check=False,
    )
    return Answer(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def zegel_here(*arguments: str | Path, stdin: str | bytes = b"", **variables: str) -> Answer:
    """What the entry point answered in this process, with pipes for its three streams."""
    out, said = io.BytesIO(), io.BytesIO()
    with (
        mock.patch.dict(os.environ, clean_environment(**variables), clear=True),
        mock.patch.object(sys, "stdin", _stream(io.BytesIO(_bytes(stdin)))),
        contextlib.redirect_stdout(_stream(out)) as out_text,
        contextlib.redirect_stderr(_stream(said)) as said_text,
    ):
        code = run([str(argument) for argument in arguments])
        out_text.flush()
        said_text.flush()
    return Answer(arguments, int(code), out.getvalue().decode(), said.getvalue().decode())


def zegel_told(*arguments: str, **variables: str) -> Answer:
    """What the entry point answered in this process, both streams in one as on a terminal."""
    told = io.BytesIO()
    stream = _stream(told)
    with (
        mock.patch.dict(os.environ, clean_environment(**variables), clear=True),
        mock.patch.object(sys, "stdin", _stream(io.BytesIO())),
        contextlib.redirect_stdout(stream),
        contextlib.redirect_stderr(stream),
    ):
        code = run(list(arguments))
        stream.flush()
    return Answer(arguments, int(code), told.getvalue().decode(), "")


def _stream(memory: io.BytesIO) -> io.TextIOWrapper:
    # A buffer over bytes in memory: `zegel import -` peeks into it as into a real pipe.
    return io.TextIOWrapper(io.BufferedRandom(cast("io.RawIOBase", memory)), "utf-8", newline="")


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
