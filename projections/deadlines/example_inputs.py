"""The inputs of one worked example, read with the place of whatever is wrong in them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from ledger.errors import BadRequest, FormatError
from projections.deadlines.local_times import instant_of_local, zone_named
from projections.deadlines.result import Anchor

DEFAULT_ZONE: Final = "Europe/Amsterdam"
LARGEST: Final = 1_000_000


class Inputs:
    """Named values of an example; every reading names its place when it fails."""

    def __init__(self, place: str, values: Mapping[str, Any]) -> None:
        """Remembers what the example is called and what it gives."""
        self.place = place
        self._values = values

    def __contains__(self, name: str) -> bool:
        """Whether the example gives that input."""
        return name in self._values

    def names(self) -> str:
        """The names of what is given."""
        return ", ".join(self._values) or "nothing"

    def wrong(self, name: str, expected: str, found: object) -> FormatError:
        """The error that names the place of a wrong value."""
        shown = found if isinstance(found, str) else repr(found)
        return FormatError(f"{self.place}, {name}", expected, shown)

    def allow(self, *names: str) -> None:
        """Refuses inputs that nobody would read: a typing error would go unseen.

        Raises:
            FormatError: another input is given.
        """
        for name in self._values:
            if name not in names:
                raise self.wrong(f"inputs/{name}", f"one of {', '.join(names)}", "another input")

    def zone_name(self) -> str:
        """The zone of the duty-bearer; Europe/Amsterdam where none is given."""
        name = self._values.get("zone", DEFAULT_ZONE)
        if not isinstance(name, str):
            raise self.wrong("inputs/zone", "an IANA zone", name)
        try:
            zone_named(name)
        except BadRequest as error:
            raise self.wrong("inputs/zone", "an IANA zone", name) from error
        return name

    def instant(self, name: str) -> Anchor:
        """An instant; a time without offset counts in the zone, if the example names one.

        Raises:
            FormatError: it is missing or no time.
            Uncomputable: it has neither offset nor zone, or occurs twice or never.
        """
        return Anchor(at=self._instant(name, self._text(name)))

    def day(self, name: str) -> Anchor:
        """A date."""
        text = self._text(name)
        try:
            return Anchor(on=date.fromisoformat(text))
        except ValueError as error:
            raise self.wrong(f"inputs/{name}", "a date such as 2026-03-05", text) from error

    def moment(self, stem: str) -> Anchor:
        """A date under `…_on` or an instant under `…_at`, whichever is given."""
        on, at = f"{stem}_on", f"{stem}_at"
        if (on in self) == (at in self):
            raise self.wrong("inputs", f"either {on} or {at}", self.names())
        return self.day(on) if on in self else self.instant(at)

    def moment_named(self, name: str) -> Anchor:
        """A date or an instant under one name: a time of day makes it an instant."""
        text = self._text(name)
        return self.instant(name) if "T" in text or " " in text else self.day(name)

    def number(self, name: str) -> int:
        """A whole number from 1 on."""
        value = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LARGEST:
            raise self.wrong(f"inputs/{name}", f"a whole number from 1 to {LARGEST}", value)
        return value

    def switch(self, name: str) -> bool:
        """True or false; false where absent."""
        value = self._values.get(name, False)
        if not isinstance(value, bool):
            raise self.wrong(f"inputs/{name}", "true or false", value)
        return value

    def _text(self, name: str) -> str:
        value = self._values.get(name)
        if not isinstance(value, str):
            raise self.wrong(f"inputs/{name}", "a date or time in ISO 8601", value)
        return value

    def _instant(self, name: str, text: str) -> datetime:
        try:
            local = datetime.fromisoformat(text)
        except ValueError as error:
            expected = "a time such as 2026-04-03T17:30:00+02:00"
            raise self.wrong(f"inputs/{name}", expected, text) from error
        zone = zone_named(self.zone_name()) if "zone" in self else None
        return instant_of_local(local, zone)
