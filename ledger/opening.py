"""From stored rows to typed events: tokens for people, or what the vault may open.

Invariants: without `reveal` nothing is decrypted, tokens come from the columns beside a disclosure;
a record that cannot be shown as an event (unknown kind, broken bytes) is given raw, never left out.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any, Final, Literal, NamedTuple

from ledger.body import join_body
from ledger.errors import MalformedRecord, VerificationError
from ledger.events import PLANS, Event
from ledger.personal import WITHHELD, PersonalField, token_text
from ledger.stored import StoredDisclosure, StoredRecord

PAGE_RECORDS: Final = 500
"""Records opened with one disclosure query; memory stays flat whatever the length of the log."""

PersonalState = Literal["open", "token", "withheld", "erased"]

Reveal = Callable[[StoredRecord, StoredDisclosure], Mapping[str, Any] | None]
"""Values by path of one disclosure row; `None`: the subject was erased."""


class ErasedFields(NamedTuple):
    """Fields of one record whose values were erased together."""

    paths: tuple[str, ...]
    told_by: int
    """The record that confirms the erasure; the one that asked for it, while it is under way."""


def nothing_erased(_indexes: Sequence[int]) -> Mapping[int, Sequence[ErasedFields]]:
    """What was erased of records of a log from which nothing was."""
    return {}


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OpenedRecord:
    """One record as a reader sees it."""

    stored: StoredRecord
    event: Event | None
    """`None`: a kind that this version does not know, or bytes that are no event; shown raw."""
    recorded_at: datetime
    personal: Mapping[str, PersonalState]
    """What is shown of each personal value that is there, by path: `actor`, `subjects/0`."""
    erased: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """The values that were erased, by path, with the index of the record that tells of it."""


def instant_of(microseconds: int) -> datetime:
    """The aware UTC instant of a count of microseconds since 1970.

    A count that no instant has, which only tampering leads to, gives the nearest one.
    """
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        if microseconds < 0:
            return datetime.min.replace(tzinfo=UTC)
        return datetime.max.replace(tzinfo=UTC)


def open_pages(
    rows: Iterable[StoredRecord],
    disclosures_of: Callable[[Sequence[int]], Mapping[int, Sequence[StoredDisclosure]]],
    reveal: Reveal | None,
    erased_of: Callable[[Sequence[int]], Mapping[int, Sequence[ErasedFields]]] = nothing_erased,
) -> Iterator[OpenedRecord]:
    """Every row as an opened record, in the order given, read ahead by one page at most."""
    remaining = iter(rows)
    while page := list(islice(remaining, PAGE_RECORDS)):
        indexes = [row.index for row in page]
        disclosures = disclosures_of(indexes)
        erased = erased_of(indexes)  # afterwards: what is in neither was never there
        for row in page:
            beside = disclosures.get(row.index, ()), erased.get(row.index, ())
            yield _open_record(row, *beside, reveal)


def _open_record(
    row: StoredRecord,
    disclosures: Sequence[StoredDisclosure],
    erased: Sequence[ErasedFields],
    reveal: Reveal | None,
) -> OpenedRecord:
    recorded_at = instant_of(row.recorded_at_us)
    if row.kind not in PLANS:
        return OpenedRecord(row, None, recorded_at, {})
    values: dict[str, Any] = {}
    states: dict[str, PersonalState] = {}
    for disclosure in disclosures:
        revealed = _revealed(row, disclosure, reveal)
        if revealed is not None:
            values.update(revealed)
            states.update(dict.fromkeys(revealed, "open"))
        else:
            _show_tokens(row.kind, disclosure, values, states, erased=reveal is not None)
    gone: dict[str, int] = {}
    if erased:  # of few records
        gone = {path: each.told_by for each in erased for path in each.paths}
        _show_erased(row.kind, gone, values, states)
    try:
        event = join_body(row.sealed.partition(b"\n\n")[2], values)
    except (MalformedRecord, TypeError):  # TypeError: SQLite lets a tampered column hold a text
        return OpenedRecord(row, None, recorded_at, states, gone)
    _mark_the_rest(row.kind, event, states)
    return OpenedRecord(row, event, recorded_at, states, gone)


def _revealed(
    row: StoredRecord, disclosure: StoredDisclosure, reveal: Reveal | None
) -> Mapping[str, Any] | None:
    if reveal is None:
        return None
    try:
        return reveal(row, disclosure)
    except VerificationError:
        return None  # shown as withheld; what is wrong with it is for `verify` to report


def _show_tokens(
    kind: str,
    disclosure: StoredDisclosure,
    values: dict[str, Any],
    states: dict[str, PersonalState],
    *,
    erased: bool,
) -> None:
    fields = _fields(kind)
    for path in disclosure.fields.split(","):
        field = fields.get(path.partition("/")[0])
        if field is None:
            continue
        if field.personal == "case":
            states[path] = "token"  # the stream id in the sealed bytes stands for it
        elif field.personal == "subject" and not erased:
            values[path] = token_text(field.namespace, disclosure.subject_id)
            states[path] = "token"
        else:
            states[path] = "withheld"
            if not field.structured:
                values[path] = WITHHELD


def _show_erased(
    kind: str, gone: Mapping[str, int], values: dict[str, Any], states: dict[str, PersonalState]
) -> None:
    fields = _fields(kind)
    for path in gone:
        field = fields.get(path.partition("/")[0])
        if field is None:
            continue
        states[path] = "erased"
        if field.personal != "case" and not field.structured:  # a case has its stream id
            values[path] = WITHHELD


def _mark_the_rest(kind: str, event: Event, states: dict[str, PersonalState]) -> None:
    """Adds what neither a disclosure nor a tombstone speaks of: somebody deleted its row."""
    for name, field in _fields(kind).items():
        if not field.many and name not in states and getattr(event, name) is not None:
            states[name] = "token" if field.personal == "case" else "withheld"


@cache
def _fields(kind: str) -> Mapping[str, PersonalField]:
    return {field.name: field for field in PLANS[kind].fields}
