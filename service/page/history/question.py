"""What the filter bar means at one state of the log, and where a page of it begins."""

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from formats.record_times import size_of_record, time_reader
from formats.typed_times import end_of_span, read_time
from ledger.errors import BadRequest
from ledger.ledger import Ledger
from ledger.units import Size
from service.page.history.parameters import PATH, HistoryParameters
from service.queries.cursor import asked_of, decode_cursor, encode_cursor
from service.queries.paging import cursor_after, cursor_key, known_size_of, pinned, remaining
from service.queries.searching import Page, Search, search_of
from service.queries.truth import Truth, truth_of


@dataclass(frozen=True, slots=True)
class Question:
    """One question at one state of the log."""

    asked: HistoryParameters
    """As it was asked: `-2h` is another window an hour later."""
    fixed: HistoryParameters
    """With the instants that were meant: the same answer to whoever follows the URL, whenever."""
    truth: Truth
    whole: Search
    """From its first page on."""
    search: Search
    """From the page on that was asked for."""
    bound: bytes
    """What a cursor for it is bound to."""

    @property
    def known_size(self) -> Size:
        """Only the records below this index count."""
        return known_size_of(self.truth)

    @property
    def is_first_page(self) -> bool:
        """Whether it begins where the question begins."""
        return self.asked.cursor is None


def question_of(ledger: Ledger, asked: HistoryParameters, zone: tzinfo, now: datetime) -> Question:
    """What was asked; blocking.

    Args:
        ledger: The log.
        asked: The parameters; whom they name stands in them as a token.
        zone: In which the visitor tells time.
        now: The present.

    Raises:
        BadRequest: a time, kind, pattern, record or cursor cannot be understood; `NotFound` where a
            record is not there.
    """
    fixed = _fixed(ledger, asked, zone, now)
    bound = asked_of(PATH, fixed.changed().pairs(), free=frozenset({"limit"}))
    narrowed = asked.as_known is not None
    if asked.cursor is None:
        truth, after = _truth(ledger, asked, fixed), None
    else:
        cursor = decode_cursor(asked.cursor, cursor_key(ledger), bound)
        truth, after = pinned(cursor, None, is_narrowed=narrowed), cursor.position
    filters = fixed.model_copy(
        update={"as_known": None, "within": _span(ledger, asked.within, zone, now)}
    )
    whole = search_of(ledger, filters, known_size_of(truth))
    search = whole if after is None else replace(whole, query=remaining(whole.query, after))
    return Question(asked, fixed, truth, whole, search, bound)


def next_page(ledger: Ledger, question: Question, page: Page) -> str | None:
    """The URL of the page after one; `None`: it was the last."""
    if page.reached is None:
        return None
    cursor = cursor_after(question.truth, page.reached)
    text = encode_cursor(cursor, cursor_key(ledger), question.bound)
    return question.fixed.changed(cursor=text).address()


def pinned_question(question: Question) -> HistoryParameters:
    """The question that gives this very answer, whatever is recorded from now on."""
    size = question.known_size
    if question.asked.as_known is not None or not size:
        return question.fixed.changed()
    return question.fixed.changed(as_known=f"@{size - 1}")


def _fixed(
    ledger: Ledger, asked: HistoryParameters, zone: tzinfo, now: datetime
) -> HistoryParameters:
    """The question with instants in place of what people say for them."""
    occurred = time_reader(ledger, now, zone)
    changes: dict[str, Any] = {
        name: _text(read_time(occurred, getattr(asked, name), name)) for name in ("since", "until")
    }
    if asked.as_known is not None and size_of_record(asked.as_known) is None:
        recorded = time_reader(ledger, now, zone, recorded=True)
        changes["as_known"] = _text(read_time(recorded, asked.as_known, "as_known"))
    return asked.model_copy(update=changes)


def _span(ledger: Ledger, typed: str | None, zone: tzinfo, now: datetime) -> str | None:
    """A span as people type it, `24h`, in the words of ISO 8601; one in these stays."""
    if typed is None or typed[:1].upper() == "P":
        return typed
    span = end_of_span(time_reader(ledger, now, zone), typed, "within") - now
    return f"PT{int(span.total_seconds())}S"


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")


def _truth(ledger: Ledger, asked: HistoryParameters, fixed: HistoryParameters) -> Truth:
    now = truth_of(ledger)
    if fixed.as_known is None:
        return now
    size = size_of_record(fixed.as_known)
    at = None if size is not None else datetime.fromisoformat(fixed.as_known)
    known = ledger.size_at(at) if size is None and at is not None else size
    if known is None or known > now.size:
        raise BadRequest(f"as_known: expected a record below {now.size}, found {asked.as_known}")
    return replace(now, known_size=Size(known), as_known=at)
