"""The bans in a database of fail2ban, read only, as lines of JSON that a reader understands.

The database is opened so that nothing can be written, while fail2ban may go on to write it. Lines
of logs, which it keeps beside each ban, are not read.
"""

import io
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import quote

import msgspec

from ledger.errors import BadRequest
from ledger.identifiers import masked

SQLITE_MARK: Final = b"SQLite format 3\x00"
"""How every SQLite database begins. Source: SQLite database file format §1.3."""

_WAIT_S: Final = 10
_NAMES: Final = ("jail", "ip", "timeofban", "bantime", "bancount", "failures")
_COLUMNS: Final = "jail, ip, timeofban, bantime, bancount, data"
_BANS: Final = f"""
SELECT jail, ip, timeofban, bantime, max(bancount) AS bancount,
       CASE WHEN json_valid(data) THEN json_extract(data, '$.failures') END AS failures
  FROM (SELECT {_COLUMNS} FROM bans UNION SELECT {_COLUMNS} FROM bips)
 GROUP BY jail, ip, timeofban
 ORDER BY timeofban, jail, ip
"""  # noqa: S608 - the text of constants only
"""`bans` is the history, `bips` the latest ban of each address: it keeps some that the other one
has purged already."""


class Fail2banRows(io.BufferedReader):
    """A stream of the bans of one database, a JSON object a line."""


def is_database(stream: io.BufferedReader) -> bool:
    """Whether what comes next in a stream is an SQLite database."""
    return stream.peek(len(SQLITE_MARK)).startswith(SQLITE_MARK)


def open_rows(path: Path) -> Fail2banRows:
    """The bans in a database file, in the order in which they began; the file is closed by then.

    All are read at once: fail2ban waits for whoever reads.

    Raises:
        BadRequest: the file cannot be read, or is no database of fail2ban.
    """
    try:
        rows = _rows(path)
    except sqlite3.Error as error:
        raise BadRequest(
            f"{masked(str(path))}: expected a database of fail2ban with the tables bans and bips, "
            f"found: {error}"
        ) from error
    return Fail2banRows(_Lines(rows))


def _rows(path: Path) -> list[tuple[Any, ...]]:
    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=_WAIT_S)) as database:
        database.text_factory = _text
        return database.execute(_BANS).fetchall()


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")


class _Lines(io.RawIOBase):
    """Rows as a stream of lines, each made when it is read."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self._rows = iter(rows)
        self._kept = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        whole = memoryview(cast("bytearray", buffer))
        if not self._kept:
            row = next(self._rows, None)
            if row is None:
                return 0
            self._kept = msgspec.json.encode(dict(zip(_NAMES, row, strict=True))) + b"\n"
        piece = self._kept[: len(whole)]
        self._kept = self._kept[len(piece) :]
        whole[: len(piece)] = piece
        return len(piece)
