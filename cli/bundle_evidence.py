"""Gathers from a log what a bundle is made of: which records, which checkpoint, what is opened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final
from uuid import UUID

from formats.bundle.evidence import ChosenRecord, Evidence, TimeStamp
from ledger.anchors.anchor import Anchor, cosigned_note
from ledger.anchors.kept_anchors import verify_anchor
from ledger.anchors.settings import AnchorSettings
from ledger.errors import BadRequest, VerificationError
from ledger.granting import granted_disclosures
from ledger.ledger import Ledger
from ledger.notes.checkpoint import KeyTerm, VerifiedCheckpoint
from ledger.notes.policy import Policy
from ledger.notes.signed_note import encode_note
from ledger.query import EventQuery, matching_subject, record_query
from ledger.store.anchors import AnchorTable
from ledger.store.checkpoints import CheckpointTable
from ledger.store.requests import microseconds
from ledger.store.tiles import TileTable
from ledger.stored import StoredRecord
from ledger.verification.bundle_layout import MAX_RECORDS

MOST_CHECKPOINTS: Final = 100
"""So far back a checkpoint with enough witnesses is looked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which records are asked for, and what their reader may open."""

    since: datetime | None = None
    """At or after this instant in the world."""
    until: datetime | None = None
    """Before this instant in the world."""
    subject: str | None = None
    """An identity or a token."""
    case: str | None = None
    """The id of a stream, or NAMESPACE:ID as a source calls the case."""
    opens: bool = False
    """Whether personal fields are opened: of the subject, where one is named, else of everybody."""
    is_mirror: bool = True
    """Whether hash tiles and the records beside the chosen ones go along."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint that is believed under the policy it is handed out with."""

    checkpoint: VerifiedCheckpoint
    policy: Policy
    anchors: tuple[Anchor, ...]
    """Those that hold: the first of each party."""
    left_out: tuple[VerificationError, ...]
    """Why other anchors are not handed out."""


def signed_checkpoint(ledger: Ledger, terms: Sequence[KeyTerm], settings: AnchorSettings) -> Signed:
    """The newest checkpoint that has the cosignatures that the settings ask for.

    Raises:
        BadRequest: there is none.
        VerificationError: a stored checkpoint is not what the signer signed.
    """
    table = CheckpointTable(ledger.log.engine, ledger.log.log_id)
    anchors = AnchorTable(ledger.log.engine, ledger.log.log_id)
    refused: VerificationError | None = None
    for stored in table.newest_first(MOST_CHECKPOINTS):
        policy = settings.policy([term.key for term in terms if term.covers(stored.size)])
        bare = Policy(policy.logs).open_checkpoint(stored.note)
        kept, left_out = _first_of_each(anchors.anchors_of(bare.size), bare, settings)
        try:
            checkpoint = policy.open_checkpoint(encode_note(cosigned_note(bare, kept)))
        except VerificationError as error:
            refused = refused or error
            continue
        return Signed(checkpoint, policy, kept, left_out)
    if refused is not None:
        raise BadRequest(
            f"{ledger.origin}: expected a checkpoint with enough witnesses, found none "
            f"({refused}); `zegel anchor` asks them"
        )
    raise BadRequest(f"{ledger.origin}: expected a checkpoint, found none; `zegel seal` makes one")


def _first_of_each(
    anchors: Sequence[Anchor], checkpoint: VerifiedCheckpoint, settings: AnchorSettings
) -> tuple[tuple[Anchor, ...], tuple[VerificationError, ...]]:
    """The earliest anchor of each party that holds; it proves the most."""
    first: dict[tuple[str, str], Anchor] = {}
    wrong: list[VerificationError] = []
    for anchor in anchors:
        try:
            verify_anchor(anchor, checkpoint, settings)
        except VerificationError as error:
            wrong.append(error)
            continue
        first.setdefault((anchor.kind, anchor.authority), anchor)
    return tuple(first.values()), tuple(wrong)


def asked_records(ledger: Ledger, asked: Asked, size: int) -> list[StoredRecord]:
    """The records that are asked for among the first `size`, in the order of their index.

    Raises:
        BadRequest: there are none or too many, or the case is unknown.
    """
    find = ledger.vault.subjects.find
    query = record_query(
        EventQuery(since=asked.since, until=asked.until, subject=asked.subject, known_size=size),
        find,
    )
    stream = None if asked.case is None else _stream(ledger, asked.case)
    if query is None:
        found: Iterator[StoredRecord] = iter(())
    elif stream is not None and asked.subject is None:
        found = (row for row in ledger.log.scan_stream(stream) if _is_in(row, asked, size))
    else:
        found = ledger.log.find(query)
    rows = list(islice((row for row in found if stream in {None, row.stream}), MAX_RECORDS + 1))
    if not 0 < len(rows) <= MAX_RECORDS:
        many = f"more than {MAX_RECORDS}; --since and --until narrow it" if rows else "none"
        raise BadRequest(
            f"bundle: expected records under the newest checkpoint of size {size}, found {many}"
        )
    return sorted(rows, key=lambda row: row.index)


def _is_in(row: StoredRecord, asked: Asked, size: int) -> bool:
    at = row.occurred_at_us
    if (asked.since or asked.until) and at is None:
        return False
    after = asked.since is None or (at is not None and at >= microseconds(asked.since))
    before = asked.until is None or (at is not None and at < microseconds(asked.until))
    return row.index < size and after and before


def _stream(ledger: Ledger, case: str) -> UUID:
    try:
        return UUID(case)
    except ValueError:
        namespace, colon, source_id = case.partition(":")
    found = ledger.case_stream(namespace, source_id) if colon else None
    if found is None:
        raise BadRequest(
            f"--case: expected the id of a stream, or NAMESPACE:ID such as grant:G-1041, of a case "
            f"that is known, found {case!r}"
        )
    return found


def question_of(ledger: Ledger, asked: Asked) -> dict[str, str]:
    """What was asked for, in words that name nobody and link no two bundles about one person."""
    question: dict[str, str] = {}
    for name, instant in (("since", asked.since), ("until", asked.until)):
        if instant is not None:
            question[name] = f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if asked.subject is not None:
        question["subject"] = f"one {asked.subject.replace('#', ':').partition(':')[0]}"
    if asked.case is not None:
        question["case"] = str(_stream(ledger, asked.case))
    return question


def reading_text(ledger: Ledger, asked: Asked) -> str:
    """The question as it is kept with the one who asked: a token in place of an identity."""
    query = EventQuery(since=asked.since, until=asked.until, subject=asked.subject)
    case = "" if asked.case is None else f"; case={_stream(ledger, asked.case)}"
    return f"bundle: {query.text(ledger.vault.subjects.find)}{case}"


def evidence_of(
    ledger: Ledger, asked: Asked, signed: Signed, rows: Sequence[StoredRecord]
) -> Evidence:
    """What the bundle is made of."""
    opened: dict[int, list[bytes]] = {}
    if asked.opens:
        named = None
        if asked.subject is not None:
            found = matching_subject(asked.subject, ledger.vault.subjects.find)
            named = {found} if found else set()
        opened = granted_disclosures(ledger, rows, named)
    checkpoint = signed.checkpoint
    return Evidence(
        checkpoint=checkpoint.raw,
        policy=signed.policy,
        records=[
            ChosenRecord(row.index, row.sealed, tuple(opened.get(row.index, ()))) for row in rows
        ],
        fetch=TileTable(ledger.log).fetch,
        read_records=(
            (lambda start, stop: [row.sealed for row in ledger.log.scan_raw(start, stop)])
            if asked.is_mirror
            else None
        ),
        question=question_of(ledger, asked),
        time_stamps=[
            TimeStamp(anchor.authority, anchor.evidence)
            for anchor in signed.anchors
            if anchor.kind == "rfc3161"
        ],
    )
