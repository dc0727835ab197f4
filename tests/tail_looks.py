"""How far a live tail is, told by its looks: it looks again once what it found was taken."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest

from service.context import Context
from service.queries import following
from service.queries.following import Looked, Tail

if TYPE_CHECKING:
    from ledger.ledger import Ledger

PATIENCE_S: Final = 30.0
_PAUSE_S: Final = 0.02


@contextmanager
def stopped_when_given(context: Context, write: Callable[[], int]) -> Iterator[None]:
    """Ends every answer without end of a service once a tail has given what was recorded.

    Args:
        context: What is served.
        write: Records, beside the block, and gives the size up to which a tail has to come.
    """
    positions: list[int] = []
    look, left = following.look, threading.Event()

    def seen(ledger: "Ledger", tail: Tail) -> Looked:
        positions.append(tail.position)
        return look(ledger, tail)

    def end() -> None:
        size, until = write(), time.monotonic() + PATIENCE_S
        while not any(position >= size for position in positions) and time.monotonic() < until:
            if left.wait(_PAUSE_S):
                break
        context.operations.stopping.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(following, "look", seen)
        ender = threading.Thread(target=end)
        ender.start()
        try:
            yield
        finally:
            left.set()
            ender.join()
            context.operations.stopping.clear()
