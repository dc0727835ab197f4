"""How far an incident reached, as its page asks and tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from formats.breach_dossier.subject import BreachSubject
from formats.view_words.words import value_word
from ledger.ledger import Ledger
from ledger.personal import parse_token
from projections.investigation.asked_reach import Within, named_extent, within
from projections.investigation.blast_radius import BlastRadius, Reached, Signal, blast_radius
from projections.investigation.extent import Bounds
from projections.investigation.timeline import Window, window_of
from service.page.languages import Language
from service.page.nav import N_

READ: Final = Bounds(records=2_000, places=100_000)
"""How much of the log is looked at while somebody waits."""
MOST_ROWS: Final = 25
"""So many of each part are shown; the rest is counted."""
MOST_SIGNALS: Final = 20
PARAMETERS: Final = {"account": "people", "ip": "addresses", "subject": "subjects"}
"""The names of the fields of the form, with who is followed by them."""
PARTS: Final = {
    "accounts": N_("Accounts"),
    "addresses": N_("Addresses"),
    "systems": N_("Systems"),
    "resources": N_("Resources"),
    "grants": N_("Grants"),
    "subjects": N_("People"),
    "categories": N_("Categories of data"),
    "recipients": N_("Recipients"),
}
"""What was reached, in the order in which it is told."""
_PARAMETER: Final = {
    "accounts": "actor",
    "addresses": "ip",
    "systems": "system",
    "subjects": "subject",
}
"""By which filter of the history the facts of a row are found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedReach:
    """From where an incident is followed."""

    named: Mapping[str, tuple[str, ...]]
    """What was typed, by the name of the field."""
    systems: tuple[str, ...]
    window: Window = (None, None)
    is_own: bool = False
    """Nothing was named: followed are the systems that the steps of the case name."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of what was reached."""

    name: str
    title: str
    """The id of its message, in English."""
    rows: tuple[Reached, ...]
    more: int
    """How many rows are not shown."""

    @property
    def filter(self) -> str | None:
        """The filter of the history that finds the facts of a row."""
        return _PARAMETER.get(self.name)


@dataclass(frozen=True, slots=True)
class Reach:
    """What was reached, and from what somebody could have known."""

    asked: AskedReach
    windows: Within
    found: BlastRadius | None
    """`None`: nothing is named that could be followed."""
    unknown: tuple[str, ...]
    parts: tuple[Part, ...]
    signals: tuple[Signal, ...]
    more_signals: int

    @property
    def earliest(self) -> timedelta | None:
        """How long before awareness the first signal occurred, if it was before."""
        leads = [signal.lead for signal in self.signals if signal.lead is not None]
        longest = max(leads, default=None)
        return longest if longest is not None and longest > timedelta() else None


def read_reach(ledger: Ledger, subject: BreachSubject, asked: AskedReach) -> Reach:
    """What a breach reached; blocking.

    Raises:
        BadRequest: a text is no identity.
    """
    moment = subject.moment
    since, until = asked.window
    if since is None and window_of(subject.case)[0] is None:
        since = subject.timeline.extent.since
    windows = within(subject.case, moment.as_of, since, until)
    identities = {PARAMETERS[name]: values for name, values in asked.named.items()}
    extent, unknown = named_extent(
        ledger, identities, asked.systems, windows.window, moment.known_size
    )
    if extent.is_empty():
        return Reach(asked, windows, None, unknown, (), (), 0)
    first = min((entry.index for entry in subject.timeline.entries), default=None)
    found = blast_radius(
        ledger,
        extent,
        aware_at=windows.aware_at,
        signals_within=windows.signals,
        bounds=READ._replace(begins_by=first),
    )
    return Reach(
        asked,
        windows,
        found,
        unknown,
        tuple(_part(name, title, found.parts.get(name, ())) for name, title in PARTS.items()),
        found.signals[:MOST_SIGNALS],
        max(len(found.signals) - MOST_SIGNALS, 0),
    )


def asked_reach(
    subject: BreachSubject,
    given: Mapping[str, Sequence[str]],
    since: datetime | None,
    until: datetime | None,
) -> AskedReach:
    """From where is followed: what was typed, else the systems that the steps of the case name.

    Args:
        subject: The breach.
        given: By the name of the field.
        since: As it was given.
        until: Likewise.
    """
    named = {name: tuple(given.get(name, ())) for name in PARAMETERS}
    systems = tuple(given.get("system", ()))
    if any(named.values()) or systems:
        return AskedReach(named=named, systems=systems, window=(since, until))
    own = tuple(sorted(subject.timeline.extent.systems))
    return AskedReach(named=named, systems=own, window=(since, until), is_own=True)


def row_name(part: str, name: str, language: Language) -> str:
    """What a row is called: a word of a list, else as it is."""
    return value_word(part, name, language) if part == "categories" else name


def is_token(name: str) -> bool:
    """Whether a row stands for a person or an address."""
    return parse_token(name) is not None


def _part(name: str, title: str, rows: Sequence[Reached]) -> Part:
    return Part(name, title, tuple(rows[:MOST_ROWS]), max(len(rows) - MOST_ROWS, 0))
