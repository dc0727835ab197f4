"""From which address a write came, as OpenLDAP's overlay `auditlog` remarks beside it.

The remark names the operation, its second, who, the address and the connection, whose number is
that of `reqSession`; `accesslog` names no address. A write is found again by connection, sort,
entry and second, so a number that a restarted server gives anew joins nothing wrong.

Source: OpenLDAP 2.5, servers/slapd/overlays/auditlog.c `auditlog_response`.
"""

import re
from collections import OrderedDict
from typing import Final

from formats.distinguished_names import normalised_name
from formats.ldif import Entry
from formats.names import address_of

_REMARK: Final = re.compile(
    r"(?P<sort>add|modify|delete|modrdn) (?P<second>\d{1,12}) .*?"
    r"(?: IP=(?P<address>\[[0-9A-Fa-f:.%\w]+\]|[^\s:]+):\d+)? conn=(?P<session>\d+)",
    re.DOTALL,
)
_KEPT: Final = 200_000
_CLOCK_S: Final = 1
"""A write that crosses a second has both: its own in one log, that of its end in the other."""

Write = tuple[str, str, str, int]
"""Connection, sort, entry and second."""


def is_remarked(entry: Entry) -> bool:
    """Whether an entry is one of `auditlog`: a remark of it stands in front."""
    return any(_REMARK.fullmatch(remark) for remark in entry.remarks)


class Addresses:
    """The addresses of the latest writes."""

    def __init__(self) -> None:
        """Knows none."""
        self._known: OrderedDict[Write, str] = OrderedDict()

    def remember(self, entry: Entry) -> None:
        """Keeps the address that the remark of an entry names, if it names one."""
        name = entry.text("dn")
        found = next(filter(None, map(_REMARK.fullmatch, entry.remarks)), None)
        if name is None or found is None or found["address"] is None:
            return
        address = address_of(found["address"].strip("[]"))
        if address is not None:
            second = int(found["second"])
            self._known[found["session"], found["sort"], normalised_name(name), second] = address
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)

    def of_write(self, session: str, sort: str, name: str, second: int) -> str | None:
        """The identity `ip:…` from which a write came, or `None` when no remark told it.

        Args:
            session: the number of the connection.
            sort: `add`, `modify`, `delete` or `modrdn`.
            name: of the entry that was written.
            second: since 1970, when the write began.
        """
        named = normalised_name(name)
        for late in range(_CLOCK_S + 1):
            address = self._known.get((session, sort, named, second + late))
            if address is not None:
                return address
        return None
