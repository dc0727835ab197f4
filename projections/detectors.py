"""Who told of attempts to get in, and how often an address tried by what several told.

Programs that watch each other's logs tell of the same attempts: sshd of each that failed, fail2ban
of each that it found there. Nothing in their facts says which belong together, so what they tell is
never added up: an address tried as often as the detector says that saw most of it.
"""

from collections.abc import Iterable, Mapping
from typing import Final

DETECTOR_FIELDS: Final = ("detector", "parser", "collector")
"""Fields of an event that say who told of it: the first of them that says something counts."""


def detector_of(event: object) -> str:
    """Who told of an event, and nothing where it does not say."""
    for name in DETECTOR_FIELDS:
        found = getattr(event, name, None)
        if found:
            return str(found)
    return ""


def detector_in(values: Mapping[str, object]) -> str:
    """The same by the values of its fields, each alone or as the only one of a list."""
    for name in DETECTOR_FIELDS:
        found = values.get(name)
        if found:
            return str(found[0] if isinstance(found, tuple | list) else found)
    return ""


def most_told(told: Iterable[tuple[str, int]]) -> int:
    """How many the one told of that told of most; 0 where nobody told of any."""
    numbers: dict[str, int] = {}
    for detector, number in told:
        numbers[detector] = numbers.get(detector, 0) + number
    return max(numbers.values(), default=0)
