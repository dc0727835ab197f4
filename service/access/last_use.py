"""Remembers on which day each API key was used last, so that keys that nobody uses are found.

A day is enough for that, and costs one write per key and day; it is no event.
"""

import logging
from typing import TYPE_CHECKING, Final

from ledger.api_key import ApiKey, table_of
from ledger.errors import StoreUnavailable
from ledger.store.api_key_table import DAY_US
from ledger.store.requests import microseconds

if TYPE_CHECKING:
    from uuid import UUID

    from ledger.ledger import Ledger

_LOG: Final = logging.getLogger("zegel.service")


class LastUse:
    """The days that this process has written; the number of keys bounds what it holds."""

    def __init__(self, ledger: "Ledger") -> None:
        """Has written nothing yet."""
        self._ledger = ledger
        self._written: dict[UUID, int] = {}

    def note(self, key: ApiKey) -> None:
        """Writes that a key was used today, unless that is known; a failure is no refusal."""
        now_us = microseconds(self._ledger.clock())
        day = now_us // DAY_US
        known = self._written.get(key.key_id)
        if known is None and key.last_used_on is not None:
            known = microseconds(key.last_used_on) // DAY_US
        self._written[key.key_id] = day if known is None else max(day, known)
        if known is not None and known >= day:
            return
        try:
            table_of(self._ledger).note_use(key.key_id, now_us)
        except StoreUnavailable as error:
            _LOG.warning("last use of an API key not written: %s", error)
