"""The logs of one home: the first one in the home itself, further ones in folders below it.

    zegel.toml, keys/, signer/, …        the first log, called `main`
    logs/NAME/                           another log: its own settings, keys, signer, quarantine

By default they share one database, in which every row carries its log. Each has keys of its own:
whoever may open the personal values of one cannot open those of another.
"""

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy.engine import make_url

from ledger.errors import BadRequest, StoreUnavailable
from ledger.home import LOGS_FOLDER, Home
from ledger.settings import further_log_text
from ledger.store.engine import open_engine
from ledger.store.sealed_log import SealedLog
from ledger.units import Clock, utc_now
from ledger.vault.key_stores import key_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from ledger.ledger import Ledger

FIRST_LOG: Final = "main"
"""How the log in the home itself is called."""

_NAME: Final = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
_LONGEST_NAME: Final = 64


def log_names(home: Home) -> tuple[str, ...]:
    """The names of the logs of a home: `main`, then the others in the order of their names."""
    folder = home.folder / LOGS_FOLDER
    found = sorted(
        place.name
        for place in (folder.iterdir() if folder.is_dir() else ())
        if _is_name(place.name) and Home(place).settings_file.exists()
    )
    return (FIRST_LOG, *found)


def named_log(home: Home, name: str) -> Home:
    """The home of one log by its name.

    Raises:
        BadRequest: there is none; the message names those there are.
        StoreUnavailable: the home was not made, or not completely, and another than the first log
            is asked for.
    """
    if name != FIRST_LOG:
        home.own_settings()
    if name not in log_names(home):
        raise BadRequest(
            f"--log: expected a log of {home.folder}, one of {', '.join(log_names(home))}, "
            f"found {name!r:.80}; `zegel logs create` makes one"
        )
    return _home_of(home, name)


def all_logs(home: Home) -> "Iterator[tuple[str, Home]]":
    """Name and home of every log of a home."""
    return ((name, _home_of(home, name)) for name in log_names(home))


def logs_of_checkpoints(home: Home) -> "Iterator[tuple[str, Home]]":
    """Name and home of those that hold the checkpoints of the others.

    Raises:
        BadRequest: the settings of a log cannot be understood.
    """
    for name, each in all_logs(home):
        if name != FIRST_LOG and each.own_settings().get("of_checkpoints") is True:
            yield name, each


def whole_home(home: Home) -> Home:
    """The home that a log belongs to: the one around it, or itself."""
    return home.around or home


def create_further_log(
    home: Home,
    name: str,
    *,
    origin: str | None = None,
    database: str | None = None,
    of_checkpoints: bool = False,
    clock: Clock = utc_now,
) -> "Ledger":
    """A new, empty log in an existing home, with keys and settings; all durable on return.

    An interrupted run may be repeated, as that of `Home.init`.

    Args:
        home: The home, whose first log is there.
        name: Small letters and digits, parted by dots, dashes and underscores.
        origin: The name of the log for everybody who will check it; without one, the origin of the
            first log, a slash and the name.
        database: A URL; without one, the database of the home. That one by the account of somebody
            else, who may make logs, is not kept in the settings.
        of_checkpoints: Whether it will hold the checkpoints of the other logs and no facts.
        clock: Gives `recorded_at`.

    Raises:
        BadRequest: the name is none, or the database has a log of that origin.
        StoreUnavailable: the home was not made, or has a log of that name, or cannot be written.
    """
    _require_name(name)
    settings = home.settings()
    place = Home(home.folder / LOGS_FOLDER / name)
    if place.settings_file.exists():
        raise StoreUnavailable(
            f"{place.settings_file}: expected no settings, found some; nothing was changed"
        )
    named = origin or f"{settings.origin}/{name}"

    own = None if database is None or _is_that_of(home, database) else database

    def text_of(found: str) -> str:
        return further_log_text(found, own, of_checkpoints=of_checkpoints)

    url = home.database_url(database)
    if own is not None:
        url = place.database_url(own)
    keys = key_place(settings.key_store, place.key_file)
    ledger = place.make(url, keys, named, text_of, clock)
    ledger.of_checkpoints = of_checkpoints
    return ledger


@contextmanager
def log_beside(home: Home, mine: Home, log: SealedLog) -> "Iterator[SealedLog]":
    """Another log of a home without its vault: no personal value can be read in it.

    Where both have the same database by their settings, it is read where the open one is, wherever
    that was said to be.

    Args:
        home: Of the other log.
        mine: Of the open one.
        log: The open one.

    Raises:
        StoreUnavailable: the database cannot be used, or has no log of that name.
    """
    origin, url = home.settings().origin, home.database_url()
    if url == mine.database_url():
        yield _sealed_log(log.engine, origin)
        return
    with sealed_log_of(url, origin) as found:
        yield found


@contextmanager
def sealed_log_of(url: str, origin: str) -> "Iterator[SealedLog]":
    """A log without its vault, by its database and name.

    Raises:
        StoreUnavailable: the database cannot be used, or has no log of that name.
    """
    engine = open_engine(url)
    try:
        yield _sealed_log(engine, origin)
    finally:
        engine.dispose()


def _sealed_log(engine: "Engine", origin: str) -> SealedLog:
    try:
        return SealedLog.open(engine, origin, clock=utc_now)
    except BadRequest as error:
        place = engine.url.render_as_string(hide_password=True)
        raise StoreUnavailable(f"{place}: {error}") from error


def shared_database(home: Home, database: str | None) -> str | None:
    """What was typed in place of the database of a home, for a log that is in that database.

    Args:
        home: Of one log.
        database: A URL, if one was typed.

    Raises:
        StoreUnavailable: the home was not made, or not completely.
    """
    return None if home.has_own_database else database


def _home_of(home: Home, name: str) -> Home:
    return home if name == FIRST_LOG else Home(home.folder / LOGS_FOLDER / name)


def _is_that_of(home: Home, database: str) -> bool:
    """Whether a URL names the database of a home, whoever connects."""
    one, other = (make_url(home.database_url(each)) for each in (None, database))
    return all(
        getattr(one, part) == getattr(other, part) for part in ("host", "port", "database")
    ) and (one.get_backend_name() == other.get_backend_name())


def _require_name(name: str) -> None:
    if name == FIRST_LOG or not _is_name(name):
        raise BadRequest(
            f"name: expected up to {_LONGEST_NAME} small letters and digits, parted by dots, "
            f"dashes and underscores, and not {FIRST_LOG}, which is the first log; "
            f"found {name!r:.80}"
        )


def _is_name(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) is not None
