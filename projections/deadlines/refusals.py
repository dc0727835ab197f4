"""Refusals: answers that say why there is no deadline, instead of a guess.

A year that the calendar does not cover, a local time that occurs twice or never, and a time without
offset or zone are refused (`docs/decisions/0010-deadlines-are-recomputed.md`).
"""

from typing import Literal

from msgspec import Struct

Reason = Literal[
    "ambiguous_local_time",
    "nonexistent_local_time",
    "missing_offset",
    "calendar_not_covered",
    "missing_anchor",
    "missing_parameter",
    "time_of_day_missing",
    "anchors_out_of_order",
    "rule_not_in_force",
    "country_not_covered",
    "no_period_in_law",
    "out_of_range",
]
"""Why nothing was computed; the words are part of the stable output."""


class Refusal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A question that has no computed answer, with the reason as a word and as a sentence."""

    reason: Reason
    message: str
    rule_id: str | None = None
    rule_version: int | None = None


class Uncomputable(Exception):
    """Ends one computation; `compute` turns it into a `Refusal`, so no caller of it sees this."""

    def __init__(self, reason: Reason, message: str) -> None:
        """Carries what the refusal will say."""
        super().__init__(message)
        self.reason: Reason = reason
        self.message = message

    def refusal(self, rule_id: str | None = None, rule_version: int | None = None) -> Refusal:
        """The same as a result, with the rule that was asked."""
        return Refusal(
            reason=self.reason, message=self.message, rule_id=rule_id, rule_version=rule_version
        )
