"""Records who was refused, so that nobody can fill the log by being refused.

The first refusal is durable before it is answered. The same one again within a minute is counted,
and the count recorded when the minute is over: one record with `attempts`. Where refusals of more
kinds come in a minute than `MOST_KINDS`, as from many addresses, the rest are counted together,
without address and person. Nothing that was counted is lost when the service stops in good order.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from ledger.errors import ZegelError
from ledger.events.access import AccessAttemptDenied, AuthMethod
from ledger.own_records import READINGS
from ledger.units import ActorKind, Clock

WINDOW_S: Final = 60.0
MOST_KINDS: Final = 120

_LOG: Final = logging.getLogger("zegel.service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What makes one refusal the same as another."""

    resource: str
    """What was asked for: `zegel/service/v1/events`."""
    act: str
    """The permission that it needs."""
    reason: str
    """One word: `wrong-secret`, `no-permission`."""
    identity: str | None = None
    """Who it was, if they proved it: `person:…`."""
    is_program: bool = False
    origin: str | None = None
    """From where: `ip:…`."""
    method: AuthMethod | None = None
    key_id: UUID | None = None
    """The API key that was shown, if there is such a key."""


@dataclass(slots=True)
class _Window:
    until_s: float
    repeats: int = 0
    first_at: datetime | None = None
    """Of the repeats."""
    last_at: datetime | None = None


class Refusals:
    """Refusals of one service; safe for many threads."""

    def __init__(
        self,
        record: Callable[[AccessAttemptDenied], object],
        clock: Clock,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Has recorded nothing.

        Args:
            record: Records an event of the log's own, durably.
            clock: When a refusal happened.
            seconds: A clock that only goes forward, for the minute.
        """
        self._record = record
        self._clock = clock
        self._seconds = seconds
        self._lock = threading.Lock()
        self._windows: dict[Refusal, _Window] = {}
        self._timer: threading.Timer | None = None

    def note(self, refusal: Refusal) -> None:
        """Records a refusal now, or counts it with those before it.

        A refusal that cannot be recorded, because the database is away, is counted and recorded
        later; it is a refusal none the less.
        """
        self.settle(only_over=True)
        with self._lock:
            window, counted = self._windows.get(refusal), refusal
            if window is None and len(self._windows) >= MOST_KINDS:
                counted = replace(
                    refusal, identity=None, is_program=False, origin=None, key_id=None
                )
                window = self._windows.get(counted)
            if window is not None:
                self._count(window)
                return
            self._windows[counted] = _Window(self._seconds() + WINDOW_S)
        self._write(counted, self._clock(), 1)

    def settle(self, *, only_over: bool = False) -> None:
        """Records every count, or those whose minute is over; the others go on."""
        now_s = self._seconds()
        with self._lock:
            over = {
                refusal: window
                for refusal, window in self._windows.items()
                if not only_over or window.until_s <= now_s
            }
            for refusal in over:
                del self._windows[refusal]
            if not self._windows and self._timer is not None:
                self._timer.cancel()
                self._timer = None
        for refusal, window in over.items():
            if window.first_at is not None:
                self._write(refusal, window.first_at, window.repeats, window.last_at)

    def _count(self, window: _Window, times: int = 1) -> None:
        now = self._clock()
        window.repeats += times
        window.first_at = window.first_at or now
        window.last_at = now
        self._watch()

    def _watch(self) -> None:
        """Sees to it that counts are recorded although nobody is refused any more."""
        if self._timer is None:
            self._timer = threading.Timer(WINDOW_S, self._look)
            self._timer.daemon = True
            self._timer.start()

    def _look(self) -> None:
        with self._lock:
            self._timer = None
        self.settle(only_over=True)
        with self._lock:
            if any(window.repeats for window in self._windows.values()):
                self._watch()

    def _write(
        self, refusal: Refusal, at: datetime, attempts: int, until: datetime | None = None
    ) -> None:
        try:
            self._record(denied(refusal, at, attempts, until))
        except (ZegelError, OSError) as error:
            _LOG.warning("refusal not recorded yet: %s", error)
            with self._lock:
                window = self._windows.setdefault(refusal, _Window(self._seconds() + WINDOW_S))
                self._count(window, attempts)


def denied(
    refusal: Refusal, at: datetime, attempts: int, until: datetime | None = None
) -> AccessAttemptDenied:
    """The event of some refusals that are the same.

    Args:
        refusal: What they have in common.
        at: When the first one was.
        attempts: How many.
        until: When the last one was.
    """
    kind: ActorKind = "service" if refusal.is_program else "person"
    return AccessAttemptDenied(
        occurred_at=at,
        observed_at=until,
        system=READINGS,
        actor=refusal.identity,
        actor_kind=None if refusal.identity is None else kind,
        origin=refusal.origin,
        outcome="denied",
        resource=refusal.resource,
        act=refusal.act,
        action=refusal.reason,
        auth_method=refusal.method,
        attempts=attempts,
        correlation_id=refusal.key_id,
    )
