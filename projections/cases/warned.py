"""One contradiction between a step and the state of its case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ledger.units import Index


@dataclass(frozen=True, slots=True)
class Warned:
    """What a step contradicts, by which rule, resting on which records."""

    template: str
    """The sentence in English, with the places of its values: `contradicts the risk ({risk})`."""
    source: str = ""
    """The clause of the rule; empty where plain sense is the rule."""
    indexes: tuple[Index, ...] = ()
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Words of the vocabulary by their place in the sentence."""

    @property
    def text(self) -> str:
        """The sentence in English."""
        return self.template.format(**{name: ", ".join(all_) for name, all_ in self.values.items()})

    def __str__(self) -> str:
        records = f" (record {', '.join(map(str, self.indexes))})" if self.indexes else ""
        return self.text + records + (f" [{self.source}]" if self.source else "")
