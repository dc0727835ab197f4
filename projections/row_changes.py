"""What differs between two answers to one question: of two dates, or as known at two.

Pure. A row is followed by what it is about, never by its place. That other records say the same is
no difference.
"""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

Change = Literal["came", "went", "changed", "same"]
Row = Mapping[str, Any]

ONE_FACT: Final = ("index",)
"""What a row is about that tells of one record."""
A_FILE: Final = ("file",)
_GRANT: Final = ("grant",)
_GRANT_STRETCH: Final = ("grant", "held_from")
_REVIEWED: Final = ("review", "grant")
_FLOW: Final = (
    *("sender", "sender_role", "sender_country"),
    *("recipient", "recipient_role", "recipient_country"),
    *("direction", "exchange_kind", "system"),
)
_ITEM: Final = (
    *("what", "dataset", "scope", "location", "system"),
    *("customer", "contract", "file", "stored_at"),
)
_DELETION: Final = (*_ITEM[:-1], "deleted_at")

SUBJECTS: Final[Mapping[tuple[str, str], Sequence[str]]] = MappingProxyType(
    {
        ("access", "held"): _GRANT,
        ("access", "unused"): _GRANT,
        ("access", "ungranted"): ONE_FACT,
        ("access", "unseen"): _GRANT,
        ("access", "history"): _GRANT_STRETCH,
        ("access", "outlived"): _GRANT,
        ("access", "after-leaving"): ONE_FACT,
        ("access", "processors"): _GRANT,
        ("access", "processor-uses"): (
            *("organisation", "actor", "resource", "act", "purpose", "system"),
        ),
        ("access", "unregistered"): ONE_FACT,
        ("access", "reviews"): ("review",),
        ("access", "review-items"): _REVIEWED,
        ("access", "follow-up"): _REVIEWED,
        ("exchanges", "flows"): _FLOW,
        ("exchanges", "stopped"): ONE_FACT,
        ("exchanges", "each"): ONE_FACT,
        ("retention", "in-force"): ("rule",),
        ("retention", "history"): ("rule", "effective_from", "set_at"),
        **dict.fromkeys(
            [
                ("stored", section)
                for section in ("present", "due", "overdue", "held", "no-rule", "ended-contracts")
            ],
            _ITEM,
        ),
        ("stored", "deleted"): _DELETION,
        ("stored", "verified"): _DELETION,
        ("stored", "unverified"): _DELETION,
        ("stored", "files"): A_FILE,
        ("holds", "standing"): ("hold",),
        ("holds", "history"): ("hold",),
    }
)
"""By view and section: the columns that say what a row is about."""

BESIDE: Final = frozenset(
    (
        *("index", "indexes", "first_index", "last_index", "last_use_index"),
        *("dwell", "dwell_seconds", "after_processing", "after_delivery", "outlived_by"),
    )
)
"""Where it was said, and what grows as time goes by: no part of what a row says."""


class RowChange(NamedTuple):
    """One row as it was and as it is."""

    what: Change
    before: Row | None
    """`None`: it came."""
    after: Row | None
    """`None`: it went."""
    fields: frozenset[str] = frozenset()
    """Which columns differ, of a row that changed."""

    @property
    def row(self) -> Row:
        """As it is; as it was, where it is no more."""
        found = self.before if self.after is None else self.after
        assert found is not None  # noqa: S101 - one of the two is always there
        return found


def row_changes(
    before: Sequence[Row], after: Sequence[Row], subject: Sequence[str]
) -> list[RowChange]:
    """Every row of both answers: those that are in their order, then those that went in theirs.

    Args:
        before: The rows of the earlier answer.
        after: The rows of the later one.
        subject: The columns that say what a row is about. Rows about the same are paired in order.
    """
    earlier: defaultdict[tuple[object, ...], deque[int]] = defaultdict(deque)
    for place, row in enumerate(before):
        earlier[_about(row, subject)].append(place)
    found = []
    paired = set()
    for row in after:
        places = earlier[_about(row, subject)]
        if not places:
            found.append(RowChange("came", None, row))
            continue
        place = places.popleft()
        paired.add(place)
        found.append(_compared(before[place], row))
    went = (row for place, row in enumerate(before) if place not in paired)
    return [*found, *(RowChange("went", row, None) for row in went)]


def _about(row: Row, subject: Sequence[str]) -> tuple[object, ...]:
    return tuple(str(row.get(name)) for name in subject)


def _compared(before: Row, after: Row) -> RowChange:
    names = (before.keys() | after.keys()) - BESIDE
    differing = frozenset(name for name in names if before.get(name) != after.get(name))
    return RowChange("changed" if differing else "same", before, after, differing)
