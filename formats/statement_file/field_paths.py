"""What stands at a field path of a kind, as far as a condition must know it."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from msgspec import Struct, inspect

from ledger.events import KINDS
from ledger.events.wording import alternatives, fields_of


@dataclass(frozen=True, slots=True)
class Leaf:
    """The values that a field can have."""

    words: tuple[str, ...] | None = None
    """All that there are, where the vocabulary lists them."""
    is_personal: bool = False
    """It names people or was typed by them: a rule may ask only whether it is there."""
    is_moment: bool = False
    is_number: bool = False
    is_truth: bool = False
    is_object: bool = False


_PERSONAL: Final = Leaf(is_personal=True)


@cache
def leaf_at(kind: str, path: str) -> Leaf | None:
    """What the field at a path of a kind can hold; `None`: the kind has no such field."""
    first, dot, second = path.partition(".")
    node = _field(KINDS[kind], first)
    if node is None:
        return None
    if not dot:
        return _leaf(node)
    inner = next((part.cls for part in _flat(node) if isinstance(part, inspect.StructType)), None)
    below = None if inner is None else _field(inner, second)
    return None if below is None else _leaf(below)


def paths_of(kind: str) -> list[str]:
    """Every field path of a kind."""
    found = []
    for name, field in fields_of(KINDS[kind]).items():
        found.append(name)
        for part in _flat(field.type):
            if isinstance(part, inspect.StructType):
                found += [f"{name}.{inner}" for inner in fields_of(part.cls)]
    return found


def _field(event_class: type[Struct], name: str) -> inspect.Type | None:
    field = fields_of(event_class).get(name)
    return None if field is None else field.type


def _flat(node: inspect.Type) -> list[inspect.Type]:
    """The types of single values: of a list, those of its items; without their marks."""
    found = []
    for part in alternatives(node):
        bare = part.type if isinstance(part, inspect.Metadata) else part
        found += _flat(bare.item_type) if isinstance(bare, inspect.VarTupleType) else [bare]
    return found


def _is_personal(node: inspect.Type) -> bool:
    return any(
        (isinstance(part, inspect.Metadata) and "personal" in (part.extra or {}))
        or (isinstance(part, inspect.VarTupleType) and _is_personal(part.item_type))
        for part in alternatives(node)
    )


def _leaf(node: inspect.Type) -> Leaf:
    if _is_personal(node):
        return _PERSONAL
    parts = _flat(node)
    words = [
        str(value)
        for part in parts
        if isinstance(part, inspect.LiteralType)
        for value in part.values
    ]
    return Leaf(
        words=tuple(words) if words and len(parts) == 1 else None,
        is_moment=any(isinstance(part, inspect.DateTimeType) for part in parts),
        is_number=any(isinstance(part, inspect.IntType) for part in parts),
        is_truth=any(isinstance(part, inspect.BoolType) for part in parts),
        is_object=any(isinstance(part, inspect.StructType | inspect.DictType) for part in parts),
    )
