"""Leaves the collector of cyclic garbage alone while a batch is folded."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pauses the collector, if it runs.

    A batch makes many objects, none of them in cycles, all of which live until it is written: the
    collector would look through them again and again and find nothing. Where several threads fold
    at once it runs again as soon as one of them is done.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
