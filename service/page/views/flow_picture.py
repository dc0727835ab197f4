"""Flows between parties as a picture: senders left, recipients right, a band for each pair.

A band is as wide as its exchanges are many, by logarithm. What was stopped is drawn dashed. The
table beside it says the same in words and numbers.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import log2
from typing import Final, NamedTuple

from projections.row_changes import Change, RowChange

MOST_BANDS: Final = 40
"""So many pairs are drawn, the busiest; the table has all."""
WIDTH: Final = 960
LEFT: Final = 300
RIGHT: Final = 660
_BEND: Final = 480
_STEP: Final = 26
_TOP: Final = 20
_THINNEST: Final = 1.5
_WIDEST: Final = 10.0
_UNNAMED: Final = "?"


class Party(NamedTuple):
    """One party on one side."""

    name: str
    y: int


class Band(NamedTuple):
    """What went from one party to another."""

    sender: str
    recipient: str
    path: str
    """As `d` of an SVG path."""
    width: float
    performed: int
    """How many exchanges were performed."""
    stopped: int
    """How many were blocked or failed."""
    what: Change


class FlowPicture(NamedTuple):
    """The whole picture, in units of its own."""

    height: int
    senders: tuple[Party, ...]
    recipients: tuple[Party, ...]
    bands: tuple[Band, ...]
    left_out: int
    """How many pairs are not drawn."""


class _Pair:
    """Every flow between the same two parties, put together."""

    def __init__(self) -> None:
        self.count = self.stopped = 0
        self.whats: set[Change] = set()

    def add(self, change: RowChange) -> None:
        """Takes one more flow."""
        self.count += change.row["count"]
        self.stopped += change.row["blocked"] + change.row["failed"]
        self.whats.add(change.what)

    @property
    def what(self) -> Change:
        """What became of all of them; a mixture is a change."""
        return next(iter(self.whats)) if len(self.whats) == 1 else "changed"


def flow_picture(changes: Iterable[RowChange]) -> FlowPicture | None:
    """The picture of flows; `None`: there are none.

    Args:
        changes: Rows of the question `flows`, with what became of each.
    """
    pairs: defaultdict[tuple[str, str], _Pair] = defaultdict(_Pair)
    for change in changes:
        row = change.row
        pairs[row["sender"] or _UNNAMED, row["recipient"] or _UNNAMED].add(change)
    busiest = sorted(pairs, key=lambda pair: (-pairs[pair].count - pairs[pair].stopped, pair))
    drawn = busiest[:MOST_BANDS]
    if not drawn:
        return None
    senders = _placed(dict.fromkeys(sender for sender, _ in drawn))
    recipients = _placed(dict.fromkeys(recipient for _, recipient in drawn))
    start = {party.name: party.y for party in senders}
    end = {party.name: party.y for party in recipients}
    return FlowPicture(
        height=_TOP + _STEP * max(len(senders), len(recipients)),
        senders=senders,
        recipients=recipients,
        bands=tuple(_band(pair, pairs[pair], start[pair[0]], end[pair[1]]) for pair in drawn),
        left_out=len(busiest) - len(drawn),
    )


def _placed(names: Iterable[str]) -> tuple[Party, ...]:
    return tuple(Party(name, _TOP + _STEP * place) for place, name in enumerate(names))


def _band(names: Sequence[str], pair: _Pair, start: int, end: int) -> Band:
    sender, recipient = names
    return Band(
        sender=sender,
        recipient=recipient,
        path=f"M {LEFT} {start} C {_BEND} {start} {_BEND} {end} {RIGHT} {end}",
        width=round(min(_THINNEST + _THINNEST * log2(1 + pair.count + pair.stopped), _WIDEST), 1),
        performed=pair.count,
        stopped=pair.stopped,
        what=pair.what,
    )
