"""Which fields one step of a case takes, and which it says itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from formats.event_fields import EventField, fields_of
from ledger.events import KINDS, resolve_kind

OF_EVERY_STEP: Final = ("occurred_at", "system", "actor", "subjects", "note")
"""Fields of every event that a step takes; the others by `zegel record`."""


@dataclass(frozen=True, slots=True)
class StepPlan:
    """What one step records."""

    kind: str
    """Without version: `breach.closed`."""
    preset: Mapping[str, Any] = field(default_factory=dict)
    """Fields that the step itself says."""
    switches: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What it says instead of that, by the name of a switch."""
    made_apart: frozenset[str] = frozenset()
    """Fields that are not given one by one but follow from something else."""
    decides: bool = False
    """Whether it is a decision, not a report of what happened."""

    @property
    def full_kind(self) -> str:
        """The kind with its version."""
        return resolve_kind(self.kind)

    @property
    def case_field(self) -> str:
        """The field that names the case: `breach_id`."""
        return str(KINDS[self.full_kind].STREAM_FIELD)

    @property
    def case_kind(self) -> str:
        """What the case is: `breach`."""
        return self.case_field.removesuffix("_id")

    def fields(self) -> list[EventField]:
        """What a person gives, the own fields of the kind first, required ones first of these."""
        hidden = {self.case_field, *self.preset, *self.made_apart}
        return [
            each
            for each in fields_of(KINDS[self.full_kind])
            if each.path not in hidden and (each.own or each.path in OF_EVERY_STEP)
        ]
