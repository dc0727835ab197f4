"""Contracts with customers and vendors, and the specifications agreed under them."""

from typing import ClassVar, Literal

from msgspec import Struct

from ledger.events.envelope import Envelope
from ledger.events.parties import Party
from ledger.personal import ContractId, DataSubject, Person, SpecificationId, Text
from ledger.units import (
    Instant,
    LegalBasis,
    OrganisationId,
    Period,
    Sha256Hex,
    Slug,
    VersionLabel,
)

Metrics = Literal["on", "off"]


class SharingScope(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What a contract allows to be shared, with whom and for which purposes."""

    recipient: OrganisationId | None = None
    recipient_category: Slug | None = None
    purposes: tuple[Slug, ...] = ()
    data_categories: tuple[Slug, ...] = ()
    legal_basis: LegalBasis | None = None


class ContractFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A contract, who is party to it and which customer it is about."""

    STREAM_FIELD: ClassVar = "contract_id"
    contract_id: ContractId
    parties: tuple[Party, ...] = ()
    contract_kind: Slug | None = None
    customer_id: DataSubject | None = None


class ContractStarted(
    ContractFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="contract.started.v1",
):
    """A contract came into force, with the acts and the sharing that it allows."""

    acts: tuple[Slug, ...] = ()
    sharing: tuple[SharingScope, ...] = ()
    notice_period: Period | None = None
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    document_sha256: Sha256Hex | None = None
    signed_by: tuple[Person, ...] = ()


class ContractTerminationNotified(
    ContractFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="contract.termination_notified.v1",
):
    """Notice was given; the contract runs on until it ends."""

    notified_at: Instant | None = None
    notified_by: Person | None = None
    ends_at: Instant | None = None
    notice_period: Period | None = None
    reason: Text | None = None


class ContractEnded(
    ContractFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="contract.ended.v1",
):
    """A contract is no longer in force."""

    ended_at: Instant | None = None
    reason: Text | None = None


class SpecificationAgreed(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="specification.agreed.v1"
):
    """A version of a specification was agreed: where files go, what is stored and measured."""

    STREAM_FIELD: ClassVar = "specification_id"
    specification_id: SpecificationId
    version: VersionLabel
    destinations: tuple[Party, ...] = ()
    destination_people: tuple[Person, ...] = ()
    storage_allowed: bool | None = None
    metrics: Metrics | None = None
    effective_from: Instant | None = None
    process: Slug | None = None
    contract_id: ContractId | None = None
    customer_id: DataSubject | None = None
    document_sha256: Sha256Hex | None = None


ContractEvent = ContractStarted | ContractTerminationNotified | ContractEnded | SpecificationAgreed
