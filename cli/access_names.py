"""Whose grants a review is about, shown against a reading that is recorded first."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from cli.reader import authorise, opening_for, reading_of
from ledger.errors import BadRequest
from ledger.own_records import is_reserved

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from ledger.reading import Opening
    from ledger.stored import StoredRecord

_OF_GRANTS: Final = frozenset(
    ("access.requested.v1", "access.granted.v1", "access.modified.v1", "access.revoked.v1")
)
"""Kinds of records by which a grant can be named; roles in the log are another matter."""

Rows = Sequence[dict[str, Any]]

_SHOWN: Final = ("grant_id", "grantee", "granted_by", "actor", "reviewer", "review_id", "person")
"""Fields of the records behind a review that its rows hold tokens of."""


def review_opening(
    ledger: "Ledger", typed: Mapping[str, Any], tables: Iterable[Rows]
) -> "Opening | None":
    """The right to show who the rows are about, if it was asked for and is given; else `None`.

    Raises:
        UsageError: it is asked for without a purpose.
    """
    if not typed["identities"]:
        return opening_for(ledger, typed, list, "review of access")
    records = _records(ledger, [row for rows in tables for row in rows])
    return opening_for(ledger, typed, lambda: records, "review of access")


def named_rows(ledger: "Ledger", rows: Rows, opening: "Opening | None") -> list[dict[str, Any]]:
    """Rows with the people and ids that stand behind their tokens, where they may be shown."""
    if opening is None:
        return list(rows)
    records = _records(ledger, rows)
    names: dict[str, str] = {}
    told = ledger.open_records(records, identities=opening)
    for plain, open_record in zip(ledger.open_records(records), told, strict=True):
        for field in _SHOWN:
            token = getattr(plain.event, field, None)
            value = getattr(open_record.event, field, None)
            if token is not None and value is not None:
                names[token] = value
    return [{name: _named(value, names) for name, value in row.items()} for row in rows]


def _records(ledger: "Ledger", rows: Rows) -> "list[StoredRecord]":
    """The records that rows rest on, each once, in order of index."""
    indexes = {index for row in rows for index in row.get("indexes", ())}
    indexes |= {row["index"] for row in rows if isinstance(row.get("index"), int)}
    return ledger.log.records_at(sorted(indexes))


def _named(value: object, names: Mapping[str, str]) -> object:
    return names.get(value, value) if isinstance(value, str) else value


def own_ids(ledger: "Ledger", typed: Sequence[str], question: str) -> list[str]:
    """The sources' own ids of grants, by those ids or by what a review shows instead of them.

    Where a stream is typed, who types it is shown the id, so that is recorded first.

    Raises:
        BadRequest: no record tells of such a grant, or its own id was erased.
        NotAuthorised: a stream is typed by somebody who may not see identities.
    """
    streams = {word: _stream_of(ledger, word) for word in typed}
    records = {word: record for word, record in streams.items() if record is not None}
    if not records:
        return list(typed)
    authorise(ledger, "resolve")
    asked = sorted(records.values(), key=lambda record: record.index)
    opening = ledger.record_reading(
        reading_of("access-review"),
        question,
        asked,
        fields=lambda _kind, path: path == "grant_id",
    )
    told = ledger.open_records(asked, identities=opening)
    own = {
        int(record.stored.index): str(getattr(record.event, "grant_id", ""))
        for record in told
        if record.personal.get("grant_id") == "open"
    }
    return [_own_id(word, records.get(word), own) for word in typed]


def _stream_of(ledger: "Ledger", word: str) -> "StoredRecord | None":
    """The record by which a word names a grant; `None` for a source's own id.

    Raises:
        BadRequest: no record tells of such a grant.
    """
    if ledger.case_stream("grant", word) is not None:
        return None
    record = _record_named(ledger, word)
    if record is None or record.kind not in _OF_GRANTS or is_reserved(record.system):
        raise BadRequest(f"grant: expected one that the log knows, found {word!r}")
    return record


def _record_named(ledger: "Ledger", word: str) -> "StoredRecord | None":
    if word.startswith("@") and word[1:].isdigit():
        return ledger.log.record_at(int(word[1:]))
    try:
        return next(ledger.log.scan_stream(UUID(word), limit=1), None)
    except ValueError:
        return None


def _own_id(word: str, record: "StoredRecord | None", own: Mapping[int, str]) -> str:
    if record is None:
        return word
    if int(record.index) not in own:
        raise BadRequest(f"grant {word}: expected its own id in record {record.index}, found none")
    return own[int(record.index)]
