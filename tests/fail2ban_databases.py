"""Databases as fail2ban 1.0.2 makes them, with bans of a test."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_COLUMNS: Final = (
    "jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL, bantime INTEGER NOT NULL, "
    "bancount INTEGER NOT NULL DEFAULT 1, data JSON"
)


@dataclass(frozen=True)
class Ban:
    """One row of the table of bans."""

    began_s: int
    ip: str = "203.0.113.77"
    jail: str = "sshd"
    lasts_s: int = 600
    count: int = 1
    failures: int = 3
    is_latest_only: bool = False
    """The history was purged of it."""


def write_bans(path: Path, bans: Iterable[Ban]) -> Path:
    """The path, where a database with these bans is now."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f"CREATE TABLE bans ({_COLUMNS})")
        database.execute(f"CREATE TABLE bips ({_COLUMNS}, PRIMARY KEY (ip, jail))")
        for ban in bans:
            said = json.dumps({"matches": ["secret line"], "failures": ban.failures})
            row = (ban.jail, ban.ip, ban.began_s, ban.lasts_s, ban.count, said)
            if not ban.is_latest_only:
                database.execute("INSERT INTO bans VALUES (?, ?, ?, ?, ?, ?)", row)
            database.execute("INSERT OR REPLACE INTO bips VALUES (?, ?, ?, ?, ?, ?)", row)
    return path
