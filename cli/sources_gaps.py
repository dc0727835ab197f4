"""Tells which running numbers of a source never came, and takes that back where they came late."""

from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from cli.sources_numbers import Found, Numbers
from cli.sources_telling import SourceTeller
from formats.reading import Numbered, Outcome, Translated
from ledger.events.log_keeping import LogCorrectionRecorded
from ledger.events.log_sources import LogSourceGapDetected
from ledger.identifiers import masked
from ledger.own_records import SOURCES

LONGEST_NAME: Final = 200
"""Characters; of a longer name of a series its begin and a digest are remembered."""


class GapNotes:
    """The gaps of one source."""

    def __init__(self, teller: SourceTeller, numbers: Numbers) -> None:
        """Goes on with the numbers that are remembered."""
        self._teller = teller
        self._numbers = numbers

    def follow(
        self, outcome: Outcome, identity: bytes, last_fact_at: datetime | None, now: datetime
    ) -> None:
        """Takes the number of an outcome, if it has one.

        Args:
            outcome: In the order of the source.
            identity: Of the source.
            last_fact_at: When the fact before it happened.
            now: When it was read.
        """
        if outcome.numbered is not None:
            numbered = outcome.numbered
            self._numbers.follow(
                Numbered(
                    _named(numbered.series),
                    numbered.number,
                    None if numbered.part is None else _named(numbered.part),
                ),
                place=f"{identity.hex()} {outcome.end_offset}",
                now=now,
                before_at=last_fact_at,
                after_at=outcome.event.occurred_at if isinstance(outcome, Translated) else None,
            )

    def tell(self, *, before: datetime | None) -> bool:
        """Records the gaps that were noticed by an instant, or all; whether there were any."""
        found = list(self._numbers.to_tell(before=before))
        for each in found:
            event_id = self._teller.event_id(
                "gap", each.series, each.gap.place, str(each.gap.first)
            )
            self._teller.tell(self._event(event_id, each))
            self._numbers.told(each, event_id)
        return bool(found)

    def take_back(self, now: datetime) -> None:
        """Records which told gaps are none any more."""
        for event_id in tuple(self._numbers.filled):
            self._teller.tell(
                LogCorrectionRecorded(
                    event_id=self._teller.event_id("gap filled", event_id.bytes),
                    occurred_at=now,
                    system=SOURCES,
                    collector=self._teller.collector,
                    corrected_event_id=event_id,
                    reason="the missing numbers came in late",
                )
            )
            self._numbers.filled.remove(event_id)

    def _event(self, event_id: UUID, found: Found) -> LogSourceGapDetected:
        gap = found.gap
        sides = (gap.missing_from, gap.missing_until)
        if gap.missing_from and gap.missing_until and gap.missing_until < gap.missing_from:
            sides = (gap.missing_until, gap.missing_from)  # lines do not stand in order of time
        return LogSourceGapDetected(
            event_id=event_id,
            source_format=self._teller.source_format,
            series=found.series,
            series_id=self._teller.event_id("series", found.series),
            first_missing=gap.first,
            missing=gap.count,
            missing_from=sides[0],
            missing_until=sides[1],
            **self._teller.said(gap.noticed_at),
        )


def _named(series: str) -> str:
    """A series as it is remembered: without citizen numbers, and short whatever its source says."""
    if len(series) <= LONGEST_NAME:
        return masked(series)
    digest = sha256(series.encode(errors="surrogatepass")).hexdigest()
    return f"{masked(series[:LONGEST_NAME])}…{digest[:16]}"
