"""Organisations, their data protection officers, systems and the standing of their people."""

from typing import ClassVar, Literal

from ledger.events.envelope import Envelope
from ledger.events.parties import PartyRole
from ledger.personal import Person, Reference, Text
from ledger.units import CountryCode, Instant, OrganisationId, SystemId

IdentityStatus = Literal["active", "left"]


class OrganisationFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of an organisation.

    The legal name and number of a sole trader are those of a person, so both are personal.
    """

    STREAM_FIELD: ClassVar = "organisation"
    organisation: OrganisationId
    roles: tuple[PartyRole, ...] = ()
    legal_name: Text | None = None
    kvk_number: Reference | None = None
    country: CountryCode | None = None
    contact: Text | None = None


class OrganisationRegistered(
    OrganisationFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="organisation.registered.v1",
):
    """An organisation takes part in processing and is known from now on."""


class OrganisationAmended(
    OrganisationFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="organisation.amended.v1",
):
    """What is known of an organisation changed; the fields give it as it is from now on."""


class DpoDesignated(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="dpo.designated.v1"
):
    """An organisation designated a data protection officer, a person or an office."""

    STREAM_FIELD: ClassVar = "organisation"
    organisation: OrganisationId
    officer: Person | None = None
    office: OrganisationId | None = None
    contact: Text | None = None
    effective_from: Instant | None = None


class DpoDesignationEnded(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="dpo.designation_ended.v1"
):
    """A data protection officer of an organisation stepped down."""

    STREAM_FIELD: ClassVar = "organisation"
    organisation: OrganisationId
    officer: Person | None = None
    office: OrganisationId | None = None
    reason: Text | None = None


class SystemRegistered(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="system.registered.v1"
):
    """A system belongs to an organisation and may report from now on."""

    STREAM_FIELD: ClassVar = "system_id"
    system_id: SystemId
    organisation: OrganisationId
    name: Text | None = None
    contact: Text | None = None


class SystemRetired(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="system.retired.v1"
):
    """A system was taken out of use and reports no more."""

    STREAM_FIELD: ClassVar = "system_id"
    system_id: SystemId
    organisation: OrganisationId | None = None
    reason: Text | None = None


class IdentityStatusChanged(
    Envelope,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="identity.status_changed.v1",
):
    """A person became active in, or left, an organisation."""

    person: Person
    status: IdentityStatus
    organisation: OrganisationId | None = None
    reason: Text | None = None


OrganisationEvent = (
    OrganisationRegistered
    | OrganisationAmended
    | DpoDesignated
    | DpoDesignationEnded
    | SystemRegistered
    | SystemRetired
    | IdentityStatusChanged
)
