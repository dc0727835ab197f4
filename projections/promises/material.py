"""What rules judge: a judged event, the events that its verdict rests on, and verdicts in time.

Instants are microseconds since 1970; `FOREVER` is the end of what has none, in instants and in
indexes.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, Protocol

from projections.bitemporal import FOREVER
from projections.promises.conditions import Parameters
from projections.promises.values import Terms

KEPT: Final = "kept"
BROKEN: Final = "broken"
PENDING: Final = "pending"
UNDETERMINABLE: Final = "undeterminable"

Effect = Literal["opens", "closes", "uses"]


class Ask(NamedTuple):
    """An event that a rule judges."""

    rule: int
    """The number of the rule."""
    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs
    moment: int
    terms: Terms
    links: tuple[tuple[str, ...], ...] = ()
    """For each need, the links under which other events may meet it."""
    gone: int = FOREVER
    """The index of the record that took it back."""
    alike: Hashable = None
    """Equal for two events of one verdict while nothing changes; nothing where that is not so."""


class Evidence(NamedTuple):
    """An event on which verdicts about others depend."""

    need: int
    """The number of the need that it serves."""
    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs
    link: str
    """The need with the key under which it is met; with nothing, if it only names a case."""
    stream: str
    """The need with the case that it belongs to; empty for a kind that has none."""
    moment: int
    until: int
    effect: Effect
    terms: Terms
    gone: int = FOREVER


def names_only_case(each: Evidence) -> bool:
    """Whether it ends whatever serves the need on its case, and names nothing else."""
    return each.effect == "closes" and bool(each.stream) and not each.link.partition(" ")[2]


class Segment(NamedTuple):
    """A verdict over a stretch of time of the world."""

    valid_from: int
    valid_to: int
    verdict: str
    due: int | None = None
    measure: int | None = None
    reason: str | None = None
    evidence: tuple[int, ...] = ()
    """The indexes it rests on beside the judged event."""


@dataclass(frozen=True, slots=True)
class InForce:
    """What a promise is, and what was decided about it, at one moment by one state of knowledge."""

    parameters: Parameters = field(default_factory=dict)
    zone: str = "Europe/Amsterdam"
    valid_to: int = FOREVER
    """Until when this stands."""
    waived: tuple[tuple[int, int, int], ...] = ()
    """From when until when a state is not checked, and the record by which that was decided."""


class Machine(Protocol):
    """The state machine of one kind of rule."""

    def judge(
        self, ask: Ask, known: Sequence[Sequence[Evidence]], in_force: InForce
    ) -> list[Segment]:
        """The verdicts about one event, in order of time and without gaps from its moment on.

        Args:
            ask: The judged event.
            known: For each need, what stands recorded of it, in order of moment and index.
            in_force: Parameters and zone at the moment of the event.
        """


def throughout(
    moment: int, verdict: str, reason: str | None = None, *rests_on: int
) -> list[Segment]:
    """One verdict from a moment on."""
    return [Segment(moment, FOREVER, verdict, None, None, reason, rests_on)]
