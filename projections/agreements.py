"""Agreements on processing, and who works as a sub-processor under them.

An agreement is in force from its own date, else from when it was concluded, until it ends; past its
own last day it is shown as expired until somebody says that it ended. A change holds from when it
was agreed, never backwards.

Source: GDPR art. 28(2) to 28(4) and 26(1).
"""

from collections.abc import Sequence
from typing import Any, Final, get_args

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Text, select
from sqlalchemy import Column as Field

from ledger.events.processing_agreements import (
    Article28Item,
    DpaAmended,
    DpaConcluded,
    DpaEnded,
)
from ledger.opening import OpenedRecord
from ledger.store.requests import microseconds
from projections.bitemporal import FOREVER, Cell, Change, Rule, Segment
from projections.instants import (
    cell_instant,
    cell_span,
    optional_microseconds,
    span_microseconds,
)
from projections.kinds import kind_name, kind_names
from projections.lines import Lines
from projections.reader import Reader, json_cell, listed
from projections.sub_processors import LINES, SUB_PROCESSOR, VERSION
from projections.tables import line_tables
from projections.view import Column, Filter, Section, View

ARTICLE_28: Final[tuple[Article28Item, ...]] = get_args(Article28Item)
"""What an agreement with a processor must say. Source: GDPR art. 28(3)."""
_WITHOUT_ARTICLE_28: Final = "joint-controllers"
_AGREEMENT = line_tables(
    "agreements",
    VERSION,
    "agreement",
    Field("status", Text, nullable=False),
    Field("agreement_kind", Text),
    Field("parties", Text, nullable=False),
    Field("items", Text, nullable=False),
    Field("purposes", Text, nullable=False),
    Field("subject_categories", Text, nullable=False),
    Field("deletion_or_return", Text),
    Field("breach_notice_within", BigInteger),
    Field("sub_processor_consent", Text),
    Field("valid_from_terms", BigInteger),
    Field("valid_until", BigInteger),
    Field("document_sha256", Text),
    Field("signed_by", Text, nullable=False),
    Field("concluded_at", BigInteger),
    Field("indexes", Text, nullable=False),
)
_ENDED: Final = kind_name(DpaEnded)
_CONCLUDED: Final = kind_name(DpaConcluded)


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """What stands of one agreement after its changes so far; times in microseconds."""

    agreement_kind: str | None
    parties: str
    """JSON, as `items`, `purposes`, `subject_categories` and `signed_by`."""
    items: str
    purposes: str
    subject_categories: str
    deletion_or_return: str | None
    breach_notice_within: int | None
    sub_processor_consent: str | None
    valid_from: int | None
    valid_until: int | None
    document_sha256: str | None
    signed_by: str
    concluded_at: int | None
    indexes: tuple[int, ...]


def read_change(record: OpenedRecord) -> tuple[str, int, dict[str, Any]] | None:
    """The agreement that an event changes, from when on, and to what."""
    event = record.event
    if not isinstance(event, DpaConcluded | DpaAmended | DpaEnded):
        return None
    said_at, agreement = microseconds(event.occurred_at), str(record.stored.stream)
    if isinstance(event, DpaEnded):
        return agreement, optional_microseconds(event.ended_at) or said_at, {}
    own = optional_microseconds(event.valid_from)
    moment = said_at if own is None else own
    if isinstance(event, DpaAmended):
        moment = max(moment, said_at)
    terms: dict[str, Any] = {
        "agreement_kind": event.agreement_kind,
        "parties": json_cell(event.parties),
        "items": json_cell(event.items),
        "purposes": json_cell(event.purposes),
        "subject_categories": json_cell(event.subject_categories),
        "deletion_or_return": event.deletion_or_return,
        "breach_notice_within": span_microseconds(event.breach_notice_within),
        "sub_processor_consent": event.sub_processor_consent,
        "valid_from": own,
        "valid_until": optional_microseconds(event.valid_until),
        "document_sha256": event.document_sha256,
        "signed_by": json_cell(event.signed_by),
    }
    return agreement, moment, terms


def step(before: Agreement | None, change: Change) -> Agreement | None:
    """The agreement after one more change: each but an end gives the whole of it."""
    if change.kind == _ENDED:
        return None
    is_new = before is None or change.kind == _CONCLUDED
    known: tuple[int, ...] = () if is_new or before is None else before.indexes
    first = before.concluded_at if before is not None and not is_new else None
    concluded_at = change.said if change.kind == _CONCLUDED else first
    return msgspec.convert(
        {**change.terms, "concluded_at": concluded_at, "indexes": (*known, change.index)}, Agreement
    )


def segments(agreement: Agreement, valid_from: int, valid_to: int) -> list[Segment]:
    """The agreement over a stretch of time: in force, then expired where it names a last day."""
    until = FOREVER if agreement.valid_until is None else agreement.valid_until
    found = []
    if valid_from < min(valid_to, until):
        found.append(Segment(valid_from, min(valid_to, until), _values(agreement, "in force")))
    if until < valid_to:
        found.append(Segment(max(valid_from, until), valid_to, _values(agreement, "expired")))
    return found


def _values(agreement: Agreement, status: str) -> tuple[Cell, ...]:
    return (
        status,
        agreement.agreement_kind,
        agreement.parties,
        agreement.items,
        agreement.purposes,
        agreement.subject_categories,
        agreement.deletion_or_return,
        agreement.breach_notice_within,
        agreement.sub_processor_consent,
        agreement.valid_from,
        agreement.valid_until,
        agreement.document_sha256,
        agreement.signed_by,
        agreement.concluded_at,
        json_cell(agreement.indexes),
    )


def missing_items(kind: str | None, items: Sequence[str]) -> list[str]:
    """What art. 28(3) asks of an agreement with a processor and it is not known to say."""
    if kind == _WITHOUT_ARTICLE_28:
        return []
    return [item for item in ARTICLE_28 if item not in items]


def _agreements(reader: Reader, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    rows = _AGREEMENT.rows
    matching = reader.matching(agreement=[rows.c.entity], status=[rows.c.status])
    query = select(rows).where(condition, matching).order_by(rows.c.entity, rows.c.valid_from)
    found = [_described(row) for row in reader.rows(query)]
    return [row for row in found if _is_of(row["parties"], reader.chosen.get("organisation"))]


def _described(row: dict[str, Any]) -> dict[str, Any]:
    items, notice = listed(row["items"]), row["breach_notice_within"]
    return {
        "agreement": row["entity"],
        "agreement_kind": row["agreement_kind"],
        "status": row["status"],
        "parties": listed(row["parties"]),
        "in_force_from": cell_instant(row["valid_from"]),
        "until": cell_instant(row["valid_to"]),
        "valid_from": cell_instant(row["valid_from_terms"]),
        "valid_until": cell_instant(row["valid_until"]),
        "concluded_at": cell_instant(row["concluded_at"]),
        "items": items,
        "missing": missing_items(row["agreement_kind"], items),
        "breach_notice_within": cell_span(notice),
        "sub_processor_consent": row["sub_processor_consent"],
        "deletion_or_return": row["deletion_or_return"],
        "purposes": listed(row["purposes"]),
        "subject_categories": listed(row["subject_categories"]),
        "document_sha256": row["document_sha256"],
        "signed_by": listed(row["signed_by"]),
        "indexes": listed(row["indexes"]),
    }


def _is_of(parties: Sequence[dict[str, Any]], organisations: Sequence[str] | None) -> bool:
    if organisations is None:
        return True
    return any(party.get("organisation") in organisations for party in parties)


def _sub_processors(reader: Reader, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    rows = SUB_PROCESSOR.rows
    matching = reader.matching(
        agreement=[rows.c.agreement],
        organisation=[rows.c.sub_processor, rows.c.processor, rows.c.controller],
        status=[rows.c.status],
    )
    query = select(rows).where(condition, matching).order_by(rows.c.entity, rows.c.valid_from)
    return [
        {
            "sub_processor": row["sub_processor"],
            "agreement": row["agreement"],
            "status": row["status"],
            "processor": row["processor"],
            "controller": row["controller"],
            "country": row["country"],
            "services": listed(row["services"]),
            "proposed_at": cell_instant(row["proposed_at"]),
            "objection_due": cell_instant(row["objection_due"]),
            "approved_at": cell_instant(row["approved_at"]),
            "approved_by": row["approved_by"],
            "objected_at": cell_instant(row["objected_at"]),
            "objected_by": row["objected_by"],
            "engaged_at": cell_instant(row["engaged_at"]),
            "removed_at": cell_instant(row["removed_at"]),
            "document_sha256": row["document_sha256"],
            "since": cell_instant(row["valid_from"]),
            "until": cell_instant(row["valid_to"]),
            "indexes": listed(row["indexes"]),
        }
        for row in reader.rows(query)
    ]


def agreements_standing(reader: Reader) -> list[dict[str, Any]]:
    """Every agreement that is in force, or past its own last day and not ended."""
    return _agreements(reader, reader.standing(_AGREEMENT.rows))


def agreement_history(reader: Reader) -> list[dict[str, Any]]:
    """Every agreement over all stretches of time, announced ones included."""
    return _agreements(reader, reader.known(_AGREEMENT.rows))


def sub_processors_standing(reader: Reader) -> list[dict[str, Any]]:
    """Every sub-processor with where it stands."""
    return _sub_processors(reader, reader.standing(SUB_PROCESSOR.rows))


def sub_processor_history(reader: Reader) -> list[dict[str, Any]]:
    """Every sub-processor over all stretches of time."""
    return _sub_processors(reader, reader.known(SUB_PROCESSOR.rows))


_AGREEMENT_COLUMNS: Final = (
    Column("agreement", "agreement", "token"),
    Column("agreement_kind", "kind"),
    Column("status", "status"),
    Column("parties", "parties", "list"),
    Column("in_force_from", "from", "instant"),
    Column("until", "until", "instant"),
    Column("valid_from", "by its own date", "instant"),
    Column("valid_until", "valid until", "instant"),
    Column("concluded_at", "concluded", "instant"),
    Column("items", "art. 28(3)", "list"),
    Column("missing", "missing", "list"),
    Column("breach_notice_within", "breach notice within", "duration"),
    Column("sub_processor_consent", "consent to sub-processors"),
    Column("deletion_or_return", "at the end"),
    Column("purposes", "purposes", "list"),
    Column("subject_categories", "of whom", "list"),
    Column("document_sha256", "SHA-256 of the document"),
    Column("signed_by", "signed by", "list"),
    Column("indexes", "rests on", "indexes"),
)
_SUB_PROCESSOR_COLUMNS: Final = (
    Column("sub_processor", "sub-processor"),
    Column("agreement", "agreement", "token"),
    Column("status", "status"),
    Column("processor", "processor"),
    Column("controller", "controller"),
    Column("country", "country"),
    Column("services", "services", "list"),
    Column("proposed_at", "proposed", "instant"),
    Column("objection_due", "objection due", "instant"),
    Column("approved_at", "approved", "instant"),
    Column("approved_by", "approved by", "token"),
    Column("objected_at", "objected", "instant"),
    Column("objected_by", "objected by", "token"),
    Column("engaged_at", "engaged", "instant"),
    Column("removed_at", "removed", "instant"),
    Column("document_sha256", "SHA-256 of the document"),
    Column("since", "since", "instant"),
    Column("until", "until", "instant"),
    Column("indexes", "rests on", "indexes"),
)

AGREEMENTS: Final = View(
    name="agreements",
    title="Agreements on processing and their sub-processors",
    version=VERSION,
    parts=(
        Lines(
            _AGREEMENT,
            kind_names(DpaConcluded, DpaAmended, DpaEnded),
            read_change,
            Rule(step, segments),
        ),
        LINES,
    ),
    sections={
        "agreements": Section(
            "agreements in force, or expired and not ended", _AGREEMENT_COLUMNS, agreements_standing
        ),
        "sub-processors": Section(
            "sub-processors and where each stands", _SUB_PROCESSOR_COLUMNS, sub_processors_standing
        ),
        "agreement-history": Section(
            "every stretch of every agreement", _AGREEMENT_COLUMNS, agreement_history
        ),
        "sub-processor-history": Section(
            "every stretch of every sub-processor", _SUB_PROCESSOR_COLUMNS, sub_processor_history
        ),
    },
    filters={
        "agreement": Filter("one agreement, by its source's own id", "case", "agreement"),
        "organisation": Filter("organisation that takes part in it"),
        "status": Filter("in force, expired; proposed, approved, objected, engaged, removed"),
    },
)
