"""The people in an answer: which tokens it holds, and the same answer with their names."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

_TOKEN: Final = re.compile(r"\b[a-z][a-z-]*#([0-9a-f]{32})\b")

Row = tuple[Any, ...]


def subjects_in(rows: Iterable[Row]) -> list[UUID]:
    """The subjects whose tokens stand anywhere in the rows, each once, in order."""
    found: dict[UUID, None] = {}
    for row in rows:
        for text in _texts(row):
            found.update((UUID(match[1]), None) for match in _TOKEN.finditer(text))
    return list(found)


def with_names(
    columns: Sequence[tuple[str, str]], rows: Iterable[Row], identities: Mapping[UUID, str]
) -> list[Row]:
    """The rows with identities in place of tokens; a token of somebody erased stays.

    Args:
        columns: Name and type of each; inside JSON a name is written as JSON writes it.
        rows: What stands in them.
        identities: By subject.
    """

    def name(match: re.Match[str]) -> str:
        return identities.get(UUID(match[1]), match[0])

    def name_in_json(match: re.Match[str]) -> str:
        return msgspec.json.encode(name(match)).decode()[1:-1]

    names = [name_in_json if kind.startswith("JSON") else name for _, kind in columns]
    return [
        tuple(_replaced(cell, name) for cell, name in zip(row, names, strict=True)) for row in rows
    ]


def _texts(cell: object) -> Iterable[str]:
    if isinstance(cell, str):
        yield cell
    elif isinstance(cell, Mapping):
        for key, value in cell.items():
            yield from _texts(key)
            yield from _texts(value)
    elif isinstance(cell, Sequence) and not isinstance(cell, bytes):
        for each in cell:
            yield from _texts(each)


def _replaced(cell: Any, name: Any) -> Any:  # noqa: ANN401 - whatever an answer holds
    if isinstance(cell, str):
        return _TOKEN.sub(name, cell)
    if isinstance(cell, Mapping):
        return {_replaced(key, name): _replaced(value, name) for key, value in cell.items()}
    if isinstance(cell, Sequence) and not isinstance(cell, bytes):
        return [_replaced(each, name) for each in cell]
    return cell
