"""Exchanges of personal data with another party: performed, blocked, failed."""

from typing import Literal

from ledger.events.envelope import Envelope
from ledger.events.parties import Party
from ledger.personal import (
    ConsentCaseId,
    ConsentId,
    ContractId,
    DataSubject,
    ExchangeId,
    Person,
    SpecificationId,
    Text,
)
from ledger.units import ByteCount, Count, Sha256Hex, Slug, VersionLabel

Direction = Literal["in", "out"]
ExchangeKind = Literal["sync", "disclosure", "transfer", "publication"]
Consideration = Literal["none", "paid", "in-kind"]


class ExchangeFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which data went, or should have gone, from whom to whom, and on what ground."""

    exchange_id: ExchangeId | None = None
    direction: Direction
    exchange_kind: ExchangeKind
    sender: Party | None = None
    sender_person: Person | None = None
    recipient: Party | None = None
    recipient_person: Person | None = None
    channel: Slug | None = None
    content_classes: tuple[Slug, ...] = ()
    size_bytes: ByteCount | None = None
    records: Count | None = None
    specification_id: SpecificationId | None = None
    spec_version: VersionLabel | None = None
    consent_id: ConsentId | None = None
    case_id: ConsentCaseId | None = None
    """The case that a consent for this one exchange names."""
    contract_id: ContractId | None = None
    customer_id: DataSubject | None = None
    consideration: Consideration | None = None
    encrypted: bool | None = None
    sha256: Sha256Hex | None = None


class ExchangePerformed(
    ExchangeFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="exchange.performed.v1",
):
    """Data went from one party to another."""


class ExchangeBlocked(
    ExchangeFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="exchange.blocked.v1",
):
    """An exchange was stopped before data went."""

    cause: Slug | None = None
    reason: Text | None = None


class ExchangeFailed(
    ExchangeFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="exchange.failed.v1",
):
    """An exchange was tried and did not succeed."""

    cause: Slug | None = None
    reason: Text | None = None


ExchangeEvent = ExchangePerformed | ExchangeBlocked | ExchangeFailed
