"""A backup of the database of a home: copied while the log runs, verified where it lies.

The keys are not in it, on purpose: who has only the backup reads no personal value, and an erasure
that destroyed keys reaches the backup too.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import select

from ledger.errors import BadRequest, StoreUnavailable
from ledger.home import Home
from ledger.home_trust import trust_of
from ledger.levels import Trust, verify_full
from ledger.many_logs.home_logs import all_logs, whole_home
from ledger.store.archived import ArchivedTable
from ledger.store.backup import Copied, copy_database, make_durable
from ledger.store.engine import open_engine, reading
from ledger.store.schema import LOG
from ledger.verification.findings import Report

_UNFINISHED: Final = ".partial"


@dataclass(frozen=True, slots=True)
class CheckedLog:
    """One log in a backup, and what verifying it there found."""

    name: str
    report: Report
    archive: str | None
    """Where records stand that are in its archive alone, and so not in the copy."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that is complete."""

    database: str
    """Of what it is a copy; without password."""
    path: Path
    size_bytes: int


def back_up(
    home: Home, target: Path, *, database: str | None = None, copied: Copied | None = None
) -> Backup:
    """A copy of the database as of one moment, durable under its name.

    Args:
        home: Whose database.
        target: Where nothing is yet.
        database: A URL in place of the one in the settings.
        copied: Told how far it is.

    Raises:
        BadRequest: something is there already, or the database is no file.
        StoreUnavailable: the database cannot be read, or the copy cannot be written.
    """
    if target.exists() or target.is_symlink():
        raise BadRequest(f"{target}: expected nothing there, found something; nothing was changed")
    engine = open_engine(home.database_url(database))
    unfinished = target.with_name(f"{target.name}{_UNFINISHED}")
    try:
        size_bytes = copy_database(engine, unfinished, copied)
        shown = engine.url.render_as_string(hide_password=True)
    finally:
        engine.dispose()
    try:
        _put(unfinished, target)
    except FileExistsError as error:
        raise BadRequest(f"{target}: expected nothing there, found something") from error
    except OSError as error:
        raise StoreUnavailable(f"{target}: {error.strerror}; nothing is left of it") from error
    finally:
        unfinished.unlink(missing_ok=True)
    make_durable(target)
    return Backup(shown, target, size_bytes)


def _put(unfinished: Path, target: Path) -> None:
    """Gives a copy its name, never over what somebody put there meanwhile.

    Raises:
        OSError: something stands there, or nothing can be written there.
    """
    try:
        os.link(unfinished, target)
    except FileExistsError:
        raise
    except OSError:  # a disk without hard links, as those are that people carry about
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            unfinished.replace(target)
        except OSError:
            target.unlink()
            raise


def trusts(home: Home) -> tuple[tuple[str, Home, Trust], ...]:
    """The logs of a home with what is trusted of each.

    To be asked before the copy is made: what was signed by then must be in it.
    """
    return tuple((name, each, trust_of(each)) for name, each in all_logs(whole_home(home)))


def checked(
    backup: Backup,
    trusted: Iterable[tuple[str, Home, Trust]],
    progress: Callable[[str, int], AbstractContextManager[Callable[[int], None]]],
    *,
    jobs: int = 1,
) -> Iterator[CheckedLog]:
    """Each log of a home that is in a backup, verified where it lies.

    Args:
        backup: Which.
        trusted: From `trusts`.
        progress: Given the name of a log and how many records it has, gives whom to tell how many
            are checked.
        jobs: How many processes may work at the same time.
    """
    there = origins_in(backup)
    for name, home, trust in trusted:
        if home.settings().origin not in there:
            continue
        with closing(home.open_ledger(f"sqlite:///{backup.path.absolute()}")) as ledger:
            with progress(name, ledger.head().size) as advance:
                report = verify_full(ledger, trust, advance, jobs=jobs)
            archived = ArchivedTable(ledger.log.engine, ledger.log.log_id)
            yield CheckedLog(name, report, archived.url() if archived.segments() else None)


def origins_in(backup: Backup) -> frozenset[str]:
    """The origins of the logs in a backup, of this home or another."""
    engine = open_engine(f"sqlite:///{backup.path.absolute()}")
    try:
        with reading(engine) as connection:
            return frozenset(connection.scalars(select(LOG.c.origin)))
    finally:
        engine.dispose()
