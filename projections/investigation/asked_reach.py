"""From where and in which window an incident is followed, as people ask for it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.ledger import Ledger
from ledger.query import full_identity
from ledger.units import Size
from projections.cases.breach import BreachCase
from projections.investigation.extent import Extent
from projections.investigation.timeline import BEFORE, Window, window_of

if TYPE_CHECKING:
    from uuid import UUID

IDENTITIES: Final = {"people": "actor", "addresses": "ip", "subjects": "subject"}
"""Who is followed, with the filter whose way of writing identities is understood."""


class Within(NamedTuple):
    """The windows of a question, and the moment that signals are compared with."""

    window: Window
    signals: Window
    """What was there to be noticed goes on until awareness."""
    aware_at: datetime | None


class Named(NamedTuple):
    """What a question covers."""

    extent: Extent
    unknown: tuple[str, ...]
    """Identities that nobody in the log has."""


def within(
    case: BreachCase | None,
    as_of: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Within:
    """The window as it is given, else that of the breach; of signals from a day before on.

    Args:
        case: The breach, if the question is about one.
        as_of: The moment that is asked about, at which what has no end ends.
        since: As it was given.
        until: Likewise.
    """
    if case is None:
        window = (since, until or as_of)
        return Within(window, window, None)
    start, end = window_of(case)
    aware_at = case.aware_at
    noticed_until = end if aware_at is None or end is None else max(end, aware_at)
    return Within(
        (since or start, until or end or as_of),
        (since or (start - BEFORE if start else None), until or noticed_until or as_of),
        aware_at,
    )


def named_extent(
    ledger: Ledger,
    identities: Mapping[str, Sequence[str]],
    systems: Collection[str],
    window: Window,
    known_size: Size,
) -> Named:
    """What is followed, from identities as people write them.

    Args:
        ledger: The log.
        identities: By a word of `IDENTITIES`.
        systems: That are followed.
        window: From when until when.
        known_size: Only records below this index count.

    Raises:
        BadRequest: a text is no identity.
    """
    found: dict[str, frozenset[UUID]] = {}
    unknown: list[str] = []
    for name, filter_name in IDENTITIES.items():
        subjects: set[UUID] = set()
        for typed in identities.get(name, ()):
            identity = full_identity(filter_name, typed)
            matching = ledger.subjects_matching(identity)
            subjects.update(matching)
            if not matching:
                unknown.append(identity)
        found[name] = frozenset(subjects)
    extent = Extent(
        people=found["people"],
        addresses=found["addresses"],
        subjects=found["subjects"],
        systems=frozenset(systems),
        since=window[0],
        until=window[1],
        known_size=known_size,
    )
    return Named(extent, tuple(unknown))
