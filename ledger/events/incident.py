"""Security incidents: signalled, triaged, classified, reported, closed."""

from typing import ClassVar, Literal

from ledger.events.envelope import Envelope
from ledger.personal import BreachId, IncidentId, Person, Reference, Text
from ledger.units import Instant, OrganisationId, Sha256Hex, Slug

SignalSource = Literal["person", "siem", "processor", "customer", "data-subject", "media"]
Regime = Literal["NIS2", "DORA", "CRA"]
ReportStage = Literal["early-warning", "notification", "intermediate", "progress", "final"]
TriageDecision = Literal["assessed", "escalated", "ruled-out"]


class IncidentFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One incident."""

    STREAM_FIELD: ClassVar = "incident_id"
    incident_id: IncidentId


class IncidentSignalled(
    IncidentFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="incident.signalled.v1",
):
    """Somebody or something reported what may be an incident."""

    source: SignalSource
    signalled_by: Person | None = None
    summary: Text | None = None


class IncidentTriaged(
    IncidentFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="incident.triaged.v1",
):
    """A signal was assessed or ruled out; if it became a breach, which."""

    decision: TriageDecision | None = None
    regime: Regime | None = None
    incident_class: Slug | None = None
    decided_by: Person | None = None
    breach_id: BreachId | None = None
    reason: Text | None = None


class IncidentClassified(
    IncidentFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="incident.classified.v1",
):
    """An incident got its class under a regime: significant, major, severe."""

    regime: Regime
    incident_class: Slug
    aware_at: Instant | None = None
    decided_by: Person | None = None
    reason: Text | None = None


class IncidentReported(
    IncidentFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="incident.reported.v1",
):
    """A report of one stage was submitted under a regime."""

    regime: Regime
    stage: ReportStage
    submitted_at: Instant | None = None
    authority: OrganisationId | None = None
    reference: Reference | None = None
    document_sha256: Sha256Hex | None = None


class IncidentClosed(
    IncidentFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="incident.closed.v1"
):
    """The handling of an incident ended."""

    incident_class: Slug | None = None
    reference: Reference | None = None
    decided_by: Person | None = None
    reason: Text | None = None


IncidentEvent = (
    IncidentSignalled | IncidentTriaged | IncidentClassified | IncidentReported | IncidentClosed
)
