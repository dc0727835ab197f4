"""Whether what one event says of data is about what another one stored.

Nothing that a deletion names may contradict; what it names and the stored data do not, it may have
narrowed to, so that only a part is known to be gone. A deletion of one file, contract or customer
is about data that are told to be theirs.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from ledger.personal import WITHHELD
from projections.stored.data import PLACE

Extent = Literal["whole", "part"]

_WITHIN: Final = frozenset({"dataset", "location"})
"""Names with parts: what is below a name is part of it."""
_TELLING: Final = ("file", "object", "contract", "customer")
_ONE_THING: Final = frozenset({"file", "object"})
_NARROWING: Final = frozenset({"dataset", "location", "scope"})
"""What data may have without being told: a deletion that names it may be of a part alone."""


def is_below(name: str, found: str) -> bool:
    """Whether a dataset is another one, or a part of it."""
    return found == name or found.startswith(f"{name}/")


def extent(said: Mapping[str, Any], stored: Mapping[str, Any]) -> Extent | None:
    """How much of stored data a deletion or a check is about; `None`: other data.

    Args:
        said: By the names of `PLACE`, and `count`.
        stored: The same of the stored data.
    """
    agreed: set[str] = set()
    narrower = False
    for name in PLACE:
        wanted, found = said[name], stored[name]
        if wanted is None or WITHHELD in {wanted, found}:
            continue  # the erased are nobody in particular
        if found is None and name in _ONE_THING:
            return None
        if found is None:
            narrower = narrower or name in _NARROWING
        elif is_below(wanted, found) if name in _WITHIN else wanted == found:
            agreed.add(name)
        else:
            return None
    if not agreed - {"system"} or (_telling(said) and agreed.isdisjoint(_TELLING)):
        return None
    some, all_of_it = said.get("count"), stored.get("count")
    fewer = some is not None and all_of_it is not None and some < all_of_it
    return "part" if narrower or fewer else "whole"


def _telling(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """By what one thing among many is named: a file, an object, a contract, a customer."""
    return [(name, row[name]) for name in _TELLING if row[name] not in {None, WITHHELD}]


class Named:
    """Deletions or checks, found by what they name."""

    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        """Files each under all that it names one thing by."""
        self._by: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._elsewhere: list[dict[str, Any]] = []
        for row in rows:
            keys = _telling(row)
            for key in keys:
                self._by.setdefault(key, []).append(row)
            if not keys:
                self._elsewhere.append(row)

    def about(self, stored: Mapping[str, Any]) -> list[tuple[dict[str, Any], Extent]]:
        """Those about some stored data that came at the same time or later, in their order."""
        filed = [row for key in _telling(stored) for row in self._by.get(key, ())]
        some = {row["idx"]: row for row in (*filed, *self._elsewhere)}
        found = [
            (row, how)
            for row in some.values()
            if row["occurred"] >= stored["occurred"] and (how := extent(row, stored)) is not None
        ]
        return sorted(found, key=lambda each: (each[0]["occurred"], each[0]["idx"]))
