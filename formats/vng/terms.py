"""How long an act is shown: its term, counted from when it was performed.

Source: VNG Verwerkingenlogging, `bewaartermijn` (ISO 8601 duration) and decision B9559 (the term is
set per action by the application).
"""

import re
from calendar import monthrange
from datetime import datetime, timedelta
from typing import Final

from ledger.store.requests import instant_of
from projections.processing.asking import Terms

_TERM: Final = re.compile(
    r"P(?:(?P<weeks>[0-9]+)W)?(?:(?P<years>[0-9]+)Y)?(?:(?P<months>[0-9]+)M)?(?:(?P<days>[0-9]+)D)?"
    r"(?:T(?:(?P<hours>[0-9]+)H)?(?:(?P<minutes>[0-9]+)M)?(?:(?P<seconds>[0-9]+)S)?)?"
)
_MONTHS: Final = 12


def shown_until(performed_at: datetime, term: str) -> datetime | None:
    """When a term has passed, exclusive; `None`: beyond the year 9999.

    Args:
        performed_at: From when it is counted, aware.
        term: A `TermText`: `P10Y`. Years and months come first; a day that their month does not
            have becomes its last one.
    """
    match = _TERM.fullmatch(term)
    if match is None:
        message = f"term: expected one such as P10Y, found {term!r}"
        raise ValueError(message)
    found = {name: int(text) for name, text in match.groupdict(default="0").items()}
    try:
        months = found.pop("years") * _MONTHS + found.pop("months")
        return _later(performed_at, months) + timedelta(**found)
    except (OverflowError, ValueError):
        return None


def is_shown(terms: Terms, performed: int, now: datetime) -> bool:
    """Whether an act was not withdrawn and its term is not over.

    Args:
        terms: Of the act.
        performed: When, in microseconds since 1970.
        now: Aware.
    """
    if terms.withdrawn:
        return False
    if terms.shown_for is None:
        return True
    until = shown_until(instant_of(performed), terms.shown_for)
    return until is None or now < until


def _later(instant: datetime, months: int) -> datetime:
    year, month = divmod(instant.year * _MONTHS + instant.month - 1 + months, _MONTHS)
    day = min(instant.day, monthrange(year, month + 1)[1])
    return instant.replace(year=year, month=month + 1, day=day)
