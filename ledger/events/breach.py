"""Personal-data breaches: suspicion, awareness, facts, assessment, measures, closing.

What authority, controller and subjects are told stands in `ledger.events.breach_notices`.

Source: GDPR art. 4(12) and 33(5).
"""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from msgspec import Meta, Struct

from ledger.events.envelope import Envelope
from ledger.personal import BreachId, IncidentId, Person, Text
from ledger.units import Count, CountryCode, Instant, OrganisationId, Slug

Anchor = Literal[
    "first-signal",
    "suspected",
    "aware",
    "dpo-informed",
    "processor-aware",
    "controller-informed",
]
Risk = Literal["none", "risk", "high"]
MeasureAim = Literal["containment", "mitigation", "prevention"]
Consequence = Literal["none", "limited", "significant", "maximum", "unknown"]
Hundredths = Annotated[int, Meta(ge=-10_000, le=10_000)]


class AnchorCandidate(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A moment from which a clock could be said to run."""

    anchor: Anchor
    at: Instant
    event_id: UUID | None = None


class Score(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One sub-score of an assessment in hundredths: 0.25 is 25; its reason stands beside."""

    name: Slug
    hundredths: Hundredths


class BreachFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One breach."""

    STREAM_FIELD: ClassVar = "breach_id"
    breach_id: BreachId


class BreachSuspected(
    BreachFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="breach.suspected.v1"
):
    """There is reason to look whether personal data were breached."""

    anchors: tuple[AnchorCandidate, ...] = ()
    cause: Slug | None = None
    incident_id: IncidentId | None = None
    suspected_by: Person | None = None
    processor: OrganisationId | None = None
    summary: Text | None = None


class BreachAwarenessDetermined(
    BreachFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="breach.awareness_determined.v1",
):
    """It was decided from which moment the organisation is aware of a breach."""

    aware_at: Instant
    basis: Text | None = None
    decided_by: Person | None = None
    anchors: tuple[AnchorCandidate, ...] = ()


class BreachRuledOut(
    BreachFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="breach.ruled_out.v1"
):
    """It was decided that no breach occurred."""

    basis: Text | None = None
    decided_by: Person | None = None


class BreachFactsUpdated(
    BreachFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="breach.facts_updated.v1",
):
    """Facts of a breach became known or changed; fields that are given replace earlier ones."""

    confidentiality: bool | None = None
    integrity: bool | None = None
    availability: bool | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None
    ongoing: bool | None = None
    nature: Slug | None = None
    """What happened: `wrong-recipient`, `lost-device`, `hacking`, `phishing`."""
    cause: Slug | None = None
    subject_categories: tuple[Slug, ...] = ()
    subjects_minimum: Count | None = None
    subjects_maximum: Count | None = None
    vulnerable_groups: bool | None = None
    records: Count | None = None
    special_categories: bool | None = None
    unintelligible: bool | None = None
    measures_before: tuple[Slug, ...] = ()
    consequences: tuple[Slug, ...] = ()
    severity: Consequence | None = None
    cross_border: bool | None = None
    countries: tuple[CountryCode, ...] = ()
    processor: OrganisationId | None = None
    summary: Text | None = None


class BreachAssessed(
    BreachFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="breach.assessed.v1"
):
    """The risk of a breach to people was assessed by a method."""

    risk: Risk
    method: Slug | None = None
    scores: tuple[Score, ...] = ()
    score_reasons: tuple[Text, ...] = ()
    """The reason of each score, in the order of `scores`; none or as many."""
    decided_by: Person | None = None
    basis: Text | None = None


class BreachMeasureTaken(
    BreachFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="breach.measure_taken.v1",
):
    """Something was done to contain a breach, to limit harm or to prevent the next."""

    aim: MeasureAim
    measure: Slug | None = None
    taken_by: Person | None = None
    description: Text | None = None


class BreachClosed(
    BreachFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="breach.closed.v1"
):
    """It was decided that the handling of a breach is complete."""

    decided_by: Person | None = None
    reason: Text | None = None


BreachEvent = (
    BreachSuspected
    | BreachAwarenessDetermined
    | BreachRuledOut
    | BreachFactsUpdated
    | BreachAssessed
    | BreachMeasureTaken
    | BreachClosed
)
