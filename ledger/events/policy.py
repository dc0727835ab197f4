"""Privacy statements and policies: published, withdrawn, their changes communicated."""

from typing import ClassVar

from ledger.events.envelope import Envelope
from ledger.personal import Text
from ledger.units import (
    Count,
    Instant,
    LanguageCode,
    LocalDate,
    OrganisationId,
    PolicyId,
    Sha256Hex,
    Slug,
    SystemId,
    Uri,
    VersionLabel,
)


class PolicyPublished(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="policy.published.v1"
):
    """A version of a policy was published; the hash of its text identifies the version."""

    STREAM_FIELD: ClassVar = "policy_id"
    policy_id: PolicyId
    text_sha256: Sha256Hex
    version: VersionLabel | None = None
    revision_date: LocalDate | None = None
    """The date that the text itself carries; many statements carry none."""
    effective_from: Instant | None = None
    url: Uri | None = None
    language: LanguageCode | None = None
    organisation: OrganisationId | None = None
    applies_to: tuple[SystemId, ...] = ()
    title: Text | None = None
    summary: Text | None = None
    text: tuple[Text, ...] = ()
    """The statement itself in stretches; joined and as UTF-8 they have the hash above."""


class PolicyWithdrawn(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="policy.withdrawn.v1"
):
    """A policy, or one version of it, is no longer in force."""

    STREAM_FIELD: ClassVar = "policy_id"
    policy_id: PolicyId
    version: VersionLabel | None = None
    text_sha256: Sha256Hex | None = None
    revision_date: LocalDate | None = None
    effective_from: Instant | None = None
    url: Uri | None = None
    reason: Text | None = None


class PolicyChangeCommunicated(
    Envelope,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="policy.change_communicated.v1",
):
    """People were told, over a channel, that a policy changes."""

    STREAM_FIELD: ClassVar = "policy_id"
    policy_id: PolicyId
    channel: Slug
    version: VersionLabel | None = None
    text_sha256: Sha256Hex | None = None
    effective_from: Instant | None = None
    audience: Slug | None = None
    count: Count | None = None


PolicyEvent = PolicyPublished | PolicyWithdrawn | PolicyChangeCommunicated
