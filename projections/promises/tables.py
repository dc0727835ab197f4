"""The tables of judged promises.

- `setting`: the records that settle what promises are, as sealed;
- `ask`, `ask_link`: judged events on whose verdict others bear, and the links to find them by;
- `evidence`: the events that bear on them;
- `verdict`: verdicts with both times, one row per judged event, rule and stretch of time;
- `tally`: events that kept every rule which judges them by themselves, with the set of those rules;
- `pattern`: such sets, each once;
- `coverage`: from when until when each source was connected;
- `lost`: from when until when lines of a source never came.

Rules and needs stand as their numbers in the rulebook of the generation. A link is the number of a
need and a key: `17 consent-stream`. Rows are found by a number made of it, `number_of`: indexes of
numbers stay small, and links with the same one are told apart by whoever looks.
"""

from functools import lru_cache
from typing import Final
from zlib import crc32

from sqlalchemy import BigInteger, Column, Index, Table, Text

from projections.tables import METADATA, fact_table

VERSION: Final = 6
VIEW: Final = "promises"
SETTINGS_VIEW: Final = "statements"
_NUMBERS_KEPT: Final = 4_096
_MADE: Final = 2**31 - 1
"""So much of a moment in milliseconds leads a number: 25 days, then it begins anew."""


def _name(table: str) -> str:
    return f"zegel_{VIEW}_v{VERSION}_{table}"


def _key(name: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


@lru_cache(_NUMBERS_KEPT)
def number_of(link: str) -> int:
    """The number by which a link is found, 0 to 2⁶³-1; few links share one.

    Ids of cases and tokens of subjects begin with the moment at which the log made them; that leads
    the number, so that what is new stands side by side in an index. A batch then writes few pages
    of it, however many there are.

    Source: RFC 9562, section 5.7: the first 48 bits of a UUIDv7 are milliseconds since 1970.
    """
    made = link[-28:-20] if link[-33:-32] == "#" else link[-32:-28] + link[-27:-23]
    try:
        first = int(made, 16) & _MADE
    except ValueError:  # a key of another sort
        first = 0
    return first << 32 | crc32(link.encode())


SETTING: Final = fact_table(
    SETTINGS_VIEW, VERSION, "setting", Column("kind", Text, nullable=False), Column("body", Text)
)
COVERAGE: Final = fact_table(
    VIEW,
    VERSION,
    "coverage",
    Column("source", Text, nullable=False),
    Column("covered_from", BigInteger, nullable=False),
    Column("covered_until", BigInteger),
    Column("kinds", Text, nullable=False),
)
LOST: Final = fact_table(
    VIEW,
    VERSION,
    "lost",
    Column("source", Text, nullable=False),
    Column("lost_from", BigInteger, nullable=False),
    Column("lost_until", BigInteger, nullable=False),
)
ASK: Final = Table(
    _name("ask"),
    METADATA,
    _key("log"),
    _key("generation"),
    _key("idx"),
    _key("moment"),
    _number("gone"),
    Column("rules", Text, nullable=False),
    Column("terms", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""One row for all rules that judge an event by the same moment, with all that they look at."""
ASK_LINK: Final = Table(
    _name("ask_link"),
    METADATA,
    _key("log"),
    _key("generation"),
    _key("link"),
    _key("moment"),
    _key("idx"),
    sqlite_with_rowid=False,
)
"""`link` is the number of a link as asks have it: needs of rules that judge the same share it."""
EVIDENCE: Final = Table(
    _name("evidence"),
    METADATA,
    _key("log"),
    _key("generation"),
    _key("idx"),
    _key("need"),
    _key("place"),
    Column("link", Text, nullable=False),
    _number("link_number"),
    Column("stream", Text, nullable=False),
    _number("stream_number"),
    _number("moment"),
    _number("until"),
    _number("gone"),
    Column("effect", Text, nullable=False),
    Column("terms", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""`stream` is a link too, with the case in place of the key; empty for kinds without a case."""
Index(
    f"ix_{EVIDENCE.name}_link",
    *(EVIDENCE.c[name] for name in ("log", "generation", "link_number", "moment")),
)
Index(
    f"ix_{EVIDENCE.name}_stream",
    *(EVIDENCE.c[name] for name in ("log", "generation", "stream_number")),
    sqlite_where=EVIDENCE.c.stream != "",
    postgresql_where=EVIDENCE.c.stream != "",
)
VERDICT: Final = Table(
    _name("verdict"),
    METADATA,
    _key("log"),
    _key("generation"),
    _key("idx"),
    _key("rule"),
    _key("valid_from"),
    _key("known_from"),
    _number("valid_to"),
    _number("known_to"),
    _number("moment"),
    Column("verdict", Text, nullable=False),
    Column("due", BigInteger),
    Column("measure", BigInteger),
    Column("grouped", Text),
    Column("counted", Text),
    Column("reason", Text),
    Column("evidence", Text),
    sqlite_with_rowid=False,
)
Index(
    f"ix_{VERDICT.name}_open",
    *(VERDICT.c[name] for name in ("log", "generation", "rule", "verdict", "moment", "idx")),
    sqlite_where=VERDICT.c.verdict != "kept",
    postgresql_where=VERDICT.c.verdict != "kept",
)
TALLY: Final = Table(
    _name("tally"),
    METADATA,
    _key("log"),
    _key("generation"),
    _key("idx"),
    _key("known_from"),
    _key("pattern"),
    _number("known_to"),
    _number("occurred"),
    sqlite_with_rowid=False,
)
PATTERN: Final = Table(
    _name("pattern"),
    METADATA,
    _key("log"),
    _key("generation"),
    _key("pattern"),
    Column("rules", Text, nullable=False),
    sqlite_with_rowid=False,
)
GONE: Final = Table(
    _name("gone"),
    METADATA,
    _key("log"),
    _key("generation"),
    _key("idx"),
    _number("taken_by"),
    sqlite_with_rowid=False,
)
"""Records that were taken back, and the first record that did so."""
JUDGED_WITH: Final = Table(
    _name("judged_with"),
    METADATA,
    _key("log"),
    _key("generation"),
    _number("settled"),
    sqlite_with_rowid=False,
)
"""The last record that settled anything when this generation began; the rest makes it stale."""

TABLES: Final = (ASK, ASK_LINK, EVIDENCE, VERDICT, TALLY, PATTERN, GONE, JUDGED_WITH)
