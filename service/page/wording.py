"""Moments, spans, numbers, tokens and hashes as a visitor reads them, as markup.

Whatever is shortened keeps its whole text in `title`; every moment keeps the instant it stands for.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from markupsafe import Markup

from formats.json_form import encode_json
from service.page.languages import Language

_SHOWN_HASH: Final = 12
_SHOWN_TOKEN: Final = 14
_PARTS_OF_SPAN: Final = 2
_MINUTE: Final = timedelta(minutes=1)
_UNITS: Final[Mapping[Language, tuple[tuple[timedelta, str, str], ...]]] = {
    "en": (
        (timedelta(days=1), "day", "days"),
        (timedelta(hours=1), "hour", "hours"),
        (_MINUTE, "minute", "minutes"),
    ),
    "nl": (
        (timedelta(days=1), "dag", "dagen"),
        (timedelta(hours=1), "uur", "uur"),
        (_MINUTE, "minuut", "minuten"),
    ),
}
_LESS: Final[Mapping[Language, str]] = {
    "en": "less than a minute",
    "nl": "minder dan een minuut",
}
_PATTERN: Final = "d MMM y HH:mm"
_PATTERN_SECONDS: Final = "d MMM y HH:mm:ss"
_TO_ESCAPE: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def moment_text(
    instant: datetime, language: Language, zone: tzinfo, *, seconds: bool = False
) -> str:
    """An instant on the clocks of a zone: `20 Nov 2026 14:03`."""
    pattern = _PATTERN_SECONDS if seconds else _PATTERN
    return format_datetime(instant.astimezone(zone), pattern, locale=language)


def span_text(span: timedelta, language: Language) -> str:
    """A length of time by its two largest units, without a sign: `2 days 4 hours`."""
    left = abs(span)
    if left < _MINUTE:
        return _LESS[language]
    parts = []
    for unit, one, several in _UNITS[language]:
        count, left = divmod(left, unit)
        if count:
            parts.append(f"{count} {one if count == 1 else several}")
    return " ".join(parts[:_PARTS_OF_SPAN])


def filters(language: Language, zone: tzinfo) -> dict[str, Callable[..., Any]]:
    """What templates write values with.

    Args:
        language: Of the visitor.
        zone: In which times are told.
    """

    def moment(instant: datetime | None, *, seconds: bool = False) -> Markup:
        if instant is None:
            return _NOTHING
        utc = f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        told = moment_text(instant, language, zone, seconds=seconds)
        return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(utc, told)

    def day(at: date | datetime | None) -> Markup:
        if at is None:
            return _NOTHING
        local = at.astimezone(zone).date() if isinstance(at, datetime) else at
        told = format_date(local, "d MMM y", locale=language)
        return Markup('<time datetime="{0}">{1}</time>').format(local.isoformat(), told)

    def span(length: timedelta | None) -> str | Markup:
        return _NOTHING if length is None else span_text(length, language)

    def number(value: float | None) -> str | Markup:
        return _NOTHING if value is None else format_decimal(value, locale=language)

    return {
        "moment": moment,
        "day": day,
        "span": span,
        "number": number,
        "identity": identity,
        "hexbytes": hexbytes,
        "json": json_data,
    }


_NOTHING: Final = Markup('<span class="nothing">&ndash;</span>')
"""A cell that is empty on purpose."""


def identity(text: str | None) -> Markup:
    """A token or an identity; a long one is shortened, whole in its title."""
    if text is None:
        return _NOTHING
    if len(text) <= 2 * _SHOWN_TOKEN:
        return Markup('<span class="identity">{0}</span>').format(text)
    shown = f"{text[:_SHOWN_TOKEN]}…{text[-4:]}"
    return Markup('<span class="identity" title="{0}">{1}</span>').format(text, shown)


def hexbytes(value: bytes | str | None) -> Markup:
    """Bytes as hexadecimal digits; the first ones, whole in its title."""
    if value is None:
        return _NOTHING
    text = value if isinstance(value, str) else value.hex()
    if len(text) <= _SHOWN_HASH:
        return Markup('<code class="hash">{0}</code>').format(text)
    shown = f"{text[:_SHOWN_HASH]}…"
    return Markup('<code class="hash" title="{0}">{1}</code>').format(text, shown)


def json_data(value: object) -> Markup:
    """JSON for a `script` element that holds data: nothing in it can end that element."""
    text = encode_json(value)
    for character, escaped in _TO_ESCAPE.items():
        text = text.replace(character, escaped)
    return Markup(text)  # noqa: S704 - every character that markup knows is escaped
