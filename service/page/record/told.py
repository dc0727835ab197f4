"""Everything that the page of one record shows, gathered in a few statements."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from formats.answers.record import raw_body, short_kind
from formats.json_form import encode_json
from formats.sentences import sentence
from formats.subject_copy.words import harmless, kind_words
from ledger.inspection import SeenDigest, SeenRecord, inspect_record
from ledger.opening import open_pages
from ledger.reading import Opening
from ledger.stored import StoredRecord, stored_bytes
from service.page.record.fields import Field, Group, shown_fields
from service.page.record.proof import (
    Proof,
    Trust,
    neighbours_of,
    opened_texts,
    proof_of,
    trust_of,
)
from service.page.record.taken_back import taken_back_by
from service.page.record.words import words_for_script
from service.page.visit import Visit


@dataclass(frozen=True, slots=True)
class ToldRecord:
    """One record as its page shows it."""

    index: int
    size: int
    """Of the log, when it was asked."""
    kind: str
    title: str
    """What happened, by kind, in the language of the visitor."""
    sentence: str | None
    occurred_at: datetime | None
    recorded_at: datetime
    system: str | None
    delay: timedelta | None
    """From the one to the other; below zero where the source's clock was ahead."""
    fields: Mapping[Group, Sequence[Field]]
    raw: str | None
    """The event bytes, of a kind that this version does not know."""
    closed: int
    """How many personal values stay closed."""
    taken_back_by: tuple[int, ...]
    """Later records by which it does not count any more."""
    sealed_text: str
    seen: SeenRecord
    digests: Sequence[SeenDigest]
    """Of personal values; none for whoever may see proofs alone."""
    proof: Proof
    trust: Trust
    evidence: Mapping[str, Any]
    """What the browser verifies, as JSON."""


def told_record(visit: Visit, stored: StoredRecord, opening: Opening | None) -> ToldRecord:
    """One record with its proof; blocking.

    Args:
        visit: Who looks.
        stored: The record.
        opening: The right to show who it was; `None`: tokens are shown.
    """
    ledger = visit.context.ledger
    may_read = visit.caller.may("read")
    if may_read:
        (opened,) = ledger.open_records([stored], identities=opening)
    else:  # what stands in the sealed bytes, which lead to nobody and to no other record
        (opened,) = open_pages([stored], lambda _: {}, None)
    seen = inspect_record(ledger, opened)
    proof = proof_of(visit.context, stored)
    trust = trust_of(visit.context, 0 if proof.checkpoint is None else proof.checkpoint.size)
    event = opened.event
    sealed = stored_bytes(stored.sealed)
    return ToldRecord(
        index=stored.index,
        size=ledger.head().size,
        kind=short_kind(stored.kind),
        title=kind_words(stored.kind, visit.language),
        sentence=None if event is None else sentence(event, visit.zone, visit.language),
        occurred_at=None if event is None else event.occurred_at,
        recorded_at=opened.recorded_at,
        system=stored.system,
        delay=None if event is None else opened.recorded_at - event.occurred_at,
        fields=shown_fields(opened, visit.language, visit.zone, may_read=may_read),
        raw=None if event is not None else _raw(sealed),
        closed=sum(state in {"token", "withheld"} for state in opened.personal.values()),
        taken_back_by=taken_back_by(ledger, stored),
        sealed_text=harmless(sealed.decode("utf-8", "replace")),
        seen=seen,
        digests=seen.digests if may_read else (),
        proof=proof,
        trust=trust,
        evidence=_evidence(visit, stored, proof, trust, opening),
    )


def _raw(sealed: bytes) -> str:
    body = raw_body(sealed.partition(b"\n\n")[2])
    return harmless(body if isinstance(body, str) else encode_json(body))


def _evidence(
    visit: Visit, stored: StoredRecord, proof: Proof, trust: Trust, opening: Opening | None
) -> dict[str, Any]:
    """What the script of the page takes: bytes in base64, and the words that it shows."""
    before, after = neighbours_of(visit.context, stored.index)
    return {
        "origin": visit.context.ledger.origin,
        "index": stored.index,
        "sealed": _base64(stored_bytes(stored.sealed)),
        "before": None if before is None else _base64(before),
        "after": None if after is None else _base64(after),
        "checkpoint": proof.note,
        "hashes": [_base64(each) for each in proof.hashes],
        "disclosures": list(opened_texts(visit.context, stored, opening)),
        "keys": list(trust.keys),
        "witnesses": list(trust.witnesses),
        "words": words_for_script(visit.gettext),
    }


def _base64(content: bytes) -> str:
    return b64encode(content).decode("ascii")
