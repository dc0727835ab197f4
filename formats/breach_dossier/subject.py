"""What a dossier is about: a breach at a moment, with what proves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from ledger.units import Hash32, Size
from projections.cases.breach import BreachCase
from projections.cases.clock import Clock
from projections.cases.reading import Moment
from projections.investigation.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The signed checkpoint under which the evidence is proven, as it was signed."""

    note: str
    size: Size


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachSubject:
    """What is told of a breach, read at one moment."""

    stream: UUID
    """Of the case."""
    name: str
    """The case as people call it."""
    moment: Moment
    case: BreachCase
    clocks: tuple[Clock, ...]
    timeline: Timeline
    shows_words: bool = False
    """Whether the records' own words and people are in it, against a recorded reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierSubject(BreachSubject):
    """Everything that a dossier tells: a breach with what proves it."""

    origin: str
    root: Hash32
    """Of the tree of the records that were known at that moment."""
    checkpoint: Checkpoint | None = None
    leaf_hashes: Mapping[int, Hash32] = field(default_factory=dict)
    """Of the records that it rests on, by index."""
    files: tuple[tuple[str, str], ...] = ()
    """Names of the files that go along, each with its role: `evidence`, `case`, `checkpoint`."""

    @property
    def size(self) -> Size:
        """How many records were known at that moment."""
        return self.moment.known_size

    @property
    def unproven(self) -> tuple[int, ...]:
        """The records that it rests on and that the checkpoint does not cover, ascending."""
        covered = 0 if self.checkpoint is None else self.checkpoint.size
        return tuple(index for index in sorted(self.leaf_hashes) if index >= covered)
