"""What the log knows of one record: bytes, neighbours, digests, and whether they agree."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ledger.body import body_digests
from ledger.disclosure import decode_disclosure, disclosure_digest
from ledger.erased_words import erased_words
from ledger.errors import MalformedRecord, VerificationError
from ledger.events import PLANS
from ledger.id_types import erased_id_type, id_type
from ledger.personal import token_text
from ledger.record import SealedRecord, decode_record, leaf_hash
from ledger.rows_to_verify import erasures_of
from ledger.stored import RawRecord, StoredDisclosure, StoredRecord, stored_bytes
from ledger.verification.body_copies import copy_findings, read_copies
from ledger.verification.disclosure_check import digest_texts
from ledger.verification.header_columns import header_findings

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from ledger.opening import OpenedRecord


@dataclass(frozen=True, slots=True)
class SeenDigest:
    """One digest that the sealed bytes hold of a personal field."""

    digest: str
    field: str | None
    subject: str | None
    """The token of the subject or case under whose key the value lies."""
    state: str
    """`opens`, `erased (by event N)`, `does not open` or `no disclosure`."""
    event: int | None = None
    """The record that tells of the erasure, where it was erased."""
    id_type: str | None = None
    """Of a data subject whose id is of a known type: `BSN`; it stays after an erasure."""


class Links(NamedTuple):
    """The leaf hashes around one record."""

    leaf: bytes
    """Hashed from the stored bytes just now."""
    before: bytes
    """The one stored for the index before; 32 zero bytes at index 0."""
    after: bytes
    """What the next record, or the head, says the leaf hash of this record is."""
    after_place: str


@dataclass(frozen=True, slots=True)
class SeenRecord:
    """One record as it was found and checked."""

    opened: "OpenedRecord"
    header: SealedRecord | None
    """`None`: the bytes are no sealed record."""
    links: Links
    digests: tuple[SeenDigest, ...]
    faults: tuple[str, ...]


def inspect_record(ledger: "Ledger", opened: "OpenedRecord") -> SeenRecord:
    """One record, compared with its columns, its neighbours and its disclosures."""
    stored = opened.stored
    faults = []
    try:
        header = decode_record(stored_bytes(stored.sealed))
    except MalformedRecord as error:
        header = None
        faults.append(str(error))
    chain = Links(
        leaf_hash(stored_bytes(stored.sealed)),
        _leaf_before(ledger, stored.index),
        *_after(ledger, stored.index),
    )
    faults += _link_faults(stored, header, chain)
    if header is not None and chain.leaf == chain.after:  # else the bytes are no measure
        faults += _column_faults(stored, header)
    digests = tuple(_digests(ledger, stored, header.body)) if header is not None else ()
    faults += [
        f"digest {digest.digest}: expected a disclosure that opens, found: {digest.state}"
        for digest in digests
        if digest.state != "opens" and digest.event is None
    ]
    return SeenRecord(opened, header, chain, digests, tuple(faults))


def _leaf_before(ledger: "Ledger", index: int) -> bytes:
    beginning = ledger.log.beginning()
    if index == beginning.frontier.size:
        return beginning.last_leaf
    record = ledger.log.record_at(index - 1)
    return stored_bytes(record.leaf_hash) if record else b""


def _after(ledger: "Ledger", index: int) -> tuple[bytes, str]:
    head = ledger.head()
    if index + 1 >= head.size:
        return head.last_leaf_hash, "head"
    record = ledger.log.record_at(index + 1)
    try:
        return (
            decode_record(stored_bytes(record.sealed)).previous if record else b""
        ), f"record {index + 1}"
    except MalformedRecord:
        return b"", f"record {index + 1}"


def _link_faults(stored: StoredRecord, header: SealedRecord | None, links: Links) -> Iterator[str]:
    leaf, before, after, place = links
    if after != leaf:
        committed = after.hex() or "nothing"
        yield f"sealed bytes: expected leaf hash {committed} ({place} says so), found {leaf.hex()}"
    if stored.leaf_hash not in {leaf, after}:
        found = stored_bytes(stored.leaf_hash).hex()
        yield f"column leaf_hash: expected {after.hex()}, found {found}"
    if header is not None and header.previous != before:
        expected = before.hex() or "a record before"
        yield f"previous: expected {expected}, found {header.previous.hex()}"


def _column_faults(stored: StoredRecord, header: SealedRecord) -> list[str]:
    row = RawRecord(
        index=stored.index,
        sealed=stored.sealed,
        leaf_hash=stored.leaf_hash,
        stream=stored.stream.bytes,
        version=stored.version,
        kind=stored.kind,
        event_id=stored.event_id.bytes if stored.event_id else None,
        recorded_at_us=stored.recorded_at_us,
        occurred_at_us=stored.occurred_at_us,
        system=stored.system,
    )
    found = [
        *header_findings(row, header),
        *copy_findings(row, header.kind, read_copies(header.kind, header.body)),
    ]
    return [str(finding) for finding in found]


def _digests(ledger: "Ledger", stored: StoredRecord, body: bytes) -> Iterator[SeenDigest]:
    """Every digest of the body with what stands behind it."""
    try:
        sealed = body_digests(body)
    except MalformedRecord:
        return
    behind = _erased(ledger, stored)
    closed: list[SeenDigest] = []
    for disclosure in ledger.log.disclosures_of([stored.index]).get(stored.index, []):
        for seen in _opened(ledger, stored, disclosure):
            if seen.digest:
                behind[seen.digest] = seen
            else:
                closed.append(seen)
    for digest in sealed:
        if digest in behind:
            yield behind[digest]
        elif closed:
            # Which closed value stands behind which digest cannot be told without its salt.
            yield SeenDigest(digest, None, None, closed.pop().state)
        else:
            yield SeenDigest(digest, None, None, "no disclosure")


def _erased(ledger: "Ledger", stored: StoredRecord) -> dict[str, SeenDigest]:
    """What was erased of a record, by digest; only what an erasure that holds explains."""
    tombstones = ledger.log.erasures.at([stored.index]).get(stored.index, [])
    if not tombstones:
        return {}
    erasures = erasures_of(ledger.log, requests={each.requested_index for each in tombstones})
    found = {}
    for each in tombstones:
        event = erasures.told(each.requested_index)
        if event is not None:
            known = erased_id_type(ledger, each.requested_index)
            for digest, name in zip(digest_texts(each), each.fields.split(","), strict=False):
                shown = known if _names_subject(stored.kind, name) else None
                found[digest] = SeenDigest(digest, name, None, erased_words(event), event, shown)
    return found


def _opened(
    ledger: "Ledger", stored: StoredRecord, disclosure: StoredDisclosure
) -> Iterator[SeenDigest]:
    names = disclosure.fields.split(",")
    subject = token_text(_namespace(stored.kind, names), disclosure.subject_id)
    try:
        texts = ledger.vault.texts_of(
            disclosure, stored.event_id.bytes if stored.event_id else None
        )
    except VerificationError:
        yield from (SeenDigest("", name, subject, "does not open") for name in names)
        return
    if texts is None:
        yield from (SeenDigest("", name, subject, "has no key any more") for name in names)
        return
    found = [decode_disclosure(text)[1] for text in texts]
    state = "opens" if found == names else "is not what its column says"
    known = id_type(ledger, disclosure.subject_id)
    for text, name in zip(texts, found, strict=True):
        shown = known if _names_subject(stored.kind, name) else None
        yield SeenDigest(disclosure_digest(text), name, subject, state, id_type=shown)


def _names_subject(kind: str, path: str) -> bool:
    """Whether a field names a data subject, whose id has a type."""
    plan = PLANS.get(kind)
    field = plan.field(path.partition("/")[0]) if plan else None
    return field is not None and field.namespace == "data-subject"


def _namespace(kind: str, names: list[str]) -> str:
    """What the key is of: of a person, address or data subject, else of the case."""
    plan = PLANS.get(kind)
    found = [plan.field(name.partition("/")[0]) for name in names] if plan else []
    subjects = [field.namespace for field in found if field and field.personal == "subject"]
    return subjects[0] if subjects else "case"
