"""Where the labels of a timeline stand: none touches another, none leaves the picture.

A stem never crosses the words of another label either. What finds no room gets no label; the
caller says how many.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

from formats.breach_dossier.picture_scale import LEFT, RIGHT

MOST_ROWS: Final = 12
_LONGEST: Final = 40
_MOST: Final = 40
"""So many labels at most; the rows suffice for fewer."""
_SIZE: Final = 12
_GAP: Final = 7
_NARROW: Final = frozenset("iljtfrI.,:;'|!()[] ")
_WIDE: Final = frozenset("mwMW@%—…")


class Wanted(NamedTuple):
    """A label before it has a place."""

    rank: int
    """The lowest come first, where there is no room for all."""
    x: float
    last_x: float
    """Of the last step that shares it."""
    text: str
    part: str
    steps: int
    """How many steps share it."""
    record: int = 0
    """The record of the first of them."""


class Label(NamedTuple):
    """A label with its place: its stem at `x`, its row counted from the line upwards."""

    x: float
    row: int
    text: str
    part: str
    anchor: Literal["start", "end"]
    steps: int
    record: int = 0

    @property
    def left(self) -> float:
        """Where its words begin."""
        return self.x - text_width(self.text) - 4 if self.anchor == "end" else self.x + 4

    @property
    def right(self) -> float:
        """Where its words end, at most."""
        return self.left + text_width(self.text)


def text_width(text: str, size: int = _SIZE) -> float:
    """How wide a text is at most, in units of the picture, in a sans-serif of usual width."""
    return sum(map(_character_width, text)) * size


def _character_width(character: str) -> float:
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.05
    if character in _WIDE:
        return 1.0
    if character in _NARROW:
        return 0.42
    return 0.78 if character.isupper() else 0.65


def placed_labels(
    wanted: Sequence[Wanted], left: float = LEFT, right: float = RIGHT
) -> list[Label]:
    """Labels with places, each in the lowest row in which nothing is in its way.

    Where the rows do not suffice, the least important label is left out until they do.

    Args:
        wanted: The labels.
        left: Where the picture begins for them.
        right: Where it ends for them.
    """
    chosen = sorted(wanted, key=lambda each: each.rank)[:_MOST]
    while True:
        placed = _placed(chosen, left, right)
        if placed is not None:
            return placed
        del chosen[-1]


def _placed(chosen: Sequence[Wanted], begin: float, end: float) -> list[Label] | None:
    """Labels with places; `None` where one of them finds none.

    Words that point to the right are placed from the right, so that they lie above the stems which
    they pass; words that point to the left, because the picture ends, the other way round.
    """
    edge = _left_of_those_that_turn(chosen, end)
    placed: list[Label] = []
    turned = sorted((each for each in chosen if each.x > edge), key=lambda each: each.x)
    others = sorted((each for each in chosen if each.x <= edge), key=lambda each: -each.x)
    for each in (*turned, *others):
        found = _rows_of(each, "end" if each.x > edge else "start")
        inside = (label for label in found if label.left >= begin and label.right <= end)
        label = _first_free(inside, placed)
        if label is None:
            return None
        placed.append(label)
    return placed


def _left_of_those_that_turn(chosen: Sequence[Wanted], end: float) -> float:
    """Right of here words point to the left: at the end, and where such words stand above."""
    edge = end
    for each in sorted(chosen, key=lambda each: -each.x):
        width = text_width(_told(each)) + 5
        if each.x + width > end or each.x > edge:
            edge = min(edge, each.x - width)
    return edge


def _told(wanted: Wanted) -> str:
    text = wanted.text if len(wanted.text) <= _LONGEST else f"{wanted.text[: _LONGEST - 1]}…"
    return text if wanted.steps == 1 else f"{text} ×{wanted.steps}"  # noqa: RUF001 - a times sign is meant


def _rows_of(wanted: Wanted, anchor: Literal["start", "end"]) -> Iterator[Label]:
    for row in range(MOST_ROWS):
        yield Label(wanted.x, row, _told(wanted), wanted.part, anchor, wanted.steps, wanted.record)


def _first_free(labels: Iterable[Label], placed: Sequence[Label]) -> Label | None:
    """The first place in which nothing is in the way."""
    return next(
        (label for label in labels if not any(_are_in_the_way(label, other) for other in placed)),
        None,
    )


def _are_in_the_way(one: Label, other: Label) -> bool:
    """Whether words would touch words, or a stem cross words, of two labels."""
    if one.row == other.row:
        # The words and the stem beside them are one piece.
        return not (_end(one) + _GAP < _start(other) or _end(other) + _GAP < _start(one))
    low, high = (one, other) if one.row < other.row else (other, one)
    return low.left - 3 < high.x < low.right + 3


def _start(label: Label) -> float:
    return min(label.left, label.x)


def _end(label: Label) -> float:
    return max(label.right, label.x)
