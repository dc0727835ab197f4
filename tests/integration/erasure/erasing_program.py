"""Erases one subject and dies at the place that is asked for, as a killed process dies.

python -m tests.integration.erasure.erasing_program URL KEY-FILE IDENTITY PLACE

PLACE is a number: that many things happen (a statement, a commit, a step of the keys, a word about
progress), then the process ends. Without that many, it finishes.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from sqlalchemy import Engine, event

from ledger.ledger import Ledger
from ledger.vault.key_file import FileKeys
from projections.erasing import erase_subject
from tests.erasable_log import BY

DIED = 70


class Places:
    """Counts what happens, and ends it all at one place."""

    def __init__(self, last: int, end: Callable[[], None]) -> None:
        self.seen = 0
        self._last = last
        self._end = end

    def reach(self, *_: object) -> None:
        """One more thing is about to happen, or just did."""
        self.seen += 1
        if self.seen == self._last:
            self._end()


@contextmanager
def watched(engine: Engine, places: Places) -> Iterator[Places]:
    """Statements, commits and steps of the key store are places."""

    def statement(*_: object) -> None:
        places.reach()

    def advance(keys: FileKeys, generation: int) -> None:
        places.reach()
        moved(keys, generation)
        places.reach()

    moved = FileKeys.advance
    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", statement)
    try:
        with mock.patch.object(FileKeys, "advance", advance):
            yield places
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", statement)


def main(url: str, key_file: str, identity: str, place: str) -> None:
    """Erases until it dies."""
    ledger = Ledger.open(database=url, key_file=Path(key_file))
    places = Places(int(place), lambda: os._exit(DIED))
    with watched(ledger.log.engine, places):
        erase_subject(ledger, identity, requested_by=BY, reason="asked", progress=places.reach)
    sys.stdout.write(f"{places.seen}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
