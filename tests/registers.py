"""Registers for tests: one with every field filled in, and random ones."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, get_args

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from formats.register_jsonld.terms import LEGAL_BASES, MECHANISMS, SPECIAL_GROUNDS
from ledger.events.parties import Party, PartyRole
from ledger.events.processing_agreements import Article28Item
from ledger.events.register import RetentionTerm, SubjectCategory, Transfer
from projections.art30.content import (
    Activity,
    Agreement,
    Officer,
    Organisation,
    Purpose,
    Register,
    Standing,
    SubProcessor,
)

NEW_YEAR: Final = datetime(2026, 1, 1, tzinfo=UTC)
STANDING: Final = Standing(
    origin="log.example/register",
    as_of=datetime(2026, 3, 1, 12, tzinfo=UTC),
    known_size=12,
    size=14,
    root="ab" * 32,
    opened=True,
)
CUSTOMERS: Final = Activity(
    activity="urn:activity:customers",
    version=2,
    index=4,
    role="controller",
    effective_from=NEW_YEAR,
    entered_at=NEW_YEAR + timedelta(days=3),
    created_at=NEW_YEAR,
    name="Customer service",
    description="Answering questions",
    organisation="acme",
    controllers=(
        Party(role="representative", organisation="acme-eu"),
        Party(role="joint-controller", organisation="bolt"),
    ),
    contacts=("privacy@acme.example",),
    officer="person:dpo@acme.example",
    purposes=(
        Purpose(id="customer-service", legal_basis="contract", text="To answer what customers ask"),
        Purpose(id="statistics", legal_basis="legitimate-interests"),
    ),
    categories=(
        SubjectCategory(subject_category="customers", data_categories=("name", "address")),
    ),
    recipients=(
        Party(role="processor", organisation="xential"),
        Party(role="third-party", category="accountants"),
    ),
    transfers=(
        Transfer(
            country="US",
            organisation="hosted",
            mechanism="commission-clauses",
            document_sha256="cd" * 32,
        ),
    ),
    retention=(
        RetentionTerm(category="name", period="P7Y", trigger="contract-ended", basis="tax-law"),
        RetentionTerm(category="address", period="P1Y2M"),
    ),
    measures=("tls", "encryption-at-rest"),
    breaches=("0192f0c0-0000-7000-8000-000000000001",),
)
HOSTING: Final = Activity(
    activity="urn:activity:hosting",
    version=1,
    index=7,
    role="processor",
    effective_from=NEW_YEAR,
    entered_at=NEW_YEAR,
    created_at=NEW_YEAR,
    organisation="acme",
    controllers=(
        Party(role="controller", organisation="library"),
        Party(role="controller", organisation="school"),
    ),
    purposes=(Purpose(id="hosting"),),
    categories=(SubjectCategory(subject_category="readers", data_categories=("loans",)),),
    measures=("tls",),
)
ORGANISATIONS: Final = (
    Organisation(
        organisation="acme",
        roles=("controller",),
        country="NL",
        legal_name="Acme B.V.",
        contact="Main street 1, Utrecht",
        index=0,
    ),
    Organisation(organisation="library", contact="library@example.nl", index=1),
    Organisation(organisation="xential", country="NL", index=2),
)
OFFICERS: Final = (
    Officer(
        organisation="acme",
        office="dpo-office",
        contact="dpo@acme.example",
        since=NEW_YEAR,
        index=3,
    ),
)
AGREEMENTS: Final = (
    Agreement(
        agreement="0192f0c0-0000-7000-8000-00000000000a",
        status="in force",
        agreement_kind="controller-processor",
        parties=(
            Party(role="controller", organisation="acme"),
            Party(role="processor", organisation="xential"),
        ),
        in_force_from=NEW_YEAR,
        valid_until=NEW_YEAR + timedelta(days=365),
        items=("subject-matter", "audits"),
        missing=("duration",),
        breach_notice_within=timedelta(hours=24),
        sub_processor_consent="general",
        deletion_or_return="deletion",
        document_sha256="ef" * 32,
        indexes=(5, 6),
    ),
)
SUB_PROCESSORS: Final = (
    SubProcessor(
        agreement="0192f0c0-0000-7000-8000-00000000000a",
        sub_processor="hosted",
        status="engaged",
        authorisation="none seen",
        processor="xential",
        controller="acme",
        country="US",
        services=("hosting",),
        engaged_at=NEW_YEAR,
        indexes=(8,),
    ),
)
WHOLE: Final = Register(
    standing=STANDING,
    organisations=ORGANISATIONS,
    officers=OFFICERS,
    activities=(CUSTOMERS, HOSTING),
    agreements=AGREEMENTS,
    sub_processors=SUB_PROCESSORS,
)
"""A controller's and a processor's register, with every field filled in somewhere."""

_SLUGS: Final = st.from_regex(r"[a-z]{1,8}(-[a-z]{1,8})?", fullmatch=True)
TEXTS: Final = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20) | st.sampled_from(
    ["=1+1", "'=1+1", "''-x", "@a", "\t=x", "a;b", 'a"b', "a\r\nb", "withheld"]
)
_INSTANTS: Final = st.integers(0, 3 * 10**15).map(
    lambda passed: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=passed)
)
_COUNTRIES: Final = st.sampled_from(["NL", "US", "DE"])
_HASHES: Final = st.just("0f" * 32)
_INDEXES: Final = st.integers(0, 2**40)


def _maybe(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.none() | strategy


def _many(strategy: SearchStrategy[Any]) -> SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, max_size=3).map(tuple)


_PARTIES: Final = st.builds(
    Party,
    role=st.sampled_from(get_args(PartyRole)),
    organisation=_maybe(_SLUGS),
    country=_maybe(_COUNTRIES),
    category=_maybe(_SLUGS),
)
_ACTIVITIES: Final = st.builds(
    Activity,
    activity=_SLUGS.map("urn:activity:{}".format),
    version=st.integers(1, 99),
    index=_INDEXES,
    role=st.sampled_from(["controller", "processor", "joint"]),
    effective_from=_INSTANTS,
    in_force_until=_maybe(_INSTANTS),
    entered_at=_INSTANTS,
    created_at=_INSTANTS,
    name=_maybe(TEXTS),
    description=_maybe(TEXTS),
    organisation=_maybe(_SLUGS),
    controllers=_many(_PARTIES),
    contacts=_many(TEXTS),
    officer=_maybe(TEXTS),
    purposes=_many(
        st.builds(
            Purpose,
            id=_SLUGS,
            legal_basis=_maybe(st.sampled_from(list(LEGAL_BASES))),
            article_9=_maybe(st.sampled_from(list(SPECIAL_GROUNDS))),
            text=_maybe(TEXTS),
        )
    ),
    categories=_many(
        st.builds(SubjectCategory, subject_category=_SLUGS, data_categories=_many(_SLUGS))
    ),
    recipients=_many(_PARTIES),
    transfers=_many(
        st.builds(
            Transfer,
            country=_maybe(_COUNTRIES),
            organisation=_maybe(_SLUGS),
            mechanism=_maybe(st.sampled_from(list(MECHANISMS))),
            document_sha256=_maybe(_HASHES),
        )
    ),
    retention=_many(
        st.builds(
            RetentionTerm,
            category=_SLUGS,
            period=_maybe(st.sampled_from(["P3M", "P2W", "P1Y6M"])),
            trigger=_maybe(_SLUGS),
            basis=_maybe(_SLUGS),
        )
    ),
    measures=_many(_SLUGS),
    breaches=_many(_SLUGS),
)
REGISTERS: Final = st.builds(
    Register,
    standing=st.builds(
        Standing,
        origin=_SLUGS,
        as_of=_INSTANTS,
        as_known=_maybe(_INSTANTS),
        known_size=_INDEXES,
        size=_INDEXES,
        root=_HASHES,
        opened=st.booleans(),
    ),
    organisations=_many(
        st.builds(
            Organisation,
            organisation=_SLUGS,
            roles=_many(_SLUGS),
            country=_maybe(_COUNTRIES),
            legal_name=_maybe(TEXTS),
            contact=_maybe(TEXTS),
            index=_INDEXES,
        )
    ),
    officers=_many(
        st.builds(
            Officer,
            organisation=_SLUGS,
            officer=_maybe(TEXTS),
            office=_maybe(_SLUGS),
            contact=_maybe(TEXTS),
            since=_INSTANTS,
            index=_INDEXES,
        )
    ),
    activities=_many(_ACTIVITIES),
    agreements=_many(
        st.builds(
            Agreement,
            agreement=_SLUGS,
            reference=_maybe(TEXTS),
            status=st.sampled_from(["in force", "expired"]),
            agreement_kind=_maybe(
                st.sampled_from(
                    ["controller-processor", "processor-sub-processor", "joint-controllers"]
                )
            ),
            parties=_many(_PARTIES),
            in_force_from=_INSTANTS,
            valid_until=_maybe(_INSTANTS),
            items=_many(st.sampled_from(get_args(Article28Item))),
            missing=_many(st.sampled_from(get_args(Article28Item))),
            breach_notice_within=_maybe(st.integers(1, 10**6).map(lambda s: timedelta(seconds=s))),
            sub_processor_consent=_maybe(st.sampled_from(["general", "specific"])),
            deletion_or_return=_maybe(st.sampled_from(["deletion", "return", "choice"])),
            document_sha256=_maybe(_HASHES),
            indexes=_many(_INDEXES),
        )
    ),
    sub_processors=_many(
        st.builds(
            SubProcessor,
            agreement=_SLUGS,
            sub_processor=_SLUGS,
            status=st.sampled_from(["proposed", "engaged", "removed"]),
            authorisation=st.sampled_from(["approved", "none seen"]),
            processor=_maybe(_SLUGS),
            controller=_maybe(_SLUGS),
            country=_maybe(_COUNTRIES),
            services=_many(_SLUGS),
            proposed_at=_maybe(_INSTANTS),
            objection_due=_maybe(_INSTANTS),
            approved_at=_maybe(_INSTANTS),
            objected_at=_maybe(_INSTANTS),
            engaged_at=_maybe(_INSTANTS),
            removed_at=_maybe(_INSTANTS),
            indexes=_many(_INDEXES),
        )
    ),
)
"""Registers of a few activities, with texts of every kind in them."""
