"""One line of PostgreSQL's `jsonlog`, and what pgaudit wrote in it, taken apart.

Source: PostgreSQL 15 manual, table 20.4 (keys of jsonlog); pgaudit 1.7 README, "Format" (the CSV
    record behind `AUDIT: `; its last field is there with `log_rows`).
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from formats.json_members import Object, count_in, needed_count, needed_text, text_in
from formats.local_time import LocalTimes, OccurredAt
from formats.reading import Numbered, ReadContext, SettingMissing
from formats.written_counts import written_count
from ledger.errors import FormatError

_AUDIT: Final = "AUDIT: "
_FIELD: Final = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^",]*))(,|\Z)')
_FIELDS: Final = (9, 10)
"""Without and with the number of rows."""
_UNSAID: Final = frozenset(
    {"<not logged>", "<previously logged>", "<none>", "<long param suppressed>"}
)
_TIME: Final = re.compile(r"(?P<local>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?) (?P<zone>\S+)")
_TIMESTAMP: Final = "timestamp"
_OFFSET: Final = re.compile(r"([+-]\d\d)(?::?(\d\d))?")
_UTC_NAMES: Final = frozenset({"UTC", "GMT", "Z", "UCT"})


@dataclass(frozen=True, slots=True)
class Audited:
    """What pgaudit says of one statement, or of one relation in it."""

    statement: int
    """Counts the statements of a session that were logged, from 1."""
    substatement: int
    """Above 1: a function, for instance, ran it."""
    statement_class: str
    command: str
    object_type: str
    object_name: str
    text: str | None
    """Of the whole call, literals included; never kept."""
    rows: int | None


@dataclass(frozen=True, slots=True)
class ServerLine:
    """One line of the log of the server."""

    occurred: OccurredAt
    session: str
    number: int
    severity: str
    state: str
    """The code of an error, or nothing."""
    message: str
    user: str | None
    database: str | None
    peer: str | None
    """An address, a host name, or `[local]`."""
    command: str
    """What the session was doing, such as `SELECT`."""


def server_line(value: Object, context: ReadContext) -> ServerLine:
    """One line of `jsonlog`, from its JSON object.

    Raises:
        FormatError: it is none, or its time cannot be understood.
        SettingMissing: its time stands in an abbreviated zone and the context gives none.
    """
    return ServerLine(
        occurred=_occurred(needed_text(value, "timestamp"), context),
        session=needed_text(value, "session_id"),
        number=needed_count(value, "line_num"),
        severity=needed_text(value, "error_severity"),
        state=text_in(value, "state_code") or "",
        message=text_in(value, "message") or "",
        user=text_in(value, "user"),
        database=text_in(value, "dbname"),
        peer=text_in(value, "remote_host"),
        command=text_in(value, "ps") or "",
    )


def number_of(value: Object) -> Numbered | None:
    """The number of the line in its session: one that is passed over was lost."""
    session, number = text_in(value, "session_id"), count_in(value, "line_num")
    return None if session is None or number is None else Numbered(f"postgresql {session}", number)


def audited(line: ServerLine) -> Audited | None:
    """What pgaudit says in this line, or `None` when the server speaks of something else.

    Raises:
        FormatError: it is said in another form than that of pgaudit.
    """
    if not line.message.startswith(_AUDIT):
        return None
    fields = _csv_fields(line.message[len(_AUDIT) :])
    if len(fields) not in _FIELDS:
        raise FormatError("message", "9 or 10 fields behind AUDIT:", f"{len(fields)} fields")
    statement, substatement = map(written_count, fields[1:3])
    if statement is None or substatement is None:
        raise FormatError("message", "two whole numbers behind AUDIT: and a word", "other text")
    return Audited(
        statement=statement,
        substatement=substatement,
        statement_class=fields[3],
        command=fields[4],
        object_type=fields[5],
        object_name=fields[6],
        text=None if fields[7] in _UNSAID else fields[7],
        rows=written_count(fields[9]) if len(fields) == _FIELDS[1] else None,
    )


def _csv_fields(record: str) -> list[str]:
    """The fields of one CSV record of any length; a quoted one may hold line ends."""
    fields: list[str] = []
    at, more = 0, True
    while more:
        match = _FIELD.match(record, at)
        if match is None:
            raise FormatError("message", "a CSV record behind AUDIT:", "another text")
        quoted, bare, end = match.groups()
        fields.append(bare if quoted is None else quoted.replace('""', '"'))
        at, more = match.end(), end == ","
    return fields


def _occurred(text: str, context: ReadContext) -> OccurredAt:
    """The instant of a time in `log_timezone`, whose abbreviation also tells a repeated hour."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise FormatError(_TIMESTAMP, "a time such as 2026-11-21 23:44:16.575 UTC", "another")
    local, zone = match.groups()
    times = LocalTimes(context)
    if zone in _UTC_NAMES:
        return times.from_rfc3339(f"{local}Z", _TIMESTAMP)
    offset = _OFFSET.fullmatch(zone)
    if offset is not None:
        return times.from_rfc3339(f"{local}{offset[1]}:{offset[2] or '00'}", _TIMESTAMP)
    return times.from_rfc3339(f"{local}{_offset_of(local, zone, context)}", _TIMESTAMP)


def _offset_of(local: str, abbreviation: str, context: ReadContext) -> str:
    """The offset that an abbreviation stands for in the zone of the context."""
    if context.zone is None:
        expected = "a zone for times in an abbreviated one (--zone Europe/Amsterdam)"
        raise SettingMissing(_TIMESTAMP, expected, "none")
    try:
        moment = datetime.fromisoformat(local)
    except ValueError as error:
        raise FormatError(_TIMESTAMP, "a time that exists", "another") from error
    for fold in (0, 1):
        placed = moment.replace(tzinfo=context.zone, fold=fold)
        if placed.tzname() == abbreviation:
            return _written(placed.utcoffset() or timedelta())
    raise FormatError(
        _TIMESTAMP, f"UTC, or an abbreviation of {context.zone.key} (--zone)", "another"
    )


def _written(offset: timedelta) -> str:
    minutes = round(abs(offset.total_seconds()) / 60)
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
