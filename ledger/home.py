"""The folder in which one installation keeps its log, keys and settings.

    zegel.toml            settings; its presence says that the home is complete
    zegel.db              the log, unless a database elsewhere is named
    keys/vault.key.json   the keys; whoever backs up the database must not back them up with it
    quarantine/           lines of sources that could not be read; in refused/ what was sent to the
                          service and refused
    sources/              what is remembered of each source: its running numbers, when it was heard
    logs/NAME/            another log of the same home: a home of its own, which takes the settings
                          that it does not say from the one around it (`ledger.many_logs.home_logs`)

What the signer needs lies there too; `ledger.signing.signing_folder` says where.

Crash order of `init`: folders, key file, database, settings. Each step is durable before the next,
and a repeated `init` goes on wherever a crash left it; it never replaces keys or settings.
"""

import os
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import platformdirs

from ledger.errors import BadRequest, StoreUnavailable
from ledger.inherited_settings import with_inherited
from ledger.private_files import write_new_file
from ledger.setting_sources import Chosen, choose, serve_table
from ledger.settings import (
    DEFAULT_ZONE,
    Settings,
    checked_settings,
    require_zone,
    settings_text,
)
from ledger.units import Clock, utc_now
from ledger.vault.key_stores import KeyPlace, key_place, keys_exist

if TYPE_CHECKING:
    from ledger.ledger import Ledger

HOME_VARIABLE: Final = "ZEGEL_HOME"
LOGS_FOLDER: Final = "logs"
DATABASE_VARIABLE: Final = "ZEGEL_DATABASE"
_OWN_DATABASE: Final = "sqlite:///zegel.db"
_SQLITE: Final = "sqlite:///"
_READ_ELSEWHERE: Final = frozenset({"timestamp_authority", "witness", "witness_quorum", "serve"})
"""Settings that `ledger.anchors.settings` and `ledger.setting_sources` understand; few commands
need them."""


@dataclass(frozen=True, slots=True)
class Home:
    """The paths of one home; nothing is read or made before it is asked for."""

    folder: Path

    @classmethod
    def default(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The home that `ZEGEL_HOME` names, otherwise the data folder of this user.

        Source: XDG Base Directory Specification (XDG_DATA_HOME).
        """
        named = environment.get(HOME_VARIABLE)
        return cls(Path(named).expanduser() if named else platformdirs.user_data_path("zegel"))

    @property
    def settings_file(self) -> Path:
        """Where the settings are."""
        return self.folder / "zegel.toml"

    @property
    def key_file(self) -> Path:
        """Where the keys are."""
        return self.folder / "keys" / "vault.key.json"

    @property
    def quarantine(self) -> Path:
        """Where unreadable lines are kept for the operator."""
        return self.folder / "quarantine"

    def init(
        self,
        origin: str | None = None,
        *,
        database: str | None = None,
        zone: str = DEFAULT_ZONE,
        key_store: str | None = None,
        backup_retention_days: int | None = None,
        clock: Clock = utc_now,
    ) -> "Ledger":
        """A new, empty log with its keys and settings; all durable on return.

        Args:
            origin: The name of the log: a URL without scheme. Without one it is made up.
            database: A URL; without one the log is a file inside the home.
            zone: In which times are shown.
            key_store: A `pkcs11:` URI; without one the keys are a file inside the home.
            backup_retention_days: After how many days no backup of the database is left.
            clock: Gives `recorded_at`.

        Raises:
            StoreUnavailable: there is a complete home already, or it cannot be written.
            BadRequest: zone or key store is unknown, or the keys there are those of another origin.
        """
        if self.settings_file.exists():
            raise StoreUnavailable(
                f"{self.settings_file}: expected no settings, found some; nothing was changed"
            )
        require_zone(zone)
        if key_store is not None and origin is None:
            raise BadRequest(
                "origin: expected one, for a token may hold keys of many logs, found none"
            )

        def text_of(origin: str) -> str:
            return settings_text(
                Settings(
                    origin,
                    database or _OWN_DATABASE,
                    zone,
                    key_store,
                    backup_retention_days=backup_retention_days,
                )
            )

        url = self._resolved(database or _OWN_DATABASE)
        return self.make(url, key_place(key_store, self.key_file), origin, text_of, clock)

    def make(
        self,
        url: str,
        place: KeyPlace,
        origin: str | None,
        text_of: Callable[[str], str],
        clock: Clock,
    ) -> "Ledger":
        """A new log with its folders, keys and settings file; all durable on return.

        Args:
            url: Of the database.
            place: Of the keys.
            origin: The name of the log; without one it is made up.
            text_of: Gives the settings file for an origin.
            clock: Gives `recorded_at`.

        Raises:
            StoreUnavailable: folder, keys or database cannot be written.
            BadRequest: the keys there are those of another origin.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.quarantine.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"{self.folder} cannot be written: {error.strerror}") from error
        ledger = self._found(url, place, origin, clock)
        try:
            write_new_file(self.settings_file, text_of(ledger.origin).encode())
        except OSError as error:
            ledger.close()
            raise StoreUnavailable(f"{self.settings_file}: {error.strerror}") from error
        return ledger

    def upgrade(
        self, database: str | None = None, *, environment: Mapping[str, str] = os.environ
    ) -> None:
        """Brings the database of this home to the tables of this version; its rows stay.

        Args:
            database: A URL to use in place of `ZEGEL_DATABASE` and of the settings.
            environment: Where `ZEGEL_DATABASE` is looked up.

        Raises:
            StoreUnavailable: home or database cannot be used, or a newer version wrote it.
        """
        from ledger.store import migrate, open_engine  # noqa: PLC0415 - settings need no database

        engine = open_engine(self.database_url(database, environment=environment))
        try:
            migrate(engine)
        finally:
            engine.dispose()

    def settings(self) -> Settings:
        """What the settings file says.

        Raises:
            StoreUnavailable: there is none: the home was not made, or not completely.
            BadRequest: the file cannot be understood.
        """
        found = self.all_settings()
        ours = {name: value for name, value in found.items() if name not in _READ_ELSEWHERE}
        return checked_settings(ours, self.settings_file)

    def all_settings(self) -> Mapping[str, object]:
        """What `own_settings` gives, with what the home around this one says beside it.

        Raises:
            StoreUnavailable: one of the two was not made, or not completely.
            BadRequest: a settings file is no TOML.
        """
        around, found = self.around, self.own_settings()
        if around is None:
            return found
        theirs = dict(around.all_settings())
        if "database" not in found and isinstance(theirs.get("database"), str):
            theirs["database"] = around.database_url(str(theirs["database"]))
        return with_inherited(found, theirs, around.folder.absolute())

    @property
    def around(self) -> Self | None:
        """The home that this one is a further log of; `None` for a home of its own."""
        logs = self.folder.absolute().parent
        if logs.name != LOGS_FOLDER:
            return None
        found = type(self)(logs.parent)
        return found if found.settings_file.exists() else None

    def own_settings(self) -> Mapping[str, object]:
        """The settings file as TOML gives it, those of anchors included; nothing is checked.

        Raises:
            StoreUnavailable: there is none: the home was not made, or not completely.
            BadRequest: it is no TOML.
        """
        try:
            with self.settings_file.open("rb") as file:
                return tomllib.load(file)
        except OSError as error:
            is_missing = isinstance(error, FileNotFoundError)
            hint = "; `zegel init` makes a home" if is_missing else ""
            raise StoreUnavailable(f"{self.settings_file}: {error.strerror}{hint}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadRequest(f"{self.settings_file}: expected TOML, found: {error}") from error

    def serve_settings(
        self, flags: Mapping[str, object], *, environment: Mapping[str, str] = os.environ
    ) -> tuple[Chosen, ...]:
        """How this home is served, each setting with its source.

        Raises:
            StoreUnavailable: the home was not made, or not completely.
            BadRequest: a setting cannot be understood.
        """
        place = str(self.settings_file)
        table = serve_table(self.all_settings(), place)
        return choose(table, environment, flags, place=place)

    def open_ledger(
        self,
        database: str | None = None,
        *,
        environment: Mapping[str, str] = os.environ,
        clock: Clock = utc_now,
    ) -> "Ledger":
        """The log of this home.

        Args:
            database: A URL to use in place of `ZEGEL_DATABASE` and of the settings.
            environment: Where `ZEGEL_DATABASE` is looked up.
            clock: Gives `recorded_at`.

        Raises:
            StoreUnavailable: home, keys or database cannot be used, or do not belong together.
        """
        from ledger.ledger import Ledger  # noqa: PLC0415 - settings need no database

        settings = self.settings()
        ledger = Ledger.open(
            database=self.database_url(database, environment=environment),
            key_file=key_place(settings.key_store, self.key_file),
            origin=settings.origin,
            clock=clock,
        )
        ledger.of_checkpoints = settings.of_checkpoints
        return ledger

    def database_url(
        self, database: str | None = None, *, environment: Mapping[str, str] = os.environ
    ) -> str:
        """Where the log of this home is, as SQLAlchemy names it.

        Args:
            database: A URL to use in place of `ZEGEL_DATABASE` and of the settings.
            environment: Where `ZEGEL_DATABASE` is looked up, unless the log names its own.

        Raises:
            StoreUnavailable: the home was not made, or not completely.
            BadRequest: the settings cannot be understood.
        """
        if database:
            return self._resolved(database)
        elsewhere = None if self.has_own_database else environment.get(DATABASE_VARIABLE)
        return self._resolved(elsewhere or self.settings().database)

    @property
    def has_own_database(self) -> bool:
        """Whether this is a further log that names a database for itself.

        `ZEGEL_DATABASE` says where the database of the home is, which is not that one.

        Raises:
            StoreUnavailable: the home was not made, or not completely.
            BadRequest: a settings file is no TOML.
        """
        return self.around is not None and "database" in self.own_settings()

    def _found(self, url: str, place: KeyPlace, origin: str | None, clock: Clock) -> "Ledger":
        from ledger.ledger import Ledger  # noqa: PLC0415 - settings need no database

        if not keys_exist(place, origin):
            made_up = origin or f"zegel.local/{secrets.token_hex(8)}"
            return Ledger.create(database=url, key_file=place, origin=made_up, clock=clock)
        ledger = Ledger.complete(database=url, key_file=place, origin=origin, clock=clock)
        if origin is not None and origin != ledger.origin:
            ledger.close()
            raise BadRequest(
                f"origin: expected {ledger.origin}, to which the keys in {self.key_file} belong, "
                f"found {origin}"
            )
        return ledger

    def _resolved(self, database: str) -> str:
        path = Path(database.removeprefix(_SQLITE) if database.startswith(_SQLITE) else "/")
        return database if path.is_absolute() else f"{_SQLITE}{self.folder.absolute() / path}"
