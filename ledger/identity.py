"""Who a subject is: found in the newest record that names it, because no table holds identities."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from ledger.errors import VerificationError
from ledger.events import PLANS
from ledger.opening import Reveal
from ledger.store.query import RecordQuery
from ledger.stored import StoredDisclosure, StoredRecord

_NEWEST: Final = 10
"""Records looked at; more than one, because the newest may hold words about the subject only."""


class FoundIdentity(NamedTuple):
    """An identity, and the record that tells it."""

    identity: str
    record_index: int


def naming(subject_id: UUID) -> RecordQuery:
    """The newest records that hold a disclosure under a subject's key."""
    return RecordQuery(subject_ids=(({subject_id}, None),), limit=_NEWEST, reverse=True)


def identity_in(
    subject_id: UUID,
    records: Iterable[StoredRecord],
    disclosures_of: Callable[[Sequence[int]], Mapping[int, Sequence[StoredDisclosure]]],
    reveal: Reveal,
) -> FoundIdentity | None:
    """The identity of a subject, or `None` when no record tells it: it was erased."""
    for record in records:
        plan = PLANS.get(record.kind)
        for disclosure in disclosures_of([record.index]).get(record.index, ()):
            if plan is None or disclosure.subject_id != subject_id:
                continue
            try:
                values = reveal(record, disclosure) or {}
            except VerificationError:
                continue  # a damaged row: an older record may tell, and `verify` reports it
            for path, value in values.items():
                field = plan.field(path.partition("/")[0])
                if field is not None and field.personal == "subject":
                    return FoundIdentity(str(value), int(record.index))
    return None
