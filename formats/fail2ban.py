"""The log that fail2ban writes of itself: failures it found, addresses it banned and let in again.

| Line | becomes |
|---|---|
| `[jail] Found ADDRESS - TIME` | `intrusion.attempt_detected` at TIME, observed at the line's |
| the same with a host name (`usedns = raw`) | `access.attempt_denied`, the name in its note |
| `[jail] Ban ADDRESS` | `ip.blocked`, automatic, naming the attempts found before it |
| `[jail] Unban ADDRESS` | `ip.unblocked` of the same block |
| `[jail] Restore Ban ADDRESS` | skipped: the ban was told when it was made |
| `Unban` after `Shutdown in progress...` | skipped: all are restored when fail2ban starts again |
| all other lines | skipped and counted |

The block of one address by one jail is one case: its bans and unbans follow each other in it, also
over rotated files. When a single jail is stopped or an operator unbans by hand, the lines do not
differ from a ban that ran out: they count as unblocked. Times are local, without a zone. Equal
lines are distinct facts: the place in the file tells them apart.

Source: fail2ban 1.0.2 as recorded, server/actions.py for the words and for the flush at stop.
"""

import re
from collections import OrderedDict, deque
from collections.abc import Iterator
from typing import Any, BinaryIO, Final
from uuid import UUID

from formats.fail2ban_blocks import block_of, scope_of
from formats.local_time import LocalTimes, OccurredAt
from formats.names import address_of
from formats.reading import Line, Outcome, ReadContext, Translated, translate_lines
from ledger.events import event_from_mapping

NAME: Final = "fail2ban"
PARSER: Final = "zegel-fail2ban/1"

LINE: Final = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:,\d{3})?) "
    r"fail2ban(?:\.(?P<module>\w+))?\s*\[\d+\]: (?P<level>[A-Z]+)\s+(?P<message>.*)",
    re.DOTALL,
)
_ACT: Final = re.compile(
    r"\[(?P<jail>[^\]\s]+)\] (?P<act>Found|Ban|Unban|Restore Ban) (?P<address>\S+)"
    r"(?: - (?P<failed>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d))?",
)
_STOPS: Final = re.compile(r"Shutdown in progress|Exiting Fail2ban")
_STARTS: Final = "Starting Fail2ban"
_KEPT_ADDRESSES: Final = 10_000
_KEPT_ATTEMPTS: Final = 64
"""How many attempts one block names at most: the latest."""


def looks_like(head: bytes, file_name: str) -> int:
    """How surely, 0 to 100, these first bytes are fail2ban's own log."""
    lines = head.decode(errors="replace").splitlines()
    if any(LINE.fullmatch(line) for line in lines):
        return 95
    return 20 if "fail2ban" in file_name else 0


def read(stream: BinaryIO, context: ReadContext) -> Iterator[Outcome]:
    """Every line of fail2ban's log as a fact, skipped or unreadable, in the order of the log.

    Raises:
        SettingMissing: the context gives no zone for the times, which have none.
    """
    times, messages = LocalTimes(context), Fail2banMessages(context)

    def outcome_of(line: Line) -> Outcome:
        match = LINE.fullmatch(line.text)
        if match is None:
            return line.unreadable("expected a line of fail2ban that begins with a time")
        written = times.from_rfc3339(match["time"], line.place)
        return messages.outcome_of(line, written, match["message"])

    return translate_lines(stream, outcome_of)


class Fail2banMessages:
    """What messages become, in their order; knows whether fail2ban stops, and earlier attempts."""

    def __init__(self, context: ReadContext) -> None:
        """Begins where nothing was said before."""
        self._context = context
        self._times = LocalTimes(context)
        self._stopping = False
        self._attempts: OrderedDict[tuple[str, str], deque[UUID]] = OrderedDict()

    def outcome_of(self, line: Line, written: OccurredAt, message: str) -> Outcome:
        """What one message becomes, which begins with its jail where it is about one.

        Args:
            line: where it stands.
            written: when it was said.
            message: what follows the level.
        """
        act = _ACT.fullmatch(message)
        if act is None:
            self._follow(message)
            return line.skipped("a line of fail2ban about itself")
        unsaid = self._told_elsewhere(act["act"])
        if unsaid is not None:
            return line.skipped(unsaid)
        if act["act"] == "Found":
            return self._found(line, act, written)
        return self._block(line, act, written)

    def _told_elsewhere(self, act: str) -> str | None:
        if act == "Restore Ban":
            return "a ban from before a restart, told when it was made"
        return "an unban because fail2ban stops" if act == "Unban" and self._stopping else None

    def _follow(self, message: str) -> None:
        if _STOPS.match(message):
            self._stopping = True
        elif message.startswith(_STARTS):
            self._stopping = False

    def _found(self, line: Line, act: re.Match[str], written: OccurredAt) -> Translated:
        failed = act["failed"]
        occurred = self._times.from_rfc3339(failed, line.place) if failed else written
        event_id = self._context.place_id(NAME, occurred.instant, line.offset)
        jail, address = scope_of(act["jail"]), address_of(act["address"])
        values: dict[str, Any] = {
            "event_id": event_id,
            "observed_at": written.instant,
            "attempts": 1,
        }
        if address is None:
            values |= {
                "kind": "access.attempt_denied",
                "resource": jail,
                "outcome": "denied",
                "note": f"from host {act['address']}",
            }
        else:
            self._remember(jail, address, event_id)
            values |= {
                "kind": "intrusion.attempt_detected",
                "ip": address,
                "target": jail,
                "outcome": "failure",
                "detector": "fail2ban",
                "detector_rule": jail,
            }
        return self._translated(line, occurred, values)

    def _block(self, line: Line, act: re.Match[str], written: OccurredAt) -> Outcome:
        jail, address = scope_of(act["jail"]), address_of(act["address"])
        if address is None:
            return line.unreadable("expected an address, found a host name")
        values: dict[str, Any] = {
            "kind": "ip.blocked" if act["act"] == "Ban" else "ip.unblocked",
            "event_id": self._context.place_id(NAME, written.instant, line.offset),
            "block_id": block_of(self._context.system, act["jail"], address),
            "ip": address,
            "scope": jail,
            "decided_by": "automatic",
        }
        if act["act"] == "Ban":
            values["attempt_ids"] = tuple(self._attempts.pop((jail, address), ()))
        return self._translated(line, written, values)

    def _remember(self, jail: str, address: str, event_id: UUID) -> None:
        """Keeps the latest attempts of the latest addresses: memory stays bounded."""
        kept = self._attempts.setdefault((jail, address), deque(maxlen=_KEPT_ATTEMPTS))
        kept.append(event_id)
        self._attempts.move_to_end((jail, address))
        if len(self._attempts) > _KEPT_ADDRESSES:
            self._attempts.popitem(last=False)

    def _translated(self, line: Line, occurred: OccurredAt, values: dict[str, Any]) -> Translated:
        common = occurred.fields() | {"system": self._context.system, "parser": PARSER}
        known = {name: value for name, value in (common | values).items() if value is not None}
        return Translated(line.place, event_from_mapping(known), line.end_offset)
