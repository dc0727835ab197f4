"""Copies for tests: one record of each sort, in which somebody else stands too."""

from datetime import UTC, datetime
from typing import Any, Final

from formats.subject_copy.content import (
    SUBJECT_COPY_FORMAT,
    CopiedErasure,
    CopiedField,
    CopiedLook,
    CopiedRecord,
    SubjectCopy,
)
from projections.subject_answers import (
    Answers,
    PurposeFound,
    RecipientFound,
    TermFound,
    TransferFound,
)

AT: Final = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ANSWERS: Final = Answers(
    controllers=("ragiox",),
    officers=("fg-kantoor",),
    purposes=(PurposeFound(purpose="billing", legal_bases=("contract",)),),
    categories=("invoicing",),
    recipients=(
        RecipientFound(role="processor", organisation="bank-nl", country="NL"),
        RecipientFound(category="tax-authorities", is_planned=True),
    ),
    transfers=(TransferFound(country="US", mechanism="commission-clauses"),),
    terms=(TermFound(category="invoicing", period="P7Y", trigger="end-of-year", basis="awr-52"),),
    sources=("portal",),
    automated=(12,),
)


def record(index: int, *fields: CopiedField, is_proven: bool = True) -> CopiedRecord:
    """A record with these fields."""
    return CopiedRecord(
        index=index,
        kind="access.granted.v1",
        occurred_at=AT,
        recorded_at=AT,
        is_proven=is_proven,
        fields=fields,
    )


def copy_with(*records: CopiedRecord, **members: Any) -> SubjectCopy:  # noqa: ANN401 - any member
    """A copy of these records."""
    known: dict[str, Any] = {
        "format": SUBJECT_COPY_FORMAT,
        "origin": "log.example/test",
        "size": 20,
        "proven_size": 18,
        "root": "ab" * 32,
        "made_at": AT,
        "subject": ("data-subject:customer:7",),
        "request": "DSR-7",
        "contact": "fg@example.nl",
        "with_text": True,
        "answers": ANSWERS,
        "records": records,
    }
    return SubjectCopy(**(known | members))


COPY: Final = copy_with(
    record(
        12,
        CopiedField(name="grantee", state="open", value="data-subject:CUSTOMER:7"),
        CopiedField(name="justification", state="open", value="asked by <b>phone</b>"),
        CopiedField(name="legal_basis", state="public", value="contract"),
        CopiedField(name="recipient", state="public", value={"role": "processor", "country": "NL"}),
        CopiedField(name="granted_by", state="another-person"),
        CopiedField(name="note", state="another-person"),
        CopiedField(name="grant_id", state="another-person"),
        CopiedField(name="ticket", state="erased", erased_by=14),
        CopiedField(name="host", state="words-left-out"),
    ),
    record(19, is_proven=False),
    looks=(
        CopiedLook(event=15, occurred_at=AT, purpose="audit"),
        CopiedLook(event=16, occurred_at=AT, purpose=None),
    ),
    erasures=(
        CopiedErasure(
            token="person#00", event=14, occurred_at=AT, records=3, is_confirmed=True, horizon=AT
        ),
    ),
)
