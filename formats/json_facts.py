"""JSON objects of a source as outcomes: the facts that each tells, or why it tells none.

One object may tell several facts, such as a call that gives two roles: they share one place, and
where one of them cannot be read, none counts. What an object is and means is the reader's; how its
outcomes, errors and numbers look is the same for every language and stands here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, Final

import msgspec

from formats.json_documents import Document, read_documents
from formats.json_members import Object
from formats.local_time import LocalTimes, OccurredAt
from formats.reading import (
    Numbered,
    Outcome,
    ReadContext,
    SettingMissing,
    Skipped,
    Translated,
    Unreadable,
    defect,
    reason_of,
)
from ledger.errors import FormatError, MalformedEvent
from ledger.events import event_from_mapping

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_MILLISECONDS: Final = 253_402_300_799_999
"""The end of the year 9999."""
_TOO_DEEP: Final = "expected JSON, found too deep a nesting"


@dataclass(frozen=True, slots=True)
class Fact:
    """The fields of one event, `kind` and `event_id` among them; those that are `None` are none."""

    fields: Mapping[str, Any]
    warnings: tuple[str, ...] = ()


Told = Fact | str
"""A fact, or why there is none: few different reasons, so that they count."""


def alone(value: Object) -> Iterable[Object]:
    """The object itself: in most languages a JSON value is one message."""
    return (value,)


def unnumbered(_value: Object) -> None:
    """No number: most sources count nothing."""


@dataclass(frozen=True, slots=True)
class JsonLanguage:
    """How the messages of one language are found and what they tell."""

    parser: str
    noun: str
    """What a message is called in a place, such as `record`."""
    tell: Callable[[Object, ReadContext], Sequence[Told]]
    """May raise `FormatError` or `MalformedEvent`; gives at least one."""
    within: tuple[str, ...] = ()
    """Names under which an object holds an array of messages."""
    messages_in: Callable[[Object], Iterable[Object]] = alone
    """The messages that one JSON object wraps; may raise `FormatError`."""
    number_of: Callable[[Object], Numbered | None] = unnumbered
    """The source's own number of a message; may raise `FormatError`."""


def read_facts(stream: BinaryIO, context: ReadContext, language: JsonLanguage) -> Iterator[Outcome]:
    """The outcomes of every message of a stream, in its order.

    Raises:
        SettingMissing: nothing can be read, as `tell` of the language says.
        FormatError: a value that spans lines is too large to hold.
    """
    for document in read_documents(stream, language.noun, within=language.within):
        if isinstance(document, Unreadable):
            yield document
        else:
            yield from _outcomes(document, context, language)


def _outcomes(
    document: Document, context: ReadContext, language: JsonLanguage
) -> Iterator[Outcome]:
    if not isinstance(document.value, Mapping):
        yield document.unreadable("expected an object, found another value")
        return
    try:
        messages = [
            _message(document, message, f"{document.place}, {language.noun} {number}")
            for number, message in enumerate(language.messages_in(document.value), start=1)
        ]
    except FormatError as error:
        yield document.unreadable(_reason(error))
        return
    except RecursionError:
        yield document.unreadable(_TOO_DEEP)
        return
    except Exception as error:  # noqa: BLE001 - see `defect`
        yield defect(error, document.unreadable)
        return
    if not messages:
        yield Skipped(document.place, "an object without messages", 1, document.end_offset)
    for one in messages:
        yield from _told(one, context, language)


def _message(document: Document, message: Object, place: str) -> Document:
    """One message of a document, which may be the document itself."""
    if message is document.value:
        return document
    return replace(document, place=place, raw=msgspec.json.encode(message), value=message)


def _told(document: Document, context: ReadContext, language: JsonLanguage) -> Iterator[Outcome]:
    """All that one message tells, or that it cannot be read."""
    numbered = None
    try:
        numbered = language.number_of(document.value)
        outcomes = [
            _outcome(document, told, context, language, numbered)
            for told in language.tell(document.value, context)
        ]
    except SettingMissing:
        raise
    except FormatError as error:
        outcomes = [replace(document.unreadable(_reason(error)), numbered=numbered)]
    except MalformedEvent as error:
        outcomes = [replace(document.unreadable(reason_of(error)), numbered=numbered)]
    except RecursionError:  # what was decoded may still be too deep to be walked through
        outcomes = [replace(document.unreadable(_TOO_DEEP), numbered=numbered)]
    except Exception as error:  # noqa: BLE001 - see `defect`
        outcomes = [replace(defect(error, document.unreadable), numbered=numbered)]
    yield from outcomes


def _outcome(
    document: Document,
    told: Told,
    context: ReadContext,
    language: JsonLanguage,
    numbered: Numbered | None,
) -> Outcome:
    place, end = document.place, document.end_offset
    if isinstance(told, str):
        return Skipped(place, told, 1, end, numbered)
    whole = {"system": context.system, "parser": language.parser} | dict(told.fields)
    known = {name: value for name, value in whole.items() if value is not None}
    return Translated(place, event_from_mapping(known), end, told.warnings, numbered)


def _reason(error: FormatError) -> str:
    return f"{error.place}: expected {error.expected}, found {error.found}"


def occurred_at(text: str, context: ReadContext, name: str) -> OccurredAt:
    """The instant of a time with its offset, such as `2026-03-12T06:17:02Z`.

    Args:
        text: The time; digits beyond microseconds are cut off.
        context: Says what the present is: a fact of the future is refused.
        name: The member in which the time stands, for the error.

    Raises:
        FormatError: no such time exists, it has no offset, or it is in the future.
    """
    try:
        return LocalTimes(replace(context, zone=None)).from_rfc3339(text, name)
    except SettingMissing:
        raise FormatError(name, "a time with its offset from UTC", "one without") from None


def occurred_at_milliseconds(count: int, context: ReadContext, name: str) -> OccurredAt:
    """The instant that many milliseconds after 1970 began in UTC.

    Raises:
        FormatError: it is after the year 9999, or in the future.
    """
    if count > _MOST_MILLISECONDS:
        raise FormatError(name, "milliseconds since 1970", "a larger number")
    moment = _EPOCH + timedelta(milliseconds=count)
    return occurred_at(f"{moment:%Y-%m-%dT%H:%M:%S}.{count % 1000:03}Z", context, name)
