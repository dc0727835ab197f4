"""What the options that every command shares say: which home, which database, which zone.

They may stand before or after the command; what is nearest to the command wins.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from ledger.home import Home
    from ledger.ledger import Ledger
    from ledger.signing.signing_folder import SigningFolder

LOCAL_ZONE: Final = "Europe/Amsterdam"


@dataclass(slots=True)
class Session:
    """The shared settings of one command line; `None` leaves it to the default."""

    home: Path | None = None
    database: str | None = None
    utc: bool = False
    debug: bool = False

    @property
    def zone(self) -> "tzinfo":
        """The zone in which times are shown, and read when they name none."""
        from datetime import UTC  # noqa: PLC0415 - start time: see cli/app.py
        from zoneinfo import ZoneInfo  # noqa: PLC0415 - likewise

        return UTC if self.utc else ZoneInfo(self.calendar_zone)

    @property
    def calendar_zone(self) -> str:
        """The zone on whose local dates terms run, whatever zone times are shown in."""
        from ledger.errors import ZegelError  # noqa: PLC0415 - start time: see cli/app.py

        try:
            return self.open_home().settings().zone
        except ZegelError:  # no home yet: whoever needs one says so
            return LOCAL_ZONE

    def open_home(self) -> "Home":
        """The home folder, whether it exists or not."""
        from ledger.home import Home  # noqa: PLC0415 - start time: see cli/app.py

        return Home(self.home) if self.home is not None else Home.default()

    def signing_folder(self) -> "SigningFolder":
        """Where this home keeps signing keys and what was signed last."""
        from ledger.signing.signing_folder import SigningFolder  # noqa: PLC0415 - start time: see cli/app.py

        return SigningFolder(self.open_home().folder)

    @contextmanager
    def open_ledger(self) -> "Iterator[Ledger]":
        """The ledger of this home, closed at the end.

        Raises:
            StoreUnavailable: there is none, or its database or key cannot be used.
        """
        ledger = self.open_home().open_ledger(database=self.database)
        try:
            yield ledger
        finally:
            ledger.close()
