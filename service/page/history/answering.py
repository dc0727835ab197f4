"""What the page of the history shows for one question, gathered in a few statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from ledger.ledger import Ledger
from ledger.opening import OpenedRecord
from service.page.history.counting import Counted, counted
from service.page.history.facets import Facets, facets_of
from service.page.history.histogram import Histogram, histogram_of
from service.page.history.parameters import HistoryParameters
from service.page.history.question import Question, next_page, pinned_question, question_of
from service.page.history.rows import Row, rows_of
from service.page.languages import Language
from service.queries.searching import Page, page_of

_NO_LIVE: Final = ("until", "around", "as_known", "grep", "looked_at", "cursor")
"""With these no record that is still to come can be told apart while it comes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of the answer to a question, and what stands beside it."""

    question: Question
    page: Page
    counted: Counted | None
    histogram: Histogram | None
    facets: Facets | None
    following: str | None
    """The URL of the next page."""
    pinned: str
    """The URL that gives this very answer whenever it is followed."""
    csv: str
    ndjson: str
    live: str | None
    """The URL of what is recorded from now on; `None`: this question cannot be followed."""


def answer_of(
    ledger: Ledger, asked: HistoryParameters, language: Language, zone: tzinfo, now: datetime
) -> Answer:
    """The answer to a question; blocking.

    Raises:
        BadRequest: the question cannot be understood; `NotFound` where a record is not there.
    """
    question = question_of(ledger, asked, zone, now)
    page = page_of(ledger, question.search, asked.limit, ledger.clock)
    found = counted(ledger, question.whole.query, known_size=question.known_size, zone=zone)
    pinned = pinned_question(question)
    # A pattern is compared with so many records at a time: its file is that of this page.
    same = question.fixed if asked.grep and asked.cursor else pinned
    return Answer(
        question=question,
        page=page,
        counted=found,
        histogram=None if found is None else histogram_of(question, found.bins, language, zone),
        facets=None if found is None else facets_of(question, found, language),
        following=next_page(ledger, question, page),
        pinned=pinned.address(),
        csv=same.address("/history/export.csv"),
        ndjson=same.address("/history/export.ndjson"),
        live=_live(question),
    )


def shown_rows(
    answer: Answer, records: Iterable[OpenedRecord], language: Language, zone: tzinfo
) -> list[Row]:
    """The records of the page, by tokens or with identities; blocking."""
    return rows_of(records, answer.question.asked.changed(), language, zone)


def chips(asked: HistoryParameters, words: dict[str, str]) -> list[tuple[str, str, str]]:
    """Each filter that is asked: its name, its value, and the URL without it."""
    found = []
    for name, value in asked.pairs():
        if name in {"reverse", "limit", "cursor"}:
            continue
        if name in {"kind", "without"}:
            without = asked.removed(name, value)
        elif name == "around":
            without = asked.changed(around=None, within=None)
        else:
            without = asked.changed(**{name: None})
        found.append((words[name], value, without.address()))
    return found


def is_followed(asked: HistoryParameters) -> bool:
    """Whether what is recorded from now on can be told for a question."""
    return not any(getattr(asked, name) for name in _NO_LIVE) and asked.reverse


def _live(question: Question) -> str | None:
    if not is_followed(question.asked):
        return None
    asked = question.asked.changed(limit=type(question.asked).model_fields["limit"].default)
    return asked.address("/history/live", start=str(question.truth.size))
