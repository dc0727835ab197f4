"""Technical and organisational measures: declared, changed, failed."""

from typing import ClassVar, Literal

from ledger.events.envelope import Envelope
from ledger.personal import Text
from ledger.units import Instant, OrganisationId, ResourceName, Sha256Hex, Slug

MeasureState = Literal["active", "inactive", "planned"]


class MeasureFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One measure: what it is, over what it stretches, and in which interval."""

    STREAM_FIELD: ClassVar = "measure_id"
    measure_id: Slug
    """The name of this measure over time: `xential-database-encryption`."""
    measure: Slug
    """Its kind: `encryption-at-rest`, `tls`, `security-protocol`."""
    scope: ResourceName
    organisation: OrganisationId | None = None
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    document_sha256: Sha256Hex | None = None
    description: Text | None = None


class MeasureDeclared(
    MeasureFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="measure.declared.v1",
):
    """An organisation declared that a measure is in a state."""

    state: MeasureState


class MeasureChanged(
    MeasureFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="measure.changed.v1",
):
    """The state, scope or interval of a measure changed; the fields give it from now on."""

    state: MeasureState


class MeasureFailed(
    MeasureFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="measure.failed.v1",
):
    """A measure did not work, over the interval if one is given."""

    reason: Text | None = None


MeasureEvent = MeasureDeclared | MeasureChanged | MeasureFailed
