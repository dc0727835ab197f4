"""The register of processing activities of controller and processor.

Source: GDPR art. 30(1) and 30(2); the letters beside the fields are theirs.
"""

from typing import ClassVar, Literal

from msgspec import Struct

from ledger.events.envelope import Envelope
from ledger.events.parties import Party
from ledger.personal import Person, Text
from ledger.units import (
    CountryCode,
    Instant,
    LegalBasis,
    OrganisationId,
    Period,
    Sha256Hex,
    Slug,
    Uri,
)

ActivityRole = Literal["controller", "processor", "joint"]

SpecialCategoryGround = Literal[
    "explicit-consent",
    "employment-law",
    "vital-interests",
    "association-members",
    "made-public",
    "legal-claims",
    "substantial-public-interest",
    "health-care",
    "public-health",
    "archiving-research",
]
"""Source: GDPR art. 9(2)(a)-(j), in that order."""

TransferMechanism = Literal[
    "adequacy-decision",
    "public-body-instrument",
    "binding-corporate-rules",
    "commission-clauses",
    "authority-clauses",
    "code-of-conduct",
    "certification",
    "authorised-clauses",
    "explicit-consent",
    "contract-with-subject",
    "contract-for-subject",
    "public-interest",
    "legal-claims",
    "vital-interests",
    "public-register",
    "compelling-interests",
]
"""Source: GDPR art. 45(3), 46(2)(a)-(f), 46(3), 49(1)(a)-(g) and its second subparagraph."""


class Purpose(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One purpose of an activity with its bases; its words stand in `purpose_texts`."""

    id: Slug
    legal_basis: LegalBasis | None = None
    article_9: SpecialCategoryGround | None = None


class SubjectCategory(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One row of the matrix: which data categories are processed of which kind of people."""

    subject_category: Slug
    data_categories: tuple[Slug, ...] = ()


class Transfer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Data going to a third country or international organisation, and what makes that lawful."""

    country: CountryCode | None = None
    organisation: OrganisationId | None = None
    mechanism: TransferMechanism | None = None
    document_sha256: Sha256Hex | None = None


class RetentionTerm(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """How long one category of data is kept, counted from which trigger, and why."""

    category: Slug
    period: Period | None = None
    trigger: Slug | None = None
    basis: Slug | None = None


class ActivityFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the register says of one processing activity."""

    STREAM_FIELD: ClassVar = "processing_activity_id"
    processing_activity_id: Uri
    role: ActivityRole
    name: Text | None = None
    organisation: OrganisationId | None = None
    controllers: tuple[Party, ...] = ()
    """(1)(a), (2)(a): controllers, joint controllers, representatives, processors."""
    contacts: tuple[Text, ...] = ()
    officer: Person | None = None
    purposes: tuple[Purpose, ...] = ()
    """(1)(b)."""
    purpose_texts: tuple[Text, ...] = ()
    """The words of each purpose, in the order of `purposes`; none or as many."""
    categories: tuple[SubjectCategory, ...] = ()
    """(1)(c); (2)(b)."""
    recipients: tuple[Party, ...] = ()
    """(1)(d)."""
    transfers: tuple[Transfer, ...] = ()
    """(1)(e); (2)(c)."""
    retention: tuple[RetentionTerm, ...] = ()
    """(1)(f)."""
    measures: tuple[Slug, ...] = ()
    """(1)(g); (2)(d)."""
    description: Text | None = None
    effective_from: Instant | None = None


class ProcessingActivityRegistered(
    ActivityFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="processing_activity.registered.v1",
):
    """A processing activity was entered in the register."""


class ProcessingActivityAmended(
    ActivityFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="processing_activity.amended.v1",
):
    """An entry of the register changed; the fields give the whole entry as it is from now on."""


class ProcessingActivityRetired(
    Envelope,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="processing_activity.retired.v1",
):
    """A processing activity ended; its entry stays readable for the time it was in force."""

    STREAM_FIELD: ClassVar = "processing_activity_id"
    processing_activity_id: Uri
    reason: Text | None = None
    effective_from: Instant | None = None


RegisterEvent = ProcessingActivityRegistered | ProcessingActivityAmended | ProcessingActivityRetired
