"""Does the same with each event of several, so that a refusal tells which one it is about."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from ledger.errors import RecordingRefused

Given = TypeVar("Given")
Made = TypeVar("Made")


def each_in_place(work: Callable[[Given], Made], given: Sequence[Given]) -> list[Made]:
    """What `work` makes of each, in order.

    Raises:
        RecordingRefused: as `work` does, with the place of what it refused.
    """
    made: list[Made] = []
    try:
        for each in given:
            made.append(work(each))  # noqa: PERF401 - how many were made is the place
    except RecordingRefused as error:
        error.place = len(made)
        raise
    return made
