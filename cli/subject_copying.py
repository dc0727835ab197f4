"""Gathers what a log has about one person: only theirs, readable, and what proves it.

Invariant: a value is taken only from a disclosure under the key of the person who asks; a text of
theirs that names somebody else by a token stays closed too.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

import msgspec

from formats.answers.record import raw_body
from formats.subject_copy.content import (
    SUBJECT_COPY_FORMAT,
    CopiedErasure,
    CopiedField,
    CopiedLook,
    CopiedRecord,
    SubjectCopy,
)
from ledger.disclosure import decode_disclosure
from ledger.erasure.naming import erasure_records
from ledger.errors import BadRequest
from ledger.events import PLANS
from ledger.field_choice import EVERY_FIELD, Choice, WithoutText
from ledger.granting import Granted, granted_fields
from ledger.ledger import Ledger
from ledger.notes.checkpoint import VerifiedCheckpoint
from ledger.opening import instant_of
from ledger.personal import token_text
from ledger.query import EventQuery, full_identity, matching_subject
from ledger.reading import Opening
from ledger.store.query import RecordQuery
from ledger.stored import StoredRecord
from ledger.verification.bundle_layout import MAX_RECORDS
from projections.subject_answers import answers_about

_TOKEN: Final = re.compile(r"(?:person|ip|data-subject|case)#([0-9a-f]{32})")
_NOT_COPIED: Final = frozenset(("_sd", "kind", "event_id", "occurred_at"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose data are asked for, and how."""

    typed: tuple[str, ...]
    """Identities or tokens."""
    subject_ids: frozenset[UUID]
    with_text: bool
    request: str | None
    contact: str | None

    @property
    def choice(self) -> Choice:
        """Which fields under their keys are given."""
        return EVERY_FIELD if self.with_text else WithoutText()


def subject_ids_of(ledger: Ledger, typed: Sequence[str]) -> frozenset[UUID]:
    """Who is meant.

    Raises:
        BadRequest: a text is no identity, or the log knows nobody by it.
    """
    found = set()
    for each in typed:
        subject_id = matching_subject(full_identity("subject", each), ledger.vault.subjects.find)
        if subject_id is None or ledger.vault.subjects.row(subject_id) is None:
            raise BadRequest(
                "subject: expected somebody whom the log knows, found nobody by that name; nothing "
                "is recorded about them, or they were erased: then only their token still tells"
            )
        found.add(subject_id)
    return frozenset(found)


def records_about(ledger: Ledger, subject_ids: frozenset[UUID], size: int) -> list[StoredRecord]:
    """Every record below a size that has something under the key of one of these subjects.

    Raises:
        BadRequest: there are too many for one copy.
    """
    query = RecordQuery(subject_ids=((subject_ids, None),), stop=size)
    rows = list(islice(ledger.log.find(query), MAX_RECORDS + 1))
    if len(rows) > MAX_RECORDS:
        raise BadRequest(f"records: expected at most {MAX_RECORDS} about one person, found more")
    return rows


def opened_of(
    ledger: Ledger, rows: Sequence[StoredRecord], opening: Opening, wanted: Wanted
) -> list[Granted]:
    """What opens of each record, without words in which a token stands for somebody else."""
    return [
        _without_tokens(grant, wanted.subject_ids)
        for grant in granted_fields(ledger, rows, opening, wanted.choice)
    ]


def _without_tokens(grant: Granted, own: frozenset[UUID]) -> Granted:
    names_others = {
        text
        for text in grant.disclosures
        if any(UUID(hex=found) not in own for found in _tokens_in(decode_disclosure(text)[2]))
    }
    if not names_others:
        return grant
    hidden = {decode_disclosure(text)[1] for text in names_others}
    return replace(
        grant,
        opens=tuple(path for path in grant.opens if path not in hidden),
        closed=(*grant.closed, *sorted(hidden)),
        disclosures=tuple(text for text in grant.disclosures if text not in names_others),
    )


def _tokens_in(value: object) -> list[str]:
    return _TOKEN.findall(value if isinstance(value, str) else msgspec.json.encode(value).decode())


def identities_in(grants: Sequence[Granted]) -> tuple[str, ...]:
    """Who the person is, as their own fields name them; each once."""
    named: dict[str, None] = {}
    for grant in grants:
        for _, path, value in map(decode_disclosure, grant.disclosures):
            if _personal(grant.kind, path) == "subject":
                named[str(value)] = None
    return tuple(named)


def copy_of(
    ledger: Ledger,
    checkpoint: VerifiedCheckpoint,
    rows: Sequence[StoredRecord],
    grants: Sequence[Granted],
    *,
    wanted: Wanted,
    before: int,
    now: datetime,
) -> SubjectCopy:
    """The copy of these records.

    Args:
        ledger: The log.
        checkpoint: Under which the proofs are.
        rows: Every record about the person, ascending by index.
        grants: What opens of each, in the same order.
        wanted: Who asks.
        before: The index of the reading that this copy itself is.
        now: When the copy is made.
    """
    facts = {int(row.index): _public(row) for row in rows}
    erased = (_erasure(ledger, subject_id) for subject_id in sorted(wanted.subject_ids))
    return SubjectCopy(
        format=SUBJECT_COPY_FORMAT,
        origin=ledger.origin,
        size=ledger.head().size,
        proven_size=checkpoint.size,
        root=checkpoint.root.hex(),
        made_at=now,
        subject=wanted.typed,
        request=wanted.request,
        contact=wanted.contact,
        with_text=wanted.with_text,
        answers=answers_about(ledger, facts),
        records=tuple(
            CopiedRecord(
                index=row.index,
                kind=row.kind,
                occurred_at=None if row.occurred_at_us is None else instant_of(row.occurred_at_us),
                recorded_at=instant_of(row.recorded_at_us),
                is_proven=row.index < checkpoint.size,
                fields=tuple(_fields(row.kind, facts[row.index], grant, wanted)),
            )
            for row, grant in zip(rows, grants, strict=True)
        ),
        looks=tuple(_looks(ledger, wanted, before)),
        erasures=tuple(each for each in erased if each is not None),
    )


def _looks(ledger: Ledger, wanted: Wanted, before: int) -> Iterator[CopiedLook]:
    """Every reading below an index that showed this person, by index."""
    found = {}
    for each in wanted.typed:
        identity = full_identity("subject", each)
        for opened in ledger.read(EventQuery(looked_at=identity, stop=before)):
            found[opened.stored.index] = opened
    for index, opened in sorted(found.items()):
        if opened.event is not None:
            yield CopiedLook(
                event=index,
                occurred_at=opened.event.occurred_at,
                purpose=opened.event.purpose,
            )


def _erasure(ledger: Ledger, subject_id: UUID) -> CopiedErasure | None:
    """What the log says of the erasure of a subject; `None`: it was not erased."""
    row = ledger.vault.subjects.row(subject_id)
    if row is None or row.erased_at_index is None:
        return None
    known = erasure_records(ledger, row.erased_at_index)
    is_confirmed = known.confirmed_index is not None
    return CopiedErasure(
        token=token_text(row.namespace.partition(":")[0], subject_id),
        event=row.erased_at_index if known.confirmed_index is None else known.confirmed_index,
        occurred_at=known.confirmed_at,
        records=sum(len(batch) for batch in ledger.log.erasures.indexes(row.erased_at_index)),
        is_confirmed=is_confirmed,
        horizon=known.horizon,
    )


def _public(row: StoredRecord) -> Mapping[str, Any]:
    """The members of the sealed event; of bytes that are none, the kind alone."""
    body = raw_body(row.sealed.partition(b"\n\n")[2])
    return body if isinstance(body, Mapping) else {"kind": row.kind}


def _fields(
    kind: str, fact: Mapping[str, Any], grant: Granted, wanted: Wanted
) -> Iterator[CopiedField]:
    """The fields of one record: theirs first, then what is public, then what stays closed."""
    opened = {name: value for _, name, value in map(decode_disclosure, grant.disclosures)}
    for name, value in opened.items():
        yield CopiedField(name=name, state="open", value=value)
    for name, value in fact.items():
        # The stream of a case stands in clear where the number of its source is kept.
        is_case = name in opened or name in grant.closed or name in grant.erased
        if name not in _NOT_COPIED and not is_case:
            yield CopiedField(name=name, state="public", value=value)
    for name in grant.closed:
        is_left_out = not wanted.with_text and _personal(kind, name) == "text"
        state: Any = "words-left-out" if is_left_out else "another-person"
        yield CopiedField(name=name, state=state)
    for name, event in grant.erased.items():
        yield CopiedField(name=name, state="erased", erased_by=event)


def _personal(kind: str, path: str) -> str | None:
    """What sort of personal field it is; `None`: the kind is not known."""
    plan = PLANS.get(kind)
    field = plan.field(path.partition("/")[0]) if plan else None
    return field.personal if field else None
