"""Legal calendars: which days are working days of a country, and which years that is known for.

The Netherlands follow the Algemene termijnenwet (Atw): its statutory days are derived from the
library `holidays` and checked for completeness, so that a year the library does not know is
refused instead of being free of holidays; days equated by decree are data of this package. Every
other country has the nationwide public holidays of the same library and nothing else.

Source: Algemene termijnenwet art. 3; Regulation (EEC, Euratom) No 1182/71 art. 2.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib import metadata, resources
from typing import Final

import msgspec
from msgspec import Struct

from projections.deadlines.refusals import Uncomputable

WEEKEND: Final = {5: "Saturday", 6: "Sunday"}
DUTCH: Final = "NL"
DUTCH_STATUTORY: Final = frozenset(
    {
        "nieuwjaarsdag",
        "goede vrijdag",
        "tweede paasdag",
        "koningsdag",
        "bevrijdingsdag",
        "hemelvaartsdag",
        "tweede pinksterdag",
        "eerste kerstdag",
        "tweede kerstdag",
    }
)
"""Atw art. 3(1) and 3(2), in small letters: the library changed its capitals over time."""

EQUATED: Final = "equated by decree (Atw art. 3(3))"
NATIONWIDE_ONLY: Final = (
    "nationwide public holidays only: regional days, days that custom keeps, and what the Member "
    "State sent to the Official Journal under Regulation 1182/71 art. 2(1) are not in it"
)

Days = Mapping[date, tuple[str, ...]]
"""Closed days of one year, each with its names."""


class CalendarRef(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Which calendar a result rests on: its id, its version, and what is not known of it."""

    id: str
    version: str
    caveat: str | None = None

    def __str__(self) -> str:
        """As results are cited, such as `NL-atw/holidays-0.109/decree-2026`."""
        return f"{self.id}/{self.version}"


class Decrees(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The equated days of the Netherlands, and the years for which they are known."""

    version: str
    source: str
    first_year: int
    last_year: int
    days: tuple[date, ...]


class Calendar(Struct, frozen=True, kw_only=True):
    """The working days of one country; with equated days as holidays, or as working days."""

    country: str
    equated_days: bool = False

    @property
    def ref(self) -> CalendarRef:
        """What a result names when it rests on this calendar."""
        library = _library()
        if self.country == DUTCH:
            return CalendarRef(id="NL-atw", version=f"{library}/decree-{decrees().version}")
        return CalendarRef(id=f"{self.country}-public", version=library, caveat=NATIONWIDE_ONLY)

    def holidays(self, year: int) -> Days:
        """The holidays of a year, in order, Saturdays and Sundays only where one falls on them.

        Raises:
            Uncomputable: the year, or its equated days, are not known.
        """
        found = _dutch_statutory(year) if self.country == DUTCH else _nationwide(self.country, year)
        if not self.equated_days:
            return found
        return dict(sorted({**found, **_equated(self.country, year)}.items()))

    def why_closed(self, day: date) -> str | None:
        """Why a day is no working day, in words; `None` for a working day.

        Raises:
            Uncomputable: the year is not known, also where the day is a Saturday or Sunday.
        """
        names = self.holidays(day.year).get(day, ())
        reasons = (*names, *filter(None, (WEEKEND.get(day.weekday()),)))
        return ", ".join(reasons) or None

    def is_working(self, day: date) -> bool:
        """Whether a day is neither Saturday nor Sunday nor holiday.

        Source: Regulation 1182/71 art. 2(2).
        """
        return self.why_closed(day) is None


def calendar_of(country: str, *, equated_days: bool) -> Calendar:
    """The calendar of a country.

    Args:
        country: Two capital letters of ISO 3166-1.
        equated_days: Whether days equated by decree count as holidays; only the Netherlands have
            such days here.

    Raises:
        Uncomputable: it is no country code.
    """
    if re.fullmatch(r"[A-Z]{2}", country) is None:
        raise Uncomputable(
            "country_not_covered",
            f"country: expected two capital letters such as NL, found {country!r}",
        )
    return Calendar(country=country, equated_days=equated_days and country == DUTCH)


@lru_cache(maxsize=1)
def decrees() -> Decrees:
    """The Dutch decree days that this package carries."""
    folder = resources.files("projections.deadlines") / "calendar_data"
    return msgspec.convert(
        tomllib.loads((folder / "decrees_nl.toml").read_text("utf-8")), Decrees, strict=True
    )


@lru_cache(maxsize=1)
def _library() -> str:
    """Where the holidays come from; read from the installation, which takes a while."""
    return f"holidays-{metadata.version('holidays')}"


@lru_cache(maxsize=512)
def _dutch_statutory(year: int) -> Days:
    # Imported here: the library takes longer to load than most answers take.
    from holidays import country_holidays  # noqa: PLC0415
    from holidays.constants import OPTIONAL, PUBLIC  # noqa: PLC0415

    # PUBLIC alone lacks 5 May in most years; expand would add years that nobody checked.
    listed = country_holidays(
        DUTCH, years=year, categories=(PUBLIC, OPTIONAL), language="nl", expand=False
    )
    named = {
        day: tuple(name for name in listed.get_list(day) if name.casefold() in DUTCH_STATUTORY)
        for day in sorted(listed)
    }
    found = {day: names for day, names in named.items() if names}
    if {name.casefold() for names in found.values() for name in names} != DUTCH_STATUTORY:
        raise Uncomputable(
            "calendar_not_covered", f"the calendar of the Netherlands does not cover {year}"
        )
    return found


@lru_cache(maxsize=512)
def _nationwide(country: str, year: int) -> Days:
    from holidays import (  # noqa: PLC0415 - see _dutch_statutory
        country_holidays,
        list_supported_countries,
    )
    from holidays.constants import PUBLIC  # noqa: PLC0415

    if country not in list_supported_countries(include_aliases=False):
        raise Uncomputable("country_not_covered", f"no calendar of the country {country} is known")
    listed = country_holidays(country, years=year, categories=(PUBLIC,), expand=False)
    # Outside its years the library gives an empty calendar, not an error.
    if not listed:
        raise Uncomputable(
            "calendar_not_covered", f"the calendar of {country} does not cover {year}"
        )
    return {day: tuple(listed.get_list(day)) for day in sorted(listed)}


def _equated(country: str, year: int) -> Days:
    known = decrees()
    if country != DUTCH:
        return {}
    if not known.first_year <= year <= known.last_year:
        raise Uncomputable(
            "calendar_not_covered",
            f"the equated days of {year} are not known; the decrees that are known cover "
            f"{known.first_year} to {known.last_year}",
        )
    return {day: (EQUATED,) for day in known.days if day.year == year}
