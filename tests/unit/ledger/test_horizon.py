"""The erasure horizon: never a made-up number, and never an early one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.horizon import NOT_KNOWN, EpochLife, erasure_horizon
from ledger.settings import Settings

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SETTINGS = Settings("log.example/1", "sqlite:///zegel.db", backup_retention_days=35)
WITH_KEYS = replace(SETTINGS, key_backup_retention_days=7)


def test_without_a_retention_it_is_not_known() -> None:
    """People would be told a date that nobody can stand by."""
    unset = replace(SETTINGS, backup_retention_days=None)
    horizon = erasure_horizon(unset, NOW, [EpochLife(1, NOW - DAY)])
    assert (horizon.at, horizon.explanation) == (None, (NOT_KNOWN,))


def test_the_last_backup_of_the_database_decides() -> None:
    """The backup made just before the erasure would be forgotten."""
    horizon = erasure_horizon(SETTINGS, NOW, [EpochLife(1, NOW - 100 * DAY)])
    assert horizon.at == NOW + 35 * DAY
    assert horizon.explanation == (
        "backups of the database are kept 35 days",
        "how long backups of the keys are kept is not known: key_backup_retention_days",
        "epoch 1: the last database backup expires at 2026-07-06T00:00:00+00:00",
    )


def test_a_destroyed_epoch_ends_it_sooner() -> None:
    """Rotating and destroying an epoch key after an erasure would help nobody."""
    lives = [
        EpochLife(1, NOW - 100 * DAY, NOW + DAY, NOW + 2 * DAY, NOW + 2 * DAY),
        EpochLife(2, NOW + DAY),
    ]
    assert erasure_horizon(WITH_KEYS, NOW, lives).at == NOW + 9 * DAY


def test_a_planned_destruction_does_not_count() -> None:
    """The date would come too early whenever nobody destroys the key as planned."""
    lives = [EpochLife(1, NOW - DAY, NOW, NOW + DAY)]
    assert erasure_horizon(WITH_KEYS, NOW, lives).at == NOW + 35 * DAY


def test_backups_from_before_a_rotation_count_too() -> None:
    """A backup of last week, under the epoch of last week, would be forgotten."""
    lives = [
        EpochLife(1, NOW - 100 * DAY, NOW - 2 * DAY, NOW + 33 * DAY),
        EpochLife(2, NOW - 2 * DAY, NOW, NOW, NOW),
    ]
    assert erasure_horizon(WITH_KEYS, NOW, lives).at == NOW + 33 * DAY


@pytest.mark.parametrize("days", [1, 7, 1000])
def test_without_key_retention_a_destroyed_key_may_still_exist(days: int) -> None:
    """A backup of the keys would bring a destroyed key back after the horizon."""
    lives = [EpochLife(1, NOW - DAY, NOW, NOW, NOW)]
    settings = replace(SETTINGS, backup_retention_days=days)
    assert erasure_horizon(settings, NOW, lives).at == NOW + days * DAY


_INSTANTS = st.integers(-200, 200).map(lambda days: NOW + days * DAY)
_DAYS = st.integers(1, 400)


@st.composite
def _lives(draw: st.DrawFn) -> list[EpochLife]:
    """Epochs that follow each other, some of them destroyed."""
    starts = sorted(draw(st.lists(_INSTANTS, min_size=1, max_size=5, unique=True)))
    lives = []
    for number, (made, retired) in enumerate(zip(starts, [*starts[1:], None], strict=True), 1):
        destroyed = draw(st.none() | st.integers(0, 100)) if retired is not None else None
        at = None if destroyed is None or retired is None else retired + destroyed * DAY
        lives.append(EpochLife(number, made, retired, at, at))
    return lives


def _wraps(life: EpochLife, at: datetime) -> bool:
    return life.made_at <= at and (life.retired_at is None or at < life.retired_at)


@given(_lives(), _DAYS, st.none() | _DAYS)
def test_no_readable_copy_outlives_the_horizon(
    lives: list[EpochLife], days: int, key_days: int | None
) -> None:
    """A copy made on some day would be readable after the date that people were told."""
    settings = replace(SETTINGS, backup_retention_days=days, key_backup_retention_days=key_days)
    horizon = erasure_horizon(settings, NOW, lives).at
    assert horizon is not None
    first = min(life.made_at for life in lives)
    for age in range(401):
        copied_at = NOW - age * DAY
        if copied_at < first:
            break
        (epoch,) = [life for life in lives if _wraps(life, copied_at)]
        ends = [copied_at + days * DAY]
        if epoch.destroyed_at is not None and key_days is not None:
            ends.append(epoch.destroyed_at + key_days * DAY)
        assert min(ends) <= horizon
