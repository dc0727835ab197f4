"""Shows records: by tokens to everybody, with identities against a reading that is in the log.

This file is the only place that opens values for somebody who looks. Invariants: `Opening` is made
here only, after its `log.read` is durable; what opens values takes one, and opens nothing of a
record or a subject that the reading does not tell of. One question costs one record, however many
records it shows and none.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from ledger.errors import ZegelError
from ledger.events import PLANS
from ledger.events.log_integrity import LogRead
from ledger.evidence import Reading, Shown, log_read
from ledger.identity import identity_in, naming
from ledger.looking import Looked, looks_at
from ledger.opening import PAGE_RECORDS, ErasedFields, OpenedRecord, Reveal, open_pages
from ledger.personal import token_text
from ledger.purposes import require_purpose
from ledger.query import EventQuery, matching_subject, record_query, shown_json
from ledger.role_names import Role
from ledger.roles import require_role
from ledger.shown_records import MOST_CHARACTERS, RunCollector, Runs
from ledger.store.query import RecordQuery
from ledger.stored import StoredDisclosure, StoredRecord, StoredTombstone
from ledger.units import Index
from ledger.vault.keys import FIRST_GENERATION

if TYPE_CHECKING:
    from ledger.ledger import Ledger

Disclosures = Mapping[int, Sequence[StoredDisclosure]]

_MOST_SUBJECTS: Final = MOST_CHARACTERS // 48
"""So many tokens fit into a text."""

_OF_NO_KIND: Final = "subject"
"""Before the token of somebody under whose key only words are kept."""


ShowsField = Callable[[str, str], bool]
"""Whether a field is shown, by the kind of its record and its path (`subjects/0`)."""


def every_field(_kind: str, _path: str) -> bool:
    """True: nothing is held back."""
    return True


class ReadingNotRecorded(ZegelError):
    """A value was to be opened of which no recorded reading tells; a fault of the program."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The right to open what a reading in the log tells of; made by `record_reading` only."""

    index: Index
    """Of the `log.read`."""
    shown: Shown
    subject_ids: frozenset[UUID] | None
    """Whose values alone may be opened; `None`: of everybody in the records."""

    def require(self, record: StoredRecord, subject_id: UUID) -> None:
        """Passes if the reading tells of this record and this subject.

        Raises:
            ReadingNotRecorded: it does not.
        """
        allowed = self.subject_ids is None or subject_id in self.subject_ids
        if not allowed or not self.shown.runs.covers(record.index):
            raise ReadingNotRecorded(
                f"record {record.index}: expected a reading that tells of it, found {self.index}"
            )


def record_reading(
    ledger: "Ledger",
    reading: Reading,
    question: str,
    rows: Iterable[StoredRecord],
    *,
    subject_ids: Collection[UUID] | None = None,
    fields: ShowsField = every_field,
    role: Role = "resolve",
    lines: int | None = None,
) -> Opening:
    """Records that somebody is shown identities, durably, and gives the right to open them.

    Args:
        ledger: The log.
        reading: Who, and what for.
        question: What was asked, without identities in it.
        rows: The records that are shown, in any order; read once, in constant memory.
        subject_ids: Whose identities and words alone are shown; `None`: of all who stand in them.
        fields: Which fields are shown.
        role: What the reader must be allowed to do.
        lines: How many lines that are no records are shown beside them, as of a quarantine.

    Raises:
        NotAuthorised: the reader has not that role; the attempt was recorded.
        BadRequest: the purpose is not one of the list.
    """
    require_purpose(reading.purpose)
    require_role(ledger, reading.reader, role)
    wanted = None if subject_ids is None else frozenset(subject_ids)
    shown = _shown(ledger, rows, wanted, fields)
    receipt = ledger.record_own(log_read(reading, question, shown, ledger.clock(), lines=lines))
    return Opening(receipt.index, shown, wanted)


def read_records(
    ledger: "Ledger", query: EventQuery, reading: Reading | None
) -> Iterator[OpenedRecord]:
    """The records that a query asks for; see `Ledger.read`."""
    if reading is None:
        return _matching(ledger, query, None)
    known = query.below(ledger.head().size)  # so that both passes see the same records
    found: Iterator[StoredRecord]
    if known.grep is None:
        found = islice(_rows(ledger, known), known.limit)
    else:
        # Patterns are compared with what will be shown; nothing of it leaves this pass.
        found = (each.stored for each in _matching(ledger, known, _unrecorded(ledger)))
    question = query.text(ledger.vault.subjects.find)
    opening = record_reading(ledger, reading, question, found)
    return _matching(ledger, known, _revealing(ledger, opening), opening.shown.runs)


def has_more(ledger: "Ledger", query: EventQuery, index: int, *, identities: bool) -> bool:
    """Whether a query asks for records behind the one of an index; shows nothing of them.

    Args:
        ledger: The log.
        query: Which records, in the order of their index.
        index: Of the last record that is known.
        identities: Whether a pattern is compared with identities: for whom they are shown.
    """
    rest = replace(query, start=max(query.start, index + 1), limit=1)
    reveal = _unrecorded(ledger) if identities else None
    return next(_matching(ledger, rest, reveal), None) is not None


def open_rows(
    ledger: "Ledger", rows: Iterable[StoredRecord], opening: Opening | None
) -> Iterator[OpenedRecord]:
    """Rows as opened records, in the order given: with tokens, or against a recorded reading."""
    return _opened(ledger, rows, None if opening is None else _revealing(ledger, opening))


def open_texts(
    ledger: "Ledger", row: StoredRecord, disclosure: StoredDisclosure, opening: Opening
) -> list[bytes] | None:
    """The RFC 9901 texts of a disclosure; `None` when its subject was erased.

    Raises:
        ReadingNotRecorded: the reading does not tell of this record and subject.
        VerificationError: it does not decrypt.
    """
    opening.require(row, disclosure.subject_id)
    return ledger.vault.texts_of(disclosure, row.event_id.bytes if row.event_id else None)


def resolve_subjects(
    ledger: "Ledger", subject_ids: Sequence[UUID], question: str, reading: Reading
) -> dict[UUID, str]:
    """The identities of subjects; see `Ledger.resolve`."""
    reveal = _unrecorded(ledger)  # to know which records tell them; nobody sees it before
    ledger.vault.refresh()
    found = {}
    for subject_id in dict.fromkeys(subject_ids):
        newest = ledger.log.find(naming(subject_id))
        identity = identity_in(subject_id, newest, _loaded(ledger), reveal)
        if identity is not None:
            found[subject_id] = identity
    indexes = sorted({each.record_index for each in found.values()})
    rows = (row for index in indexes for row in ledger.log.scan(index, index + 1))
    record_reading(ledger, reading, question, rows, subject_ids=found.keys())
    return {subject_id: each.identity for subject_id, each in found.items()}


def _matching(
    ledger: "Ledger", query: EventQuery, reveal: Reveal | None, told: Runs | None = None
) -> Iterator[OpenedRecord]:
    """The opened records that a query asks for; only those inside the runs, where some are told."""
    pattern = query.pattern()
    rows = _rows(ledger, query)
    if told is not None:
        rows = (row for row in rows if told.covers(row.index))
    opened = _opened(ledger, rows, reveal)
    if pattern is not None:
        opened = (each for each in opened if pattern.search(shown_json(each)))
    return islice(opened, query.limit)


def _rows(ledger: "Ledger", query: EventQuery) -> Iterator[StoredRecord]:
    """The stored records that a query asks for, before its pattern and without its limit."""
    asked = record_query(query, ledger.vault.subjects.find)
    if asked is None:
        return iter(())
    if query.looked_at is None:
        return ledger.log.find(asked)
    subject_id = matching_subject(query.looked_at, ledger.vault.subjects.find)
    if subject_id is None:
        return iter(())
    looked = Looked.of(
        subject_id, ledger.log.find(RecordQuery(subject_ids=(({subject_id}, None),)))
    )
    readings = ledger.log.find(asked)
    return (
        each.stored
        for each in _opened(ledger, readings, _unrecorded(ledger))
        if isinstance(each.event, LogRead) and looks_at(each.event, looked)
    )


def _opened(
    ledger: "Ledger", rows: Iterable[StoredRecord], reveal: Reveal | None
) -> Iterator[OpenedRecord]:
    ledger.vault.refresh()
    disclosures_of = ledger.log.disclosures_of if reveal is None else _loaded(ledger)
    return open_pages(rows, disclosures_of, reveal, partial(erased_fields, ledger))


def erased_fields(ledger: "Ledger", indexes: Sequence[int]) -> Mapping[int, Sequence[ErasedFields]]:
    """What was erased of these records, by index; a record without anything is left out."""
    if ledger.vault.generation == FIRST_GENERATION:  # every erasure moves it
        return {}
    tombstones = ledger.log.erasures.at(indexes)
    asked = {each.requested_index for rows in tombstones.values() for each in rows}
    # Once each: thousands of records may wait for the confirmation of one erasure.
    told_by = {index: ledger.log.erasures.confirmation_of(index) for index in asked}
    return {
        index: [_told(each, told_by[each.requested_index]) for each in rows]
        for index, rows in tombstones.items()
    }


def _told(tombstone: StoredTombstone, told_by: int | None) -> ErasedFields:
    paths = tuple(tombstone.fields.split(","))
    return ErasedFields(paths, tombstone.requested_index if told_by is None else told_by)


def _loaded(ledger: "Ledger") -> Callable[[Sequence[int]], Disclosures]:
    """Gives the disclosures of records, their keys brought into memory with one query."""

    def disclosures_of(indexes: Sequence[int]) -> Disclosures:
        found = ledger.log.disclosures_of(indexes)
        ledger.vault.load(each.subject_id for rows in found.values() for each in rows)
        return found

    return disclosures_of


def _revealing(ledger: "Ledger", opening: Opening) -> Reveal:
    """Opens values for somebody: only what a reading in the log tells of."""
    reveal = _unrecorded(ledger)
    subject_ids = opening.subject_ids

    def revealed(record: StoredRecord, disclosure: StoredDisclosure) -> Mapping[str, Any] | None:
        if subject_ids is not None and disclosure.subject_id not in subject_ids:
            return None  # of somebody else in the same record: stays closed
        opening.require(record, disclosure.subject_id)
        return reveal(record, disclosure)

    return revealed


def _unrecorded(ledger: "Ledger") -> Reveal:
    """Opens values inside this file, to decide what a question is about; shows nothing."""

    def revealed(record: StoredRecord, disclosure: StoredDisclosure) -> Mapping[str, Any] | None:
        if record.event_id is None:
            return None
        return ledger.vault.values_of(disclosure, record.event_id)

    return revealed


def _shown(
    ledger: "Ledger",
    rows: Iterable[StoredRecord],
    subject_ids: frozenset[UUID] | None,
    fields: ShowsField,
) -> Shown:
    """What a reader of these records will see."""
    runs = RunCollector()
    records = identities = 0
    namespaces: dict[UUID, str] = {}
    shows_all = subject_ids is None and fields is every_field
    remaining = iter(rows)
    while page := list(islice(remaining, PAGE_RECORDS)):
        records += len(page)
        kinds = {int(row.index): row.kind for row in page}
        for index in kinds:
            runs.add(index)
        for index, disclosures in ledger.log.disclosures_of(list(kinds)).items():
            for each in disclosures:
                if subject_ids is not None and each.subject_id not in subject_ids:
                    continue
                kind = kinds[index]
                identities += sum(1 for _ in _namespaces(kind, each, fields))
                if shows_all or len(namespaces) > _MOST_SUBJECTS:
                    continue  # nobody is named, or there are too many to name
                if any(fields(kind, path) for path in each.fields.split(",")):
                    names = _namespaces(kind, each, every_field)
                    namespaces[each.subject_id] = next(names, _OF_NO_KIND)
    are_all = shows_all or len(namespaces) <= _MOST_SUBJECTS
    tokens = [token_text(name, subject_id) for subject_id, name in namespaces.items()]
    named = " ".join(sorted(tokens)) if are_all and not shows_all else None
    return Shown(
        records=records,
        identities=identities,
        runs=runs.collected(),
        subjects=named,
        subjects_are_all=are_all,
    )


def _namespaces(kind: str, disclosure: StoredDisclosure, shows: ShowsField) -> Iterator[str]:
    """Of each place in a disclosure whose identity is shown."""
    plan = PLANS.get(kind)
    for path in disclosure.fields.split(","):
        field = plan.field(path.partition("/")[0]) if plan else None
        if field is not None and field.personal == "subject" and shows(kind, path):
            yield field.namespace
