"""Whether the conditions of a reading or finding hold, given the limits of the readings.

A reading can depend on a limit: an extension holds if its notice came before the limit without it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from projections.deadlines.local_times import end_of_day
from projections.deadlines.refusals import Uncomputable
from projections.deadlines.result import Anchor
from projections.deadlines.rules import AnyCondition, Given, InTime, Late, Missing, Switched


@dataclass(frozen=True, slots=True)
class Limit:
    """Where a reading ends: an exclusive instant, and the last day in time if it is a date."""

    at: datetime
    on: date | None


@dataclass(frozen=True, slots=True)
class Situation:
    """All that conditions are judged by."""

    anchors: Mapping[str, Anchor]
    parameters: Mapping[str, int | bool]
    limits: Mapping[str, Limit | Uncomputable]
    zone: ZoneInfo

    def holds(self, conditions: tuple[AnyCondition, ...]) -> bool:
        """Whether all conditions hold; none at all hold always.

        Raises:
            Uncomputable: one depends on a limit that cannot be computed.
        """
        return all(self._holds(each) for each in conditions)

    def _holds(self, condition: AnyCondition) -> bool:
        match condition:
            case Given():
                return condition.anchor in self.anchors
            case Missing():
                return condition.anchor not in self.anchors
            case Switched():
                return self.parameters.get(condition.parameter) == condition.value
            case InTime():
                return self._is_late(condition) is False
            case Late():
                return self._is_late(condition) is True

    def _is_late(self, condition: InTime | Late) -> bool | None:
        """Whether the anchor lies after the limit; `None` where one of them is absent."""
        limit = self._limit(condition)
        anchor = self.anchors.get(condition.anchor)
        if limit is None or anchor is None:
            return None
        if anchor.at is None:
            return self._day_ends(anchor) > limit.at
        # Midnight after the last day is no longer in it; the last instant of 24 hours still is.
        return anchor.at >= limit.at if limit.on is not None else anchor.at > limit.at

    def _limit(self, condition: InTime | Late) -> Limit | None:
        """The limit; `None` where its reading or anchor is absent."""
        if condition.anchor not in self.anchors:
            return None
        limit = self.limits.get(condition.reading)
        if isinstance(limit, Uncomputable):
            raise limit
        return limit

    def _day_ends(self, anchor: Anchor) -> datetime:
        """An anchor that is only a date may have happened at any time of it."""
        return end_of_day(anchor.local_date(self.zone), self.zone)
