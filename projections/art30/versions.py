"""The versions of one processing activity: an id and a time give exactly one, or none.

Source: LDV 1.0.0 §3.4.1: every relevant change is kept as a new version with its time, so that the
id in a log line and the time of the line mean one version of the register.
"""

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from ledger.ledger import Ledger
from ledger.store.requests import microseconds
from projections.cases.reading import Moment
from projections.register import REGISTER, activity_changes, activity_history
from projections.snapshot import reader_at

ChangeKind = Literal["registered", "amended", "retired"]


class Stretch(Struct, frozen=True, kw_only=True):
    """A time over which one version is in force."""

    version: int
    index: int
    since: datetime
    until: datetime | None = None
    """Exclusive; `None`: no end is known."""


class Version(Struct, frozen=True, kw_only=True):
    """One change of an activity, whether or not it is ever in force."""

    version: int
    index: int
    what: ChangeKind
    effective_from: datetime
    entered_at: datetime
    taken_back_by: int | None = None
    """The record that took it back."""
    in_force: tuple[Stretch, ...] = ()


class Resolution(Struct, frozen=True, kw_only=True):
    """What an id and a time resolve to."""

    activity: str
    at: datetime
    version: Version | None
    reason: str | None = None
    """Why there is none."""


def versions_of(ledger: Ledger, activity: str, moment: Moment) -> list[Version]:
    """Every version of an activity by what was known, in the order in which they were recorded."""
    chosen = {"activity": [activity]}
    with reader_at(ledger, REGISTER, moment.as_of, moment.known_size, chosen) as reader:
        stretches: dict[int, list[Stretch]] = {}
        for row in activity_history(reader):
            stretch = Stretch(
                version=row["version"],
                index=row["indexes"][-1],
                since=row["in_force_from"],
                until=row["in_force_until"],
            )
            stretches.setdefault(stretch.index, []).append(stretch)
        return [
            msgspec.convert({**row, "in_force": stretches.get(row["index"], ())}, Version)
            for row in activity_changes(reader)
        ]


def resolve(ledger: Ledger, activity: str, moment: Moment) -> Resolution:
    """The one version of an activity that is in force at a moment.

    Args:
        ledger: The log.
        activity: The id, a URI.
        moment: At which time, and by which records.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    versions = versions_of(ledger, activity, moment)
    at = microseconds(moment.as_of)
    for version in versions:
        for stretch in version.in_force:
            ends = None if stretch.until is None else microseconds(stretch.until)
            if microseconds(stretch.since) <= at and (ends is None or at < ends):
                return Resolution(activity=activity, at=moment.as_of, version=version)
    return Resolution(
        activity=activity, at=moment.as_of, version=None, reason=_why_none(versions, at)
    )


def _why_none(versions: list[Version], at: int) -> str:
    stretches = [stretch for version in versions for stretch in version.in_force]
    if not versions:
        return "the register does not know this activity"
    if not stretches:
        return "no version of it was ever in force"
    if at < min(microseconds(stretch.since) for stretch in stretches):
        return "its first version was not in force yet"
    return "it was retired"
