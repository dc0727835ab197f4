"""The shapes of a register's parts in the vocabulary.

Words that the vocabulary lacks have terms of our own (`zegel:…`); what it has is used first.
"""

from collections.abc import Mapping
from typing import Any, Final

from formats.register_jsonld.mapping import (
    Member,
    Node,
    Shape,
    instant,
    nodes,
    one_of,
    plain,
    slug_node,
    slugs,
    span,
    texts,
)
from formats.register_jsonld.terms import (
    AGREEMENT_TYPES,
    LEGAL_BASES,
    MECHANISMS,
    PARTY_TERMS,
    PARTY_TYPES,
    SPECIAL_GROUNDS,
)
from ledger.events.parties import Party
from ledger.events.register import RetentionTerm, SubjectCategory, Transfer
from projections.art30.content import (
    Activity,
    Agreement,
    Officer,
    Organisation,
    Purpose,
    Standing,
    SubProcessor,
)


def organisation_id(name: str) -> str:
    """The id of the node of an organisation."""
    return f"urn:zegel:organisation:{name}"


def _linked(name: str | None) -> Node | None:
    return None if name is None else {"@id": organisation_id(name)}


_ORGANISATION: Final = Member(
    "organisation",
    "dpv:hasEntity",
    _linked,
    lambda found: found["@id"].removeprefix(organisation_id("")),
)
_INDEXES: Final = Member("indexes", "zegel:indexes", list, lambda found: found)

PARTY: Final = Shape(
    Party,
    lambda party: (PARTY_TYPES.get(party.role, "dpv:Recipient"),),
    (
        plain("role", "zegel:partyRole"),
        _ORGANISATION,
        plain("country", "dpv:hasCountry"),
        plain("category", "dct:identifier"),
    ),
)
PURPOSE: Final = Shape(
    Purpose,
    lambda _: ("dpv:Purpose",),
    (
        plain("id", "dct:identifier"),
        one_of("legal_basis", "dpv:hasLegalBasis", LEGAL_BASES),
        one_of("article_9", "dpv:hasLegalBasis", SPECIAL_GROUNDS),
        plain("text", "dct:description"),
    ),
)
SUBJECT_CATEGORY: Final = Shape(
    SubjectCategory,
    lambda _: ("dpv:DataSubject",),
    (
        plain("subject_category", "dct:identifier"),
        slugs("data_categories", "dpv:hasPersonalData", "data-category", "dpv:PersonalData"),
    ),
)
TRANSFER: Final = Shape(
    Transfer,
    lambda _: ("dpv:DataTransferRecord",),
    (
        Member(
            "country",
            "dpv:hasThirdCountry",
            lambda country: slug_node("country", country, "dpv:ThirdCountry"),
            lambda found: found["dct:identifier"],
        ),
        _ORGANISATION._replace(term="dpv:hasDataImporter"),
        one_of("mechanism", "dpv:hasLegalBasis", MECHANISMS),
        plain("document_sha256", "dct:source"),
    ),
)
RETENTION: Final = Shape(
    RetentionTerm,
    lambda _: ("dpv:StorageDuration",),
    (
        Member(
            "category",
            "dct:subject",
            lambda word: slug_node("data-category", word, "dpv:PersonalData"),
            lambda found: found["dct:identifier"],
        ),
        plain("period", "dpv:hasDuration"),
        plain("trigger", "zegel:from"),
        plain("basis", "zegel:basis"),
    ),
)
OFFICER: Final = Shape(
    Officer,
    lambda _: ("dpv:DataProtectionOfficer",),
    (
        _ORGANISATION,
        plain("officer", "dpv:hasIdentifier"),
        plain("office", "zegel:office"),
        plain("contact", "dpv:hasContact"),
        instant("since", "dct:valid"),
        plain("index", "zegel:index"),
    ),
)
ORGANISATION: Final = Shape(
    Organisation,
    lambda _: ("dpv:Organisation",),
    (
        plain("organisation", "dct:identifier"),
        texts("roles", "zegel:partyRole"),
        plain("country", "dpv:hasCountry"),
        plain("legal_name", "dpv:hasName"),
        plain("contact", "dpv:hasContact"),
        plain("index", "zegel:index"),
    ),
    lambda organisation: organisation_id(organisation.organisation),
)


def _activity_links(activity: Activity) -> Mapping[str, Any]:
    """Whose it is, and which data, in the terms that a reader of the vocabulary looks for."""
    found: dict[str, list[Node]] = {}
    own = "dpv:hasDataProcessor" if activity.part == "processor" else "dpv:hasDataController"
    named = [(own, activity.organisation)]
    named += [
        (PARTY_TERMS[party.role], party.organisation)
        for party in activity.controllers
        if party.role in PARTY_TERMS
    ]
    for term, organisation in dict.fromkeys(named):
        if organisation is not None:
            found.setdefault(term, []).append({"@id": organisation_id(organisation)})
    data = dict.fromkeys(each for row in activity.categories for each in row.data_categories)
    if data:
        found["dpv:hasPersonalData"] = [{"@id": f"urn:zegel:data-category:{each}"} for each in data]
    return found


ACTIVITY: Final = Shape(
    Activity,
    lambda _: ("dpv:Process",),
    (
        plain("activity", "dct:identifier"),
        plain("version", "zegel:version"),
        plain("index", "zegel:index"),
        plain("role", "zegel:role"),
        instant("effective_from", "zegel:inForceFrom"),
        instant("in_force_until", "zegel:inForceUntil"),
        instant("entered_at", "dct:modified"),
        instant("created_at", "dct:created"),
        plain("name", "dct:title"),
        plain("description", "dct:description"),
        _ORGANISATION,
        nodes("controllers", "zegel:party", PARTY),
        texts("contacts", "dpv:hasContact"),
        plain("officer", "zegel:officer"),
        nodes("purposes", "dpv:hasPurpose", PURPOSE),
        nodes("categories", "dpv:hasDataSubject", SUBJECT_CATEGORY),
        nodes("recipients", "dpv:hasRecipient", PARTY),
        nodes("transfers", "dpv:hasRecordOfActivity", TRANSFER),
        nodes("retention", "dpv:hasStorageCondition", RETENTION),
        slugs(
            "measures",
            "dpv:hasTechnicalOrganisationalMeasure",
            "measure",
            "dpv:TechnicalOrganisationalMeasure",
        ),
        texts("breaches", "zegel:breach"),
    ),
    lambda activity: activity.activity,
    _activity_links,
)
AGREEMENT: Final = Shape(
    Agreement,
    lambda agreement: (
        AGREEMENT_TYPES.get(agreement.agreement_kind, "dpv:DataProcessingAgreement"),
    ),
    (
        plain("agreement", "dct:identifier"),
        plain("reference", "dct:title"),
        plain("status", "zegel:status"),
        plain("agreement_kind", "zegel:agreementKind"),
        nodes("parties", "dpv:hasParty", PARTY),
        instant("in_force_from", "zegel:inForceFrom"),
        instant("valid_until", "dct:valid"),
        texts("items", "zegel:item"),
        texts("missing", "zegel:missingItem"),
        span("breach_notice_within", "zegel:breachNoticeWithin"),
        plain("sub_processor_consent", "zegel:subProcessorConsent"),
        plain("deletion_or_return", "zegel:deletionOrReturn"),
        plain("document_sha256", "dct:source"),
        _INDEXES,
    ),
)
SUB_PROCESSOR: Final = Shape(
    SubProcessor,
    lambda _: ("dpv:DataSubProcessor",),
    (
        plain("agreement", "zegel:agreement"),
        _ORGANISATION._replace(field="sub_processor"),
        plain("status", "zegel:status"),
        plain("authorisation", "zegel:authorisation"),
        plain("processor", "zegel:processor"),
        plain("controller", "zegel:controller"),
        plain("country", "dpv:hasCountry"),
        texts("services", "dpv:hasService"),
        instant("proposed_at", "zegel:proposed"),
        instant("objection_due", "zegel:objectionDue"),
        instant("approved_at", "zegel:approved"),
        instant("objected_at", "zegel:objected"),
        instant("engaged_at", "zegel:engaged"),
        instant("removed_at", "zegel:removed"),
        _INDEXES,
    ),
)
STANDING: Final = Shape(
    Standing,
    lambda _: ("dpv:ROPA",),
    (
        plain("origin", "zegel:log"),
        instant("as_of", "dct:issued"),
        instant("as_known", "zegel:asKnown"),
        plain("known_size", "zegel:knownSize"),
        plain("size", "zegel:size"),
        plain("root", "zegel:root"),
        plain("opened", "zegel:opened"),
    ),
)
