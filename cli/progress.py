"""Tells on standard error how far long work is: a bar on a terminal, else now and then a line."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Literal

from cli.output import note

SECONDS_BETWEEN_LINES: Final = 10.0

Advance = Callable[[int], None]
"""Told how much is done so far, in the unit of the work."""


@contextmanager
def progress(title: str, total: int | None, unit: Literal["bytes", "records"]) -> Iterator[Advance]:
    """Gives the function that is told how much is done; `total` is `None` when nobody knows."""
    if sys.stderr.isatty() and os.environ.get("TERM") not in {"dumb", "unknown"}:
        with _bar(title, total, unit) as advance:
            yield advance
    else:
        yield _lines(title, total, unit)


@contextmanager
def _bar(title: str, total: int | None, unit: str) -> Iterator[Advance]:
    from cli.rendering import progress_bar  # noqa: PLC0415 - Rich is loaded only to draw

    with progress_bar(unit) as bar:
        task = bar.add_task(title, total=total)

        def advance(done: int) -> None:
            bar.update(task, completed=done)

        yield advance


def _lines(title: str, total: int | None, unit: str) -> Advance:
    said_at = time.monotonic()

    def advance(done: int) -> None:
        nonlocal said_at
        now = time.monotonic()
        if now - said_at < SECONDS_BETWEEN_LINES:
            return
        said_at = now
        of_all = f" of {total:,}" if total is not None else ""
        note(f"{title}: {done:,}{of_all} {unit}")

    return advance
