"""What the query of a page about a moment names: moments, question, filters.

A field that is empty counts as not given, as forms send every field. Times are those that people
type and those of the API.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from formats.typed_times import TimeReader, read_time
from ledger.errors import BadRequest
from ledger.identifiers import masked
from ledger.ledger import Ledger
from ledger.units import Size
from projections.cases.reading import Moment
from service.page.visit import Visit
from service.queries.moments import State, state_seen
from service.queries.parameters import LONGEST

MOMENTS: Final = ("as_of", "as_known", "compared_with", "compared_known")
"""The moments that a page may name; the last two are those of what it is compared with."""
_OWN: Final = (*MOMENTS, "known_size", "only", "changes", "from_row")
_MOST_PARAMETERS: Final = 60
_MOST_DIGITS: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question of a page, as its URL says it."""

    path: str
    as_of: datetime | None = None
    as_known: datetime | None = None
    known_size: Size | None = None
    """Only records below this index count; how a link tells exactly which state was shown."""
    compared_with: datetime | None = None
    compared_known: datetime | None = None
    only: str | None = None
    """Which question of the page."""
    changes_only: bool = False
    """Whether rows that are the same are left out of a comparison."""
    from_row: int = 0
    """How many rows come before those that are shown."""
    filters: tuple[tuple[str, str], ...] = ()

    @property
    def is_compared(self) -> bool:
        """Whether another moment stands beside the one that is shown."""
        return self.compared_with is not None or self.compared_known is not None

    def filter(self, name: str) -> str | None:
        """The value of a filter that counts once.

        Raises:
            BadRequest: it comes several times.
        """
        found = [value for each, value in self.filters if each == name]
        if len(found) > 1:
            raise BadRequest(f"{name}: expected it once, found it {len(found)} times")
        return found[0] if found else None

    def parameters(self) -> dict[str, str | list[str]]:
        """What a link to this question has in its query, by name."""
        found: dict[str, str | list[str]] = {}
        for name in MOMENTS:
            at: datetime | None = getattr(self, name)
            if at is not None:
                found[name] = link_time(at)
        if self.known_size is not None:
            found["known_size"] = str(int(self.known_size))
        if self.only is not None:
            found["only"] = self.only
        if self.changes_only:
            found["changes"] = "only"
        for name, value in self.filters:
            several = found.setdefault(name, [])
            if isinstance(several, list):
                several.append(value)
        return found

    def url(self, path: str | None = None, **changed: str | None) -> str:
        """A link to this question with some parameters changed; `None` leaves one out.

        Args:
            path: Of another page; this one's, if not given.
            changed: By name.
        """
        merged = {**self.parameters(), **changed}
        told = {name: value for name, value in merged.items() if value}
        query = urlencode(told, doseq=True)
        return f"{path or self.path}?{query}" if query else path or self.path


@dataclass(frozen=True, slots=True)
class Seen:
    """The states of the log that answer one question."""

    asked: Asked
    now: State
    """The one that is shown."""
    before: State | None
    """The one that it is compared with."""

    @property
    def moment(self) -> Moment:
        """Of the state that is shown."""
        return self.now.moment

    def pinned(self, path: str | None = None, **changed: str | None) -> str:
        """A link that gives exactly what is shown, whenever it is followed."""
        exactly = {
            "as_of": link_time(self.now.moment.as_of),
            "known_size": str(int(self.now.moment.known_size)),
            **changed,
        }
        return self.asked.url(path, **exactly)


def asked_of(visit: Visit, *, filters: Iterable[str] = (), path: str | None = None) -> Asked:
    """The question that a visitor asks.

    Args:
        visit: With the query.
        filters: Names that the page knows beside those of every page.
        path: Of the page, where a file of it is asked for.

    Raises:
        BadRequest: a parameter is unknown, comes too often, or is no time.
    """
    items = visit.request.query_params.multi_items()
    times = TimeReader(visit.context.ledger.clock(), visit.zone)
    return read_asked(items, times, filters=filters, path=path or visit.path)


def read_asked(
    items: Sequence[tuple[str, str]],
    times: TimeReader,
    *,
    filters: Iterable[str] = (),
    path: str,
) -> Asked:
    """The question that the fields of a query ask; what `Asked.url` writes is read as it was.

    Args:
        items: Names with values, in order.
        times: Reads moments as people type them.
        filters: Names that the page knows beside those of every page.
        path: Of the page.

    Raises:
        BadRequest: a parameter is unknown, comes too often, or is no time.
    """
    found = _given(items, {*_OWN, *filters})
    size = _count("known_size", found.get("known_size"))
    return Asked(
        path=path,
        **{name: read_time(times, found[name][0], name) for name in MOMENTS if name in found},
        known_size=None if size is None else Size(size),
        only=found.get("only", [None])[0],
        changes_only=found.get("changes") == ["only"],
        from_row=_count("from_row", found.get("from_row")) or 0,
        filters=tuple(
            (name, value) for name, values in found.items() if name not in _OWN for value in values
        ),
    )


def _given(items: Sequence[tuple[str, str]], known: Collection[str]) -> dict[str, list[str]]:
    """The values of each parameter that are not empty."""
    if len(items) > _MOST_PARAMETERS:
        raise BadRequest(f"query: expected at most {_MOST_PARAMETERS} fields, found {len(items)}")
    found: dict[str, list[str]] = {}
    for name, value in items:
        if name not in known:
            names = ", ".join(sorted(known))
            raise BadRequest(f"{name}: expected one of {names}, found no such parameter")
        if len(value) > LONGEST:
            raise BadRequest(f"{name}: expected at most {LONGEST} characters, found {len(value)}")
        if value.strip():
            found.setdefault(name, []).append(value.strip())
    for name in _OWN:
        if len(found.get(name, ())) > 1:
            raise BadRequest(f"{name}: expected it once, found it {len(found[name])} times")
    return found


def seen(ledger: Ledger, asked: Asked) -> Seen:
    """The states of the log that a question is about; blocking.

    Raises:
        BadRequest: it is compared with a moment after the one that is shown.
        RecordsPruned: what was known then lies among records that were pruned.
    """
    now = state_seen(ledger, asked.as_of, asked.as_known, asked.known_size)
    if not asked.is_compared:
        return Seen(asked, now, None)
    as_of = asked.compared_with or now.moment.as_of
    known = now.moment.known_size
    before = state_seen(
        ledger, as_of, asked.compared_known, None if asked.compared_known else known
    )
    if as_of > now.moment.as_of or before.moment.known_size > known:
        raise BadRequest(
            "compared_with: expected a moment that is not after the one shown, found a later one"
        )
    return Seen(asked, now, before)


def question_of(place: str, asked: Asked, told: Iterable[str] = ()) -> str:
    """A question as it is kept with the one who asked, without identities in it.

    Args:
        place: Which page.
        asked: What it was asked for.
        told: Filters, already without identities.
    """
    parts = [f"page {place}"]
    if asked.only is not None:
        parts.append(f"only={asked.only}")
    for name in MOMENTS:
        at: datetime | None = getattr(asked, name)
        if at is not None:
            parts.append(f"{name}={at.isoformat(timespec='seconds')}")
    return masked("; ".join((*parts, *told)))


def link_time(at: datetime) -> str:
    """An instant as a link carries it."""
    return at.isoformat().replace("+00:00", "Z")


def _count(name: str, values: list[str] | None) -> int | None:
    if not values:
        return None
    text = values[0]
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise BadRequest(f"{name}: expected a whole number, found {text!r}")
    return int(text)


def field_time(at: datetime | None, visit: Visit) -> str:
    """An instant as a field of a form holds it: local, without its zone; empty for none."""
    if at is None:
        return ""
    local = at.astimezone(visit.zone).replace(tzinfo=None)
    has_seconds = bool(local.second or local.microsecond)
    return local.isoformat(timespec="seconds" if has_seconds else "minutes")
