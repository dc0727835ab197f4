"""How the source of a case calls it, for the log's own use: a step is recorded under that name.

It is shown to nobody. Who is to see it needs a reading that is recorded (`ledger.reading`).
"""

from typing import TYPE_CHECKING, Final
from uuid import UUID

from ledger.errors import VerificationError

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from ledger.stored import StoredRecord

_LOOKED_AT: Final = 50
"""So many of its first records at most; each names the case."""


def case_name(ledger: "Ledger", namespace: str, stream: UUID) -> str | None:
    """The source's own id of a case; `None` where it was erased, or the stream is no such case.

    Args:
        ledger: The log.
        namespace: `breach`, `request`.
        stream: Of the case.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    field = f"{namespace}_id"
    rows: dict[int, StoredRecord] = {
        row.index: row for row in ledger.log.scan_stream(stream, limit=_LOOKED_AT)
    }
    for index, disclosures in sorted(ledger.log.disclosures_of(list(rows)).items()):
        event_id = rows[index].event_id
        for disclosure in disclosures:
            if event_id is None or field not in disclosure.fields.split(","):
                continue
            try:
                values = ledger.vault.values_of(disclosure, event_id) or {}
            except VerificationError:
                continue  # another of its records may say it; what is wrong here `verify` reports
            name = values.get(field)
            if isinstance(name, str) and ledger.case_stream(namespace, name) == stream:
                return name
    return None
