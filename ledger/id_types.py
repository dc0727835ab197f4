"""The type of a data subject's id, such as `BSN`, known without the value and after its erasure.

It stands in clear beside the wrapped key of the subject, and stays when the key is destroyed. Only
types that say nothing about one person are kept there (`ledger.identifiers.CLEAR_TYPES`).
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from ledger.store.engine import reading
from ledger.store.schema import SUBJECT

if TYPE_CHECKING:
    from ledger.ledger import Ledger


def id_type(ledger: "Ledger", subject_id: UUID) -> str | None:
    """The type of a subject's id; `None`: it has none, or none that is kept in clear."""
    row = ledger.vault.subjects.row(subject_id)
    return None if row is None else _type_of(row.namespace)


def erased_id_type(ledger: "Ledger", requested_index: int) -> str | None:
    """The type of the ids of those whom an erasure erased; `None` where they differ or have none.

    Args:
        ledger: The log.
        requested_index: The record that asked for the erasure.
    """
    wanted = (SUBJECT.c.log == ledger.log.log_id) & (SUBJECT.c.erased_at_index == requested_index)
    with reading(ledger.log.engine) as connection:
        found = connection.execute(select(SUBJECT.c.namespace).where(wanted).distinct()).scalars()
        return _only(_type_of(each) for each in found.all())


def _type_of(namespace: str) -> str | None:
    return namespace.partition(":")[2] or None


def _only(types: Iterable[str | None]) -> str | None:
    found = set(types)
    return found.pop() if len(found) == 1 else None
