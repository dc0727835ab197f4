"""The terms of published vocabularies that a register uses, and what each of our words becomes.

Source: Data Privacy Vocabulary 2.3 (W3C Data Privacy Vocabularies and Controls Community Group,
28 February 2026) and its extension for the GDPR; DCMI Metadata Terms.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ledger.events.register import SpecialCategoryGround, TransferMechanism
from ledger.units import LegalBasis

NAMESPACES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "dpv": "https://w3id.org/dpv#",
        "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "dct": "http://purl.org/dc/terms/",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "zegel": "urn:zegel:register#",
    }
)
CONTEXT: Final[Mapping[str, object]] = MappingProxyType({"@version": 1.1, **NAMESPACES})

LEGAL_BASES: Final[Mapping[LegalBasis, str]] = MappingProxyType(
    {
        "consent": "eu-gdpr:A6-1-a",
        "contract": "eu-gdpr:A6-1-b",
        "legal-obligation": "eu-gdpr:A6-1-c",
        "vital-interests": "eu-gdpr:A6-1-d",
        "public-task": "eu-gdpr:A6-1-e",
        "legitimate-interests": "eu-gdpr:A6-1-f",
    }
)
SPECIAL_GROUNDS: Final[Mapping[SpecialCategoryGround, str]] = MappingProxyType(
    {
        "explicit-consent": "eu-gdpr:A9-2-a",
        "employment-law": "eu-gdpr:A9-2-b",
        "vital-interests": "eu-gdpr:A9-2-c",
        "association-members": "eu-gdpr:A9-2-d",
        "made-public": "eu-gdpr:A9-2-e",
        "legal-claims": "eu-gdpr:A9-2-f",
        "substantial-public-interest": "eu-gdpr:A9-2-g",
        "health-care": "eu-gdpr:A9-2-h",
        "public-health": "eu-gdpr:A9-2-i",
        "archiving-research": "eu-gdpr:A9-2-j",
    }
)
MECHANISMS: Final[Mapping[TransferMechanism, str]] = MappingProxyType(
    {
        "adequacy-decision": "eu-gdpr:A45-3",
        "public-body-instrument": "eu-gdpr:A46-2-a",
        "binding-corporate-rules": "eu-gdpr:A46-2-b",
        "commission-clauses": "eu-gdpr:A46-2-c",
        "authority-clauses": "eu-gdpr:A46-2-d",
        "code-of-conduct": "eu-gdpr:A46-2-e",
        "certification": "eu-gdpr:A46-2-f",
        "authorised-clauses": "eu-gdpr:A46-3-a",
        "explicit-consent": "eu-gdpr:A49-1-a",
        "contract-with-subject": "eu-gdpr:A49-1-b",
        "contract-for-subject": "eu-gdpr:A49-1-c",
        "public-interest": "eu-gdpr:A49-1-d",
        "legal-claims": "eu-gdpr:A49-1-e",
        "vital-interests": "eu-gdpr:A49-1-f",
        "public-register": "eu-gdpr:A49-1-g",
        # The vocabulary numbers the second subparagraph of art. 49(1) so; its definition is that.
        "compelling-interests": "eu-gdpr:A49-2",
    }
)
PARTY_TERMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "controller": "dpv:hasDataController",
        "joint-controller": "dpv:hasJointDataControllers",
        "processor": "dpv:hasDataProcessor",
        "sub-processor": "dpv:hasDataProcessor",
        "representative": "dpv:hasRepresentative",
    }
)
"""How an activity names the organisation of a party; there is no word for a sub-processor's."""

PARTY_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "controller": "dpv:DataController",
        "joint-controller": "dpv:JointDataControllers",
        "processor": "dpv:DataProcessor",
        "sub-processor": "dpv:DataSubProcessor",
        "representative": "dpv:Representative",
        "third-party": "dpv:ThirdParty",
    }
)
AGREEMENT_TYPES: Final[Mapping[str | None, str]] = MappingProxyType(
    {
        None: "dpv:DataProcessingAgreement",
        "controller-processor": "dpv:ControllerProcessorAgreement",
        "processor-sub-processor": "dpv:SubProcessorAgreement",
        "joint-controllers": "dpv:JointDataControllersAgreement",
    }
)

PUBLISHED: Final = frozenset(
    (
        *LEGAL_BASES.values(),
        *SPECIAL_GROUNDS.values(),
        *MECHANISMS.values(),
        *PARTY_TERMS.values(),
        *PARTY_TYPES.values(),
        *AGREEMENT_TYPES.values(),
        *("dpv:ROPA", "dpv:Process", "dpv:Purpose", "dpv:DataSubject", "dpv:PersonalData"),
        *("dpv:Organisation", "dpv:Recipient", "dpv:DataProtectionOfficer", "dpv:ThirdCountry"),
        *("dpv:DataTransferRecord", "dpv:StorageDuration", "dpv:TechnicalOrganisationalMeasure"),
        *("dpv:hasProcess", "dpv:hasPurpose", "dpv:hasLegalBasis", "dpv:hasDataSubject"),
        *("dpv:hasPersonalData", "dpv:hasRecipient", "dpv:hasRecordOfActivity"),
        *("dpv:hasThirdCountry", "dpv:hasDataImporter", "dpv:hasStorageCondition"),
        *("dpv:hasDuration", "dpv:hasTechnicalOrganisationalMeasure", "dpv:hasEntity"),
        *("dpv:hasDataProtectionOfficer", "dpv:hasName", "dpv:hasContact", "dpv:hasCountry"),
        *("dpv:hasParty", "dpv:hasService", "dpv:hasStatus", "dpv:hasIdentifier"),
        *("dct:identifier", "dct:title", "dct:description", "dct:created", "dct:modified"),
        *("dct:issued", "dct:source", "dct:subject", "dct:valid"),
    )
)
"""Every term of another's vocabulary that a document may hold."""
