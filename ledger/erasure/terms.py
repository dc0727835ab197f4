"""What an erasure is about and what came of it, as values.

Invariant: nothing here names a person; a subject id stands for nobody once its key is gone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Stage = Literal["requested", "destroyed", "swept", "scrubbed", "confirmed"]
"""How far an erasure has come; each stage is durable before the next begins."""

Tell = Callable[[str], None]
"""Told in a few words what is being done now: `clearing views`."""


@dataclass(frozen=True, slots=True)
class ErasedPlace:
    """One disclosure: what a record holds under the key of a subject."""

    index: int
    subject_id: UUID


@dataclass(frozen=True, slots=True)
class ErasureSweep:
    """What views must forget, because it was destroyed."""

    requested_index: int
    """Of the `log.erasure_requested` record."""
    subject_ids: Callable[[], Iterator[Sequence[UUID]]]
    """The subjects that have no key any more, in batches; each call begins anew."""
    indexes: Callable[[], Iterator[Sequence[int]]]
    """The records that lost a disclosure, ascending, in batches; each call begins anew."""


Sweep = Callable[[ErasureSweep], None]
"""Clears every view cell that holds what was destroyed; durable on return, and repeatable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureOutcome:
    """One erasure that is complete."""

    requested_index: int
    confirmed_index: int
    key_ids: tuple[UUID, ...]
    """The subjects whose keys were destroyed, where they are few enough to be named."""
    keys_destroyed: int
    disclosures_destroyed: int
    records: int
    """How many records lost a disclosure."""
    horizon: datetime | None
    """When the last backup that could hold the keys has expired; `None`: not known."""
