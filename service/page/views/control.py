"""The bar by which a visitor chooses of when a page is, as known when, and beside which moment.

It is a form that works by itself; a script puts a slider beside each field.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ledger.ledger import Ledger
from projections.activity.beginning import first_day
from service.page.nav import N_
from service.page.views.asked import MOMENTS, Asked, Seen, field_time, link_time
from service.page.visit import Visit

_MONTHS: Final = 12
_FIRST_YEARS: Final = 2
"""No year lies before these in the calendar."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A link to the same question at another moment."""

    label: str
    """The id of its message, in English."""
    url: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What the bar shows."""

    path: str
    fields: Mapping[str, str]
    """What stands in the field of each moment; empty where none is named."""
    kept: tuple[tuple[str, str], ...]
    """Other parameters, which the form carries on."""
    first: str
    """Where the sliders begin, as a field holds it."""
    last: str
    """Where they end: the present."""
    moments: tuple[Choice, ...]
    comparisons: tuple[Choice, ...]
    uncompared: str
    """The same without a comparison."""
    changes_only: str
    """The same with, or again without, only what differs."""


def control_of(visit: Visit, seen: Seen) -> Control:
    """The bar of a page; blocking, at the cost of one row."""
    asked, ledger = seen.asked, visit.context.ledger
    now = ledger.clock()
    first = _first(ledger, seen, now)
    values = {name: field_time(getattr(asked, name), visit) for name in MOMENTS}
    kept = [(name, value) for name, value in (("only", asked.only), *asked.filters) if value]
    if asked.changes_only:
        kept.append(("changes", "only"))
    return Control(
        path=asked.path,
        fields=values,
        kept=tuple(kept),
        first=field_time(first, visit),
        last=field_time(now, visit),
        moments=_moments(visit, asked, now),
        comparisons=_comparisons(visit, seen),
        uncompared=asked.url(compared_with=None, compared_known=None, changes=None),
        changes_only=asked.url(changes=None if asked.changes_only else "only"),
    )


def _first(ledger: Ledger, seen: Seen, now: datetime) -> datetime:
    found = first_day(ledger, seen.now.truth.size) or now
    return min(found, seen.now.moment.as_of)


def _moments(visit: Visit, asked: Asked, now: datetime) -> tuple[Choice, ...]:
    local = _midnight(now.astimezone(visit.zone))
    choices = (
        (N_("A month ago"), months_back(local, 1)),
        (N_("Start of this year"), local.replace(month=1, day=1)),
        (N_("A year ago"), months_back(local, _MONTHS)),
    )
    unmoved = asked.as_of is None and asked.as_known is None
    present = asked.url(as_of=None, as_known=None, known_size=None)
    return (
        Choice(N_("Now"), present, unmoved and asked.known_size is None),
        *(
            Choice(label, _at(asked, at), asked.as_of == at and asked.as_known is None)
            for label, at in choices
        ),
    )


def _at(asked: Asked, at: datetime) -> str:
    """The same at another moment; what it is compared with lies before it, or is left out."""
    stays = asked.compared_with is not None and asked.compared_with <= at
    with_what = link_time(asked.compared_with) if stays and asked.compared_with else None
    return asked.url(
        as_of=link_time(at),
        as_known=None,
        known_size=None,
        compared_with=with_what,
        compared_known=None,
    )


def _comparisons(visit: Visit, seen: Seen) -> tuple[Choice, ...]:
    asked, shown = seen.asked, seen.now.moment.as_of
    local = _midnight(shown.astimezone(visit.zone))
    choices = (
        (
            (N_("A month earlier"), months_back(local, 1)),
            (N_("A year earlier"), months_back(local, _MONTHS)),
        )
        if local.year > _FIRST_YEARS
        else ()
    )
    in_world = tuple(
        Choice(
            label,
            asked.url(compared_with=link_time(at), compared_known=None),
            asked.compared_with == at and asked.compared_known is None,
        )
        for label, at in choices
    )
    learned = Choice(
        N_("What was known then"),
        asked.url(compared_with=None, compared_known=link_time(shown)),
        asked.compared_known == shown and asked.compared_with is None,
    )
    return (*in_world, learned) if asked.as_of is not None else in_world


def _midnight(local: datetime) -> datetime:
    return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def months_back(local: datetime, months: int) -> datetime:
    """The same day of an earlier month; its last one, where it is shorter."""
    year, month = divmod(local.year * _MONTHS + local.month - 1 - months, _MONTHS)
    _, days = monthrange(year, month + 1)
    return local.replace(year=year, month=month + 1, day=min(local.day, days))
