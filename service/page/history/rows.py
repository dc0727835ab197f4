"""Records as the history tells them: when, what, where, who; tokens in a sentence lead on."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from markupsafe import Markup

from formats.answers.log_row import log_row
from formats.answers.record import looked_at_word, short_kind
from formats.subject_copy.words import harmless, kind_words
from ledger.events.log_integrity import LogRead
from ledger.opening import OpenedRecord
from ledger.personal import parse_token
from service.page.history.parameters import HistoryParameters
from service.page.languages import Language, words_of
from service.page.wording import identity

LATE: Final = timedelta(minutes=5)
"""A record that came later than this after what it tells says so."""
MOST_ACTING: Final = 8
_TOKEN: Final = re.compile(r"\b(?:person|ip|data-subject)#[0-9a-f]{32}\b")


@dataclass(frozen=True, slots=True)
class Row:
    """One record in the list."""

    index: int
    occurred_at: datetime | None
    recorded_at: datetime
    delay: timedelta | None
    """How much later it was recorded, where that is long."""
    kind: str
    title: str
    """What happened, by kind, in the language of the visitor."""
    system: str | None
    actor: str | None
    actor_address: str | None
    """The URL of what they did; `None` where no token stands for them."""
    sentence: Markup
    is_unsure: bool
    """Whether a reading may have shown who was asked about, which is not certain."""
    is_named: bool
    """Whether the question was asked around this record."""


def rows_of(
    records: Iterable[OpenedRecord], asked: HistoryParameters, language: Language, zone: tzinfo
) -> list[Row]:
    """The records in their order.

    Args:
        records: By tokens, or with identities.
        asked: The question that they answer.
        language: Of the visitor.
        zone: In which times are told.
    """
    return [_row(each, asked, language, zone) for each in records]


def acting(rows: Iterable[Row]) -> list[tuple[str, int, str]]:
    """Who acted most among rows: token, how often, and the URL of what they did."""
    found = [row for row in rows if row.actor is not None and row.actor_address is not None]
    addresses = {str(row.actor): str(row.actor_address) for row in found}
    counts = Counter(str(row.actor) for row in found).most_common(MOST_ACTING)
    return [(actor, count, addresses[actor]) for actor, count in counts]


def linked(text: str, asked: HistoryParameters) -> Markup:
    """A text, escaped, in which each token leads to what is about it."""
    parts: list[Markup] = []
    end = 0
    for match in _TOKEN.finditer(text):
        parts.append(Markup.escape(text[end : match.start()]))
        address = asked.changed(subject=match[0]).address()
        parts.append(Markup('<a href="{0}">{1}</a>').format(address, identity(match[0])))
        end = match.end()
    return Markup("").join([*parts, Markup.escape(text[end:])])


def _row(opened: OpenedRecord, asked: HistoryParameters, language: Language, zone: tzinfo) -> Row:
    told = log_row(opened, zone, language)
    occurred_at, actor = told["occurred_at"], told["actor"]
    delay = None if occurred_at is None else opened.recorded_at - occurred_at
    is_token = actor is not None and parse_token(actor) is not None
    index = int(opened.stored.index)
    return Row(
        index=index,
        occurred_at=occurred_at,
        recorded_at=opened.recorded_at,
        delay=delay if delay is not None and delay >= LATE else None,
        kind=short_kind(opened.stored.kind),
        title=_title(opened, language),
        system=opened.stored.system,
        actor=actor,
        actor_address=asked.changed(actor=actor).address() if is_token else None,
        sentence=linked(harmless(told["sentence"]), asked),
        is_unsure=asked.looked_at is not None and looked_at_word(opened) == "possibly",
        is_named=asked.around in {str(index), opened.stored.event_id},
    )


def _title(opened: OpenedRecord, language: Language) -> str:
    """What happened, by kind; a question that was answered by tokens looked at nobody."""
    event = opened.event
    if isinstance(event, LogRead) and not event.identities and event.shown is None:
        return words_of(language).gettext("Somebody asked this log")
    return kind_words(opened.stored.kind, language)
