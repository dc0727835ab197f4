"""What the options that every command shares say: which home, which log, database and zone.

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
    log: str | None = None
    """One of the logs of the home, by its name there."""
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
        """The home folder of the log that is meant, whether it exists or not.

        Raises:
            BadRequest: a log was named that the home does not have.
        """
        if self.log is None:
            return self._given_home()
        from ledger.many_logs.home_logs import named_log  # noqa: PLC0415 - start time: see cli/app.py

        return named_log(self.whole_home(), self.log)

    def whole_home(self) -> "Home":
        """The home folder with all its logs, whether it exists or not."""
        home = self._given_home()
        return home.around or home

    def _given_home(self) -> "Home":
        from ledger.home import Home  # noqa: PLC0415 - start time: see cli/app.py

        return Home(self.home) if self.home is not None else Home.default()

    @property
    def typed_database(self) -> str | None:
        """The database that was typed; one of the environment is that of the home."""
        import os  # noqa: PLC0415 - start time: see cli/app.py

        from ledger.home import DATABASE_VARIABLE  # noqa: PLC0415 - likewise

        return None if self.database == os.environ.get(DATABASE_VARIABLE) else self.database

    def signing_folder(self) -> "SigningFolder":
        """Where this home keeps signing keys and what was signed last."""
        from ledger.signing.signing_folder import SigningFolder  # noqa: PLC0415 - start time: see cli/app.py

        return SigningFolder(self.open_home().folder)

    @contextmanager
    def open_ledger(self) -> "Iterator[Ledger]":
        """The ledger of the log that is meant, closed at the end.

        Raises:
            StoreUnavailable: there is none, or its database or key cannot be used.
        """
        ledger = self.open_home().open_ledger(database=self.typed_database)
        try:
            yield ledger
        finally:
            ledger.close()
