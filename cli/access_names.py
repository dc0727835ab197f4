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


def review_opening(
    ledger: "Ledger", typed: Mapping[str, Any], tables: Iterable[Rows]
) -> "Opening | None":
    """The right to show who the rows are about, if it was asked for and is given; else `None`.

    Raises:
        UsageError: it is asked for without a purpose.
    """
    from projections.access.naming import records_behind  # noqa: PLC0415 - start time: see cli/app.py

    if not typed["identities"]:
        return opening_for(ledger, typed, list, "review of access")
    records = records_behind(ledger, [row for rows in tables for row in rows])
    return opening_for(ledger, typed, lambda: records, "review of access")


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
        raise BadRequest(
            f"grant: expected one that the log knows, found {word!r}; `zegel access review` shows "
            "them"
        )
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
