"""What a reader of handed-out records may open: the disclosures that were granted, nothing else.

Invariant: a disclosure is given as it was sealed, so that its digest can be compared; whose key was
erased stays closed.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from uuid import UUID

from ledger.ledger import Ledger
from ledger.stored import StoredRecord


def granted_disclosures(
    ledger: Ledger, rows: Sequence[StoredRecord], subject_ids: AbstractSet[UUID] | None = None
) -> dict[int, list[bytes]]:
    """The RFC 9901 disclosures of these records, by index; those without any are left out.

    Nothing is recorded here: see `Ledger.record_reading`.

    Args:
        ledger: The log with its keys.
        rows: Records of it, few enough for memory.
        subject_ids: Only what is under the keys of these subjects; `None`: all.

    Raises:
        VerificationError: a stored disclosure does not decrypt (DISCLOSURE_MISMATCH).
    """
    ledger.vault.refresh()
    stored = ledger.log.disclosures_of([row.index for row in rows])
    wanted = {
        index: [one for one in found if subject_ids is None or one.subject_id in subject_ids]
        for index, found in stored.items()
    }
    ledger.vault.load({one.subject_id for found in wanted.values() for one in found})
    granted: dict[int, list[bytes]] = {}
    for row in rows:
        event_id = row.event_id.bytes if row.event_id else None
        for disclosure in wanted.get(row.index, ()):
            texts = ledger.vault.texts_of(disclosure, event_id)
            if texts:
                granted.setdefault(row.index, []).extend(texts)
    return granted
