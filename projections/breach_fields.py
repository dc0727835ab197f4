"""The columns of the register of breaches, in their order.

Source: GDPR art. 33(5): the facts of a breach, its effects and the remedial action.
"""

from typing import Final

FACTS: Final = (
    "nature",
    "cause",
    "summary",
    "confidentiality",
    "integrity",
    "availability",
    "started_at",
    "ended_at",
    "ongoing",
    "subject_categories",
    "subjects_minimum",
    "subjects_maximum",
    "records",
    "special_categories",
    "vulnerable_groups",
    "unintelligible",
    "cross_border",
    "countries",
    "processor",
    "consequences",
    "severity",
    "measures_before",
)
"""Fields of `breach.facts_updated` that the register shows, as they were said last."""

REGISTER_FIELDS: Final = (
    "breach",
    "status",
    "suspected_at",
    "aware_at",
    "awareness_basis",
    "deadline_at",
    "authority_clock",
    "authority_told_at",
    "late_seconds",
    "reasons_for_delay",
    "notices",
    "not_told_yet",
    "people_told_at",
    "controller_told_at",
    "due",
    "duty",
    "risk",
    "risk_method",
    "risk_basis",
    "authority_to_be_told",
    "authority_ground",
    "authority_reason",
    "people_to_be_told",
    "people_ground",
    "people_reason",
    *FACTS,
    "measures",
    "ruled_out_at",
    "ruled_out_basis",
    "closed_at",
    "steps",
    "indexes",
)
"""Documented in docs/reference/breach-register.md, column by column."""
