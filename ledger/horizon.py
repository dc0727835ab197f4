"""When the last copy of what was erased has expired: a pure function of backup periods and epochs.

What an erasure destroys may live on in backups of the database: the disclosures, and the subject
key, wrapped under the epoch key of that time. Such a backup opens nobody's values without that
epoch key, which is in no backup of the database. So a copy wrapped under an epoch is readable until
the *earlier* of two moments:

- the last backup of the database that holds it has expired: made when the epoch ended to wrap, or
  at the erasure, whichever was first, plus the retention of database backups;
- the last copy of the epoch key is gone: its destruction plus the retention of key backups.

The horizon is the latest of these moments over all epochs that wrapped before the erasure. It is
about values: whether somebody known was in the log can be looked up in a backup, with the look-up
key, until that backup has expired.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

NOT_KNOWN = "not known: set backup_retention_days"


@dataclass(frozen=True, slots=True)
class EpochLife:
    """The life of one epoch key; instants are aware, `None` where they have not come."""

    epoch: int
    made_at: datetime
    retired_at: datetime | None = None
    """When it ended to wrap."""
    destroy_after: datetime | None = None
    destroyed_at: datetime | None = None


class BackupPeriods(Protocol):
    """How long copies live, in days; `None`: not known."""

    @property
    def backup_retention_days(self) -> int | None:
        """After which no backup of the database is left."""

    @property
    def key_backup_retention_days(self) -> int | None:
        """After which no backup of the key store is left."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """When an erasure is complete in the backups too."""

    at: datetime | None
    """`None`: not known."""
    explanation: tuple[str, ...]
    """The steps that lead to it, or what is missing."""


def erasure_horizon(settings: BackupPeriods, now: datetime, epochs: Sequence[EpochLife]) -> Horizon:
    """When no backup can bring back any more what is erased at an instant.

    Args:
        settings: How long backups are kept.
        now: The instant of the erasure, aware.
        epochs: All epochs of the log, in any order.
    """
    days = settings.backup_retention_days
    if days is None:
        return Horizon(None, (NOT_KNOWN,))
    latest: datetime = now
    steps = [f"backups of the database are kept {_counted(days)}", _keys_kept(settings)]
    for life in sorted(epochs, key=lambda each: each.epoch):
        if life.made_at <= now:
            at, step = _end(life, now, timedelta(days=days), settings.key_backup_retention_days)
            latest = max(latest, at)
            steps.append(step)
    return Horizon(latest, tuple(steps))


def _end(
    life: EpochLife, now: datetime, retention: timedelta, key_days: int | None
) -> tuple[datetime, str]:
    """When the last copy that was wrapped in one epoch is readable no more, and why."""
    wrapped_until = min(now, life.retired_at or now)
    expired = wrapped_until + retention
    gone = _key_gone(life, key_days)
    if gone is not None and gone < expired:
        return gone, (
            f"epoch {life.epoch}: the last copy of its key is gone at {_text(gone)}; whether "
            f"somebody was in the log can be looked up in a backup until {_text(expired)}"
        )
    return expired, f"epoch {life.epoch}: the last database backup expires at {_text(expired)}"


def _keys_kept(settings: BackupPeriods) -> str:
    days = settings.key_backup_retention_days
    if days is None:
        return "how long backups of the keys are kept is not known: key_backup_retention_days"
    return f"backups of the keys are kept {_counted(days)}"


def _counted(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _key_gone(life: EpochLife, key_days: int | None) -> datetime | None:
    if life.destroyed_at is None or key_days is None:
        return None  # that a key is to be destroyed is a plan: the horizon would come too early
    return life.destroyed_at + timedelta(days=key_days)


def _text(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds")
