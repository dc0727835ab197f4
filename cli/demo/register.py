"""What the five wrote in their registers, and how one entry changed after the fact."""

from typing import Final

from cli.demo.fact import Chapter, Fact, at, fact, party

_ACTIVITIES: Final = (
    ("interaction-next", "xential", "processor", "customer-relation", "contract", "contact"),
    ("interaction-next", "xential-website", "controller", "website-use", "consent", "company-name"),
    ("infactor", "infactor-repairs", "controller", "contract", "contract", "contact"),
    ("ragiox", "ragiox-reports", "controller", "reporting", "contract", "name"),
    ("ragiox", "ragiox-assessments", "controller", "assessment", "consent", "report"),
    ("infobuilder", "infobuilder-support", "processor", "troubleshooting", "contract", "orders"),
)
"""Organisation, activity, role, purpose, legal basis, data category."""


def chapter() -> Chapter:
    """One entry per activity; that of the library portal is amended when somebody asks."""
    return Chapter(
        title="The register: what each may do with data, and since when",
        opening="The portal serves the lending of books before its entry says so.",
        facts=(*_entries(), _lending(), _amended()),
        shown=("access.used", "processing_activity.amended"),
    )


def _entries() -> list[Fact]:
    return [
        fact(
            "processing_activity.registered",
            "2025-01-09 11:00",
            processing_activity_id=f"urn:example:{name}",
            role=role,
            organisation=organisation,
            purposes=[{"id": purpose, "legal_basis": basis}],
            categories=[{"subject_category": "customers", "data_categories": [category]}],
            measures=["tls"],
        )
        for organisation, name, role, purpose, basis, category in _ACTIVITIES
    ]


def _lending() -> Fact:
    return fact(
        "access.used",
        "2025-03-20 14:05",
        system="ingressus-xref",
        grant_id="XREF-1",
        actor="person:a.bakker@bibliotheek-noord.example",
        actor_kind="person",
        resource="xref-portal",
        act="log-in",
        auth_method="active-directory",
        employment_verified=True,
        purpose="book-lending",
        processing_activity_id="urn:example:ingressus:portal-access",
    )


def _amended() -> Fact:
    return fact(
        "processing_activity.amended",
        "2025-04-01 09:00",
        processing_activity_id="urn:example:ingressus:portal-access",
        role="processor",
        organisation="ingressus",
        controllers=[party("controller", "bibliotheek-noord")],
        purposes=[
            {"id": "application-access", "legal_basis": "contract"},
            {"id": "book-lending", "legal_basis": "contract"},
        ],
        categories=[{"subject_category": "staff", "data_categories": ["work-email"]}],
        recipients=[party("sub-processor", "intermax"), party("sub-processor", "siyou")],
        retention=[
            {
                "category": "work-email",
                "period": "P3M",
                "trigger": "contract-termination-notified",
            }
        ],
        measures=["tls"],
        effective_from=at("2025-04-01 00:00"),
    )
