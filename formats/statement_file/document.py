"""A statement file: one privacy statement, and each of its promises as rules that a machine checks.

The parts of a rule are those of `ledger.events.promise`. What is written in a file becomes events
when it is published.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct, field

from ledger.events.promise import Flaw, LimitUnit, PromiseClass, PromiseRule, Reading, Scalar
from ledger.units import (
    KindName,
    LanguageCode,
    LocalDate,
    OrganisationId,
    PolicyId,
    PromiseId,
    Sha256Hex,
    Slug,
    SystemId,
    Uri,
    VersionLabel,
    ZoneName,
)

NONE: Final = "none"
"""The default of a parameter that nobody has set yet."""

LOCAL_ZONE: Final = "Europe/Amsterdam"

Words = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=4000,
        pattern=r"\S",
        title="words",
        description="words, at most 4000 characters",
    ),
]
Phrase = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=300,
        pattern=r"\S",
        title="phrase",
        description="a phrase of at most 300 characters",
    ),
]
LineNumber = Annotated[
    int, Meta(ge=1, le=100_000, title="line", description="a line number, 1 or more")
]
Day = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2}))?\Z",
        title="date or instant",
        description="a date such as 2020-03-19, or an instant such as 2020-03-19T09:00:00+01:00",
    ),
]


class Statement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which text makes the promises, whose it is, and from when on it counts."""

    policy_id: PolicyId
    organisation: OrganisationId
    systems: Annotated[tuple[SystemId, ...], Meta(min_length=1)]
    """Those whose events are judged."""
    title: Phrase
    language: LanguageCode
    text_sha256: Sha256Hex
    """Of the bytes of the statement as it was published."""
    revision_date: LocalDate | None = None
    """The date that the text itself carries."""
    version: VersionLabel | None = None
    """How the text calls its version."""
    effective_from: Day | None = None
    """A date counts from local midnight. Without one, the statement counts from publication."""
    zone: ZoneName | None = None
    """In whose local dates its terms are counted; Europe/Amsterdam if not given."""
    url: Uri | None = None
    summary_nl: Words | None = None
    summary_en: Words | None = None

    def effective_at(self) -> datetime | None:
        """The instant from which the statement counts, in UTC, if the file names one."""
        if self.effective_from is None:
            return None
        if "T" in self.effective_from:
            return datetime.fromisoformat(self.effective_from).astimezone(UTC)
        day = date.fromisoformat(self.effective_from)
        zone = ZoneInfo(self.zone or LOCAL_ZONE)
        return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


class Place(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a promise stands in the statement."""

    heading: Phrase
    line: LineNumber
    phrase: Phrase
    """A few words of the statement itself, by which it is found."""


class OpenParameter(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What the statement leaves open, and what counts until somebody decides."""

    name: Slug
    default: Scalar | None = None
    """`none`: what rests on it cannot be judged until somebody sets it."""
    # Apart from `default`: msgspec 0.22 frees memory twice where a text with a pattern and a
    # list are alternatives of one field.
    defaults: tuple[Scalar, ...] = ()
    """Instead of `default`, where it has several values."""
    unit: LimitUnit | None = None
    meaning_nl: Words
    meaning_en: Words


class PromiseEntry(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One promise: our own words for it, its place, and the rules by which it is judged."""

    id: PromiseId
    promise_class: PromiseClass = field(name="class")
    subject_matter: Slug
    nl: Words
    en: Words
    place: Place
    anchors: Annotated[tuple[KindName, ...], Meta(min_length=1)]
    """The kinds of event with which a duty begins."""
    parameters: tuple[OpenParameter, ...] = ()
    rules: tuple[PromiseRule, ...] = ()
    """The parts of the promise: it is kept if all of them are."""
    readings: tuple[Reading, ...] = ()
    """Ways to read an ambiguous promise."""
    contradicts: tuple[PromiseId, ...] = ()
    """Promises of this file that cannot be kept beside this one as they are written."""
    flaws: tuple[Flaw, ...] = ()
    """What is unclear in the sentence of the statement."""


class StatementFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A privacy statement and its promises."""

    statement: Statement
    promises: Annotated[tuple[PromiseEntry, ...], Meta(min_length=1)]
