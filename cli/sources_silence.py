"""Tells that a source fell silent for longer than it may, and that it was heard again.

A sign of life is a fact, when it happened, or a line that tells none, when it was first seen: a
source that writes lines without facts is not silent.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from cli.sources_state import SourceState
from cli.sources_telling import SourceTeller
from ledger.events.log_sources import LogSourceFellSilent, LogSourceHeardAgain, LogSourceWatched
from ledger.own_records import SOURCES
from ledger.store.query import RecordQuery

_WATCHED: Final = "log.source_watched.v1"


class SilenceNotes:
    """The silence of one source."""

    def __init__(self, teller: SourceTeller, state: SourceState) -> None:
        """Goes on with what is remembered; nothing is too silent before `watch`."""
        self._teller = teller
        self._state = state
        self._silent_after: timedelta | None = None
        self._counts_from: datetime | None = None

    def watch(
        self,
        medium: str,
        silent_after: timedelta | None,
        counts_from: datetime | None,
        now: datetime,
    ) -> None:
        """Begins to follow the source, see `SourceNotes.watch`."""
        source = self._teller.source
        if source is None:
            return
        terms = {
            "source_format": self._teller.source_format,
            "medium": medium,
            "silent_after": silent_after,
            "collector": self._teller.collector,
            "parser": self._teller.parser,
        }
        if self._terms_so_far(source, medium) != terms:
            said = self._teller.said(now) | terms
            self._teller.ledger.record_own(LogSourceWatched(**said))
        self._silent_after, self._counts_from = silent_after, counts_from
        self._state.followed_from = self._state.followed_from or now

    def hear(self, signs: Sequence[datetime]) -> None:
        """Takes signs of life; the first one after a silence that was told is told."""
        state = self._state
        fresh = [at for at in signs if state.silent_from is None or at > state.silent_from]
        if not fresh:
            return
        if state.silent_from is not None:
            self._teller.tell(
                LogSourceHeardAgain(
                    event_id=self._teller.event_id("heard again", state.silent_from.isoformat()),
                    source_format=self._teller.source_format,
                    silent_from=state.silent_from,
                    **self._teller.said(min(fresh)),
                )
            )
            state.silent_from = None
        latest = max(fresh)
        state.heard_at = latest if state.heard_at is None else max(state.heard_at, latest)

    def fall_silent(self, now: datetime) -> bool:
        """Tells that the source is silent for too long, once; whether it was told now."""
        state, silent_after = self._state, self._silent_after
        last = state.heard_at or state.followed_from
        if silent_after is None or last is None or state.silent_from is not None:
            return False
        counted = last if self._counts_from is None else max(last, self._counts_from)
        if now - counted <= silent_after:
            return False
        self._teller.tell(
            LogSourceFellSilent(
                event_id=self._teller.event_id("silent", counted.isoformat()),
                source_format=self._teller.source_format,
                silent_after=silent_after,
                last_heard_at=last,
                observed_at=now,
                **self._teller.said(counted + silent_after),
            )
        )
        state.silent_from = last
        return True

    def _terms_so_far(self, source: str, medium: str) -> dict[str, Any] | None:
        """On which terms the source was followed last, by what the log says."""
        ledger = self._teller.ledger
        asked = RecordQuery(kinds={_WATCHED}, system=SOURCES, reverse=True)
        for record in ledger.open_records(ledger.log.find(asked)):
            event = record.event
            if (
                isinstance(event, LogSourceWatched)
                and (event.source, event.medium) == (source, medium)
                and event.source_format == self._teller.source_format
            ):
                return {
                    "source_format": event.source_format,
                    "medium": event.medium,
                    "silent_after": event.silent_after,
                    "collector": event.collector,
                    "parser": event.parser,
                }
        return None
