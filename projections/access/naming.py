"""Puts names in the place of tokens in rows about access, against a reading that was recorded."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ledger.ledger import Ledger
from ledger.reading import Opening
from ledger.stored import StoredRecord

Rows = Sequence[Mapping[str, Any]]

_SHOWN: Final = ("grant_id", "grantee", "granted_by", "actor", "reviewer", "review_id", "person")
"""Fields of the records behind a review that its rows hold tokens of."""


def records_behind(ledger: Ledger, rows: Rows) -> list[StoredRecord]:
    """The records that rows rest on, each once, in order of index."""
    indexes = {index for row in rows for index in row.get("indexes", ())}
    indexes |= {row["index"] for row in rows if isinstance(row.get("index"), int)}
    return ledger.log.records_at(sorted(indexes))


def named_rows(ledger: Ledger, rows: Rows, opening: Opening | None) -> list[dict[str, Any]]:
    """Rows with the people and ids that stand behind their tokens, where they may be shown."""
    if opening is None:
        return [dict(row) for row in rows]
    records = records_behind(ledger, rows)
    names: dict[str, str] = {}
    told = ledger.open_records(records, identities=opening)
    for plain, open_record in zip(ledger.open_records(records), told, strict=True):
        for field in _SHOWN:
            token = getattr(plain.event, field, None)
            value = getattr(open_record.event, field, None)
            if token is not None and value is not None:
                names[token] = value
    return [{name: _named(value, names) for name, value in row.items()} for row in rows]


def _named(value: object, names: Mapping[str, str]) -> object:
    return names.get(value, value) if isinstance(value, str) else value
