"""What others ask of the views: catch up, rebuild, and the state at a moment.

An answer is true up to a size of the log and says which: the head is read first, the view catches
up at least that far, and only what the records below that size say is shown. Records that arrive
meanwhile play no part, so size, root and rows always belong together.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from ledger.errors import BadRequest
from ledger.ledger import Ledger
from ledger.merkle import Frontier
from ledger.personal import token_text
from ledger.units import Size, ZoneName
from projections import running
from projections.access import ACCESS
from projections.activity import ACTIVITY
from projections.agreements import AGREEMENTS
from projections.blocks import BLOCKS
from projections.cases.view import CASES
from projections.exchanges import EXCHANGES
from projections.holds import HOLDS
from projections.policies import POLICIES
from projections.processing import PROCESSING
from projections.promises.view import PROMISES, STATEMENTS
from projections.register import REGISTER
from projections.retention import RETENTION
from projections.running import Progress
from projections.snapshot import reader_at
from projections.stored import STORED
from projections.systems import SYSTEMS
from projections.view import Filter, View, ViewAnswer

VIEWS: Final[Mapping[str, View]] = MappingProxyType(
    {
        view.name: view
        for view in (
            ACCESS,
            EXCHANGES,
            BLOCKS,
            POLICIES,
            REGISTER,
            AGREEMENTS,
            SYSTEMS,
            ACTIVITY,
            CASES,
            HOLDS,
            RETENTION,
            STORED,
            PROCESSING,
            STATEMENTS,
            PROMISES,
        )
    }
)
"""Every view by name."""

_NAMED: Final = re.compile("(person|ip|data-subject):|[^:]*#")
"""How an identity or a token begins that says itself of what sort it is."""


def catch_up(
    ledger: Ledger, names: Iterable[str] | None = None, *, progress: Progress | None = None
) -> Size:
    """How many records the views (all, if none is named) hold at least.

    Raises:
        BadRequest: there is no view of such a name.
        StoreUnavailable: the database cannot be used.
    """
    return running.catch_up(ledger, named_views(names), progress=progress)


def rebuild(
    ledger: Ledger, names: Iterable[str] | None = None, *, progress: Progress | None = None
) -> Size:
    """How many records the views (all, if none is named) hold after being folded anew.

    Raises:
        BadRequest: there is no view of such a name.
        StoreUnavailable: the database cannot be used.
    """
    return running.rebuild(ledger, named_views(names), progress=progress)


def state(
    ledger: Ledger,
    name: str,
    /,
    *,
    as_of: datetime | None = None,
    as_known: datetime | Size | None = None,
    only: str | None = None,
    zone: ZoneName = "Europe/Amsterdam",
    most: int | None = None,
    first_index: int = 0,
    **filters: str | Sequence[str],
) -> ViewAnswer:
    """What a view says about a moment, as it was known at another.

    Args:
        ledger: The log; the view catches up with it first.
        name: Which view.
        as_of: The moment asked about, aware; the present if not given, or `as_known` if that is.
        as_known: Only what was recorded at or before this instant counts, or only records below
            this index; all, if not given.
        only: Which of the view's sections; the first if not given.
        zone: Whose calendar counts where a term ends with a day.
        most: So many rows at most, the latest, where an answer has one for each fact, so that a
            page never reads a whole history; all, if not given.
        first_index: Facts of records below this index are left out, for the same reason.
        filters: Names of `View.filters` with one value or several, of which one must match.

    Raises:
        BadRequest: there is no such view, section, filter or case, or no such kind of identity.
        StoreUnavailable: the database cannot be used.
    """
    (view,) = named_views([name])
    section_name = only or next(iter(view.sections))
    section = view.sections.get(section_name)
    if section is None:
        raise _unknown(f"section of the view {name}", section_name, view.sections)
    chosen = {key: _values(ledger, view, key, value) for key, value in filters.items()}
    known_at = as_known if isinstance(as_known, datetime) else None
    moment = as_of or known_at or ledger.clock()
    head = ledger.head()
    if isinstance(as_known, datetime):
        as_known = ledger.size_at(as_known)
    known = head.size if as_known is None else Size(min(as_known, head.size))
    with reader_at(
        ledger, view, moment, known, chosen, zone=zone, most=most, first_index=first_index
    ) as reader:
        rows = section.rows(reader)
    return ViewAnswer(
        view=view.name,
        section=section_name,
        columns=section.columns,
        rows=rows,
        as_of=moment,
        as_known=known_at,
        known_size=known,
        size=head.size,
        root=Frontier(head.size, head.frontier).root(),
    )


def named_views(names: Iterable[str] | None) -> list[View]:
    """The views of these names; all, if none is named.

    Raises:
        BadRequest: there is no view of such a name.
    """
    if names is None:
        return list(VIEWS.values())
    views = []
    for name in names:
        if name not in VIEWS:
            raise _unknown("view", name, VIEWS)
        views.append(VIEWS[name])
    return views


def _values(ledger: Ledger, view: View, name: str, given: str | Sequence[str]) -> list[str]:
    wanted = view.filters.get(name)
    if wanted is None:
        raise _unknown(f"filter of the view {view.name}", name, view.filters)
    values = [given] if isinstance(given, str) else list(given)
    if wanted.value == "count":
        return [_count(name, value) for value in values]
    return [text for value in values for text in filter_cells(ledger, wanted, value)]


def _count(name: str, value: str) -> str:
    if re.fullmatch("[0-9]{1,18}", value) is None:
        raise BadRequest(f"{name}: expected a whole number such as 4000000, found {value!r}")
    return value


def filter_cells(ledger: Ledger, wanted: Filter, value: str) -> list[str]:
    """What stands in a view's cells for a value as people give it; of somebody unknown nothing.

    Raises:
        BadRequest: the value is no identity, where one is wanted.
    """
    if wanted.value == "identity":
        identity = value if _NAMED.match(value) else f"{wanted.namespace}:{value}"
        namespace = identity.partition("#" if "#" in identity else ":")[0]
        return [
            token_text(namespace, subject_id) for subject_id in ledger.subjects_matching(identity)
        ]
    if wanted.value == "case":
        stream = ledger.case_stream(wanted.namespace, value)
        return [str(stream) if stream is not None else value]
    return [value]


def _unknown(what: str, found: str, known: Iterable[str]) -> BadRequest:
    names = sorted(known)
    close = get_close_matches(found, names, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return BadRequest(f"{what}: expected one of {', '.join(names)}, found {found!r}{hint}")
