"""How records are shown in a table: the columns of the history, and what stands for the erased."""

from collections.abc import Mapping
from typing import Any, Final

from cli.output import Column
from ledger.erased_words import erased_words

LOG_COLUMNS: Final = (
    Column("index", "index", "index"),
    Column("occurred_at", "occurred", "instant"),
    Column("kind", "kind", "word"),
    Column("system", "system", "word"),
    Column("actor", "actor", "word"),
    Column("sentence", "what happened", "prose"),
)


def told_erased(fields: Mapping[str, Any], erased: Mapping[str, int]) -> dict[str, Any]:
    """The fields of an event with erased values, where words say which event erased them."""
    told: dict[str, Any] = {}
    for path, event in erased.items():
        name, slash, place = path.partition("/")
        found = told.get(name, fields.get(name))
        if not slash:
            told[name] = erased_words(event)
        elif isinstance(found, list | tuple) and place.isdigit() and int(place) < len(found):
            told[name] = [*found[: int(place)], erased_words(event), *found[int(place) + 1 :]]
    return told
