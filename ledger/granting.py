"""What a reader of handed-out records may open: the fields that were granted, nothing else.

Invariants: a disclosure is given as it was sealed, so that its digest can be compared; what was
erased stays closed, which is said with the event and never fails; a plan decrypts nothing.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from uuid import UUID

from ledger.disclosure import decode_disclosure
from ledger.field_choice import Choice
from ledger.ledger import Ledger
from ledger.reading import Opening, open_texts
from ledger.stored import StoredDisclosure, StoredRecord


@dataclass(frozen=True, slots=True)
class Granted:
    """What opens of one record and what does not, by the path of its personal fields."""

    index: int
    kind: str
    opens: tuple[str, ...]
    closed: tuple[str, ...]
    """Not granted, or kept under the key of somebody else."""
    erased: Mapping[str, int] = field(default_factory=dict)
    """Granted, but gone for good; the index of the record that says so."""
    disclosures: tuple[bytes, ...] = ()
    """RFC 9901 texts of what opens; none in a plan."""


def plan_grants(
    ledger: Ledger,
    rows: Sequence[StoredRecord],
    choice: Choice,
    subject_ids: AbstractSet[UUID] | None = None,
) -> list[Granted]:
    """What would open of each of these records, in their order; no value is decrypted.

    Args:
        ledger: The log.
        rows: Records of it, few enough for memory.
        choice: Which fields are granted.
        subject_ids: Only what is under the keys of these subjects; `None`: all.
    """
    ledger.vault.refresh()
    stored = ledger.log.disclosures_of([row.index for row in rows])
    plans = []
    for row, opened in zip(rows, ledger.open_records(rows), strict=True):
        opens: list[str] = []
        closed: list[str] = []
        for disclosure in stored.get(row.index, ()):
            is_theirs = _is_theirs(disclosure, subject_ids)
            for path in disclosure.fields.split(","):
                is_granted = is_theirs and choice.grants(row.kind, path)
                (opens if is_granted else closed).append(path)
        gone = {path: at for path, at in opened.erased.items() if choice.grants(row.kind, path)}
        closed += [path for path in opened.erased if path not in gone]
        plans.append(Granted(row.index, row.kind, tuple(opens), tuple(closed), gone))
    return plans


def granted_fields(
    ledger: Ledger, rows: Sequence[StoredRecord], opening: Opening, choice: Choice
) -> list[Granted]:
    """As `plan_grants`, with the disclosures that open what is granted.

    Args:
        ledger: The log.
        rows: Records of it, few enough for memory.
        opening: The recorded reading that tells of these records, and whose values alone open.
        choice: Which fields are granted.

    Raises:
        ReadingNotRecorded: a record of which that reading does not tell.
        VerificationError: a stored disclosure does not decrypt (DISCLOSURE_MISMATCH).
    """
    plans = plan_grants(ledger, rows, choice, opening.subject_ids)
    stored = ledger.log.disclosures_of([plan.index for plan in plans if plan.opens])
    wanted = {
        index: [one for one in found if _is_theirs(one, opening.subject_ids)]
        for index, found in stored.items()
    }
    ledger.vault.load({one.subject_id for found in wanted.values() for one in found})
    granted = []
    for row, plan in zip(rows, plans, strict=True):
        texts: list[bytes] = []
        for disclosure in wanted.get(row.index, ()):
            if any(choice.grants(row.kind, path) for path in disclosure.fields.split(",")):
                texts += open_texts(ledger, row, disclosure, opening) or ()
        # By the sealed name: the column beside a disclosure is only a copy.
        opened = tuple(text for text in texts if choice.grants(row.kind, _name_in(text)))
        granted.append(replace(plan, disclosures=opened))
    return granted


def _name_in(text: bytes) -> str:
    return decode_disclosure(text)[1]


def _is_theirs(disclosure: StoredDisclosure, subject_ids: AbstractSet[UUID] | None) -> bool:
    return subject_ids is None or disclosure.subject_id in subject_ids
