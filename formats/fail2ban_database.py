"""The bans that fail2ban keeps in its database, as JSON objects of their columns.

| Column | becomes |
|---|---|
| `jail`, `ip` | block, address and scope of `ip.blocked` |
| `timeofban` | when it happened: the failure from which fail2ban counts, in whole seconds |
| `bantime` | `until`; -1 has no end, -2 is not known (from a version that did not keep it) |
| `failures` (in `data`) | the reason; none: an operator banned by command |
| `bancount` | in the reason, from the second ban on |

The lines of logs in `data` are not read: anybody can write into them. The database does not say
when an address was let in again, and forgets a ban that was ended by command.

Each ban has one id of jail, address and time. Whether the log was told of it in another way already
is not known here: see `projections.investigation.told_bans`.

Source: fail2ban 1.0.2, server/database.py (version 4 of the tables), `addBan`, `delBan`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, Final

from formats.fail2ban_blocks import block_of, scope_of
from formats.json_facts import Fact, JsonLanguage, Told, occurred_at, read_facts
from formats.json_members import Object, count_in, needed_count, needed_text
from formats.names import address_of
from formats.reading import Outcome, ReadContext
from ledger.errors import FormatError

NAME: Final = "fail2ban-database"
PARSER: Final = "zegel-fail2ban-database/1"

_COLUMNS: Final = (b'"timeofban"', b'"bantime"', b'"jail"')
_FOREVER: Final = -1
_NOT_KNOWN: Final = -2
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_SECONDS: Final = 253_402_300_799
"""The end of the year 9999."""


def looks_like(head: bytes, file_name: str) -> int:
    """How surely, 0 to 100, these first bytes are rows of the table of bans."""
    first = head.lstrip(b"\xef\xbb\xbf [\t\r\n").partition(b"}")[0]
    if first.startswith(b"{") and all(column in first for column in _COLUMNS):
        return 95
    return 30 if file_name.startswith("fail2ban") and file_name.endswith(".json") else 0


def read(stream: BinaryIO, context: ReadContext) -> Iterator[Outcome]:
    """Every ban as a fact or unreadable, in the order of the rows."""
    return read_facts(stream, context, JsonLanguage(PARSER, "ban", _tell))


def _tell(row: Object, context: ReadContext) -> list[Told]:
    jail, seconds = needed_text(row, "jail"), needed_count(row, "timeofban")
    address = address_of(needed_text(row, "ip"))
    if address is None:
        raise FormatError("ip", "one address", "a network or a host name")
    began_at = _instant(seconds, "timeofban")
    values: dict[str, Any] = {
        "kind": "ip.blocked",
        "event_id": context.own_id(
            NAME, jail.encode(), address.encode(), str(seconds).encode("ascii")
        ),
        "block_id": block_of(context.system, jail, address),
        "ip": address,
        "scope": scope_of(jail),
    }
    when = occurred_at(f"{began_at:%Y-%m-%dT%H:%M:%SZ}", context, "timeofban")
    return [Fact(when.fields() | values | _terms(row, seconds))]


def _terms(row: Object, began_s: int) -> dict[str, Any]:
    """Until when, and why."""
    failures = count_in(row, "failures") or 0
    bans = count_in(row, "bancount") or 1
    reason = f"{failures} failures" if failures else "by command"
    terms: dict[str, Any] = {
        "decided_by": "automatic" if failures else None,
        "reason": reason if bans == 1 else f"{reason}, ban number {bans}",
    }
    lasts_s = row.get("bantime")
    if lasts_s == _NOT_KNOWN:
        return terms | {"note": "its end is not known"}
    if lasts_s == _FOREVER:
        return terms
    return terms | {"until": _instant(began_s + needed_count(row, "bantime"), "bantime")}


def _instant(seconds: int, name: str) -> datetime:
    if seconds > _MOST_SECONDS:
        raise FormatError(name, "seconds since 1970", "a larger number")
    return _EPOCH + timedelta(seconds=seconds)
