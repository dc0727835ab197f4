"""Says in plain words what a field of an event must hold, and what came instead.

The words of a unit stand beside its type (`Meta(title=…, description=…)`); this file finds them by
the path of a field and makes words for the types that have none.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

import msgspec
from msgspec import inspect

_SHOWN_LENGTH: Final = 80
_JSON_WORDS: Final = {None: "null", True: "true", False: "false"}

Path = tuple[str | int, ...]
"""The way to a field: `("purposes", 0, "id")`."""


@cache
def fields_of(event_class: type[msgspec.Struct]) -> dict[str, inspect.Field]:
    """The fields of a class by their names on the wire, in the order of the class."""
    info = inspect.type_info(event_class)
    return {field.encode_name: field for field in _fields(info)}


def field_names(event_class: type[msgspec.Struct], path: Path) -> list[str]:
    """The names of the fields of the object at a path."""
    return [
        field.encode_name
        for part in alternatives(_at(event_class, path))
        for field in _fields(part)
    ]


def expectation(event_class: type[msgspec.Struct], path: Path) -> str:
    """What the field at a path must hold, such as `an instant with an offset, such as …`."""
    return describe(_at(event_class, path))


def shown(value: object) -> str:
    """A value as an error names it: short, and on one line."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    if value is None or isinstance(value, bool):
        return _JSON_WORDS[value]
    text = repr(value)
    return text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}…"


def describe(node: inspect.Type) -> str:
    """What a value of this type looks like, in plain words."""
    return _words(node, "description")


def title(node: inspect.Type) -> str:
    """The short name of a type: `instant`, `country`, `list: word`."""
    return _words(node, "title")


def alternatives(node: inspect.Type) -> Iterator[inspect.Type]:
    """The types that a field may hold, `null` left out."""
    for part in _parts(node):
        if not isinstance(part, inspect.NoneType):
            yield part


def _at(event_class: type[msgspec.Struct], path: Path) -> inspect.Type:
    """The type of the value at a path, or of the nearest that holds it and is known."""
    node: inspect.Type = inspect.type_info(event_class)
    for step in path:
        below = _child(node, step)
        if below is None:
            break
        node = below
    return node


def _parts(node: inspect.Type) -> Sequence[inspect.Type]:
    return node.types if isinstance(node, inspect.UnionType) else (node,)


def _fields(node: inspect.Type) -> tuple[inspect.Field, ...]:
    return node.fields if isinstance(node, inspect.StructType) else ()


def _child(node: inspect.Type, step: str | int) -> inspect.Type | None:
    for part in _parts(node):
        inner = part.type if isinstance(part, inspect.Metadata) else part
        if isinstance(inner, inspect.VarTupleType) and isinstance(step, int):
            return inner.item_type
        if isinstance(inner, inspect.DictType):
            return inner.value_type
        for field in _fields(inner):
            if field.encode_name == step:
                return field.type
    return None


def _words(node: inspect.Type, which: str) -> str:
    parts = list(alternatives(node))
    if len(parts) != 1:
        return " or ".join(_words(part, which) for part in parts)
    part = parts[0]
    if isinstance(part, inspect.Metadata):
        written = (part.extra_json_schema or {}).get(which)
        return str(written) if written else _words(part.type, which)
    return _plain_words(part, short=which == "title")


def _plain_words(node: inspect.Type, *, short: bool) -> str:
    which = "title" if short else "description"
    match node:
        case inspect.VarTupleType():
            inner = _words(node.item_type, which)
            return f"list: {inner}" if short else f"a list, each item {inner}"
        case inspect.StructType():
            return (
                node.cls.__name__
                if short
                else f"an object with {', '.join(f.encode_name for f in node.fields)}"
            )
        case inspect.LiteralType():
            listed = ", ".join(_literal(value, short=short) for value in node.values)
            return listed if short else f"one of {listed}"
        case _:
            title_and_description = _PLAIN.get(type(node), ("value", "another value"))
            return title_and_description[0 if short else 1]


def _literal(value: object, *, short: bool) -> str:
    return f"`{value}`" if short else str(value)


_PLAIN: Final[dict[type[inspect.Type], tuple[str, str]]] = {
    inspect.BoolType: ("yes or no", "true or false"),
    inspect.IntType: ("whole number", "a whole number"),
    inspect.FloatType: ("number", "a number"),
    inspect.StrType: ("text", "a text"),
    inspect.UUIDType: ("UUID", "a UUID such as 0192f5a4-7c1e-7b3a-9d2e-5f6a7b8c9d0e"),
    inspect.DateTimeType: (
        "instant",
        "an instant with an offset, such as 2026-11-22T09:30:00Z",
    ),
    inspect.TimeDeltaType: ("duration", "a duration in ISO 8601, such as PT72H"),
    inspect.DictType: ("named values", "an object of named values"),
}
