"""Epoch keys: rotated while others record, interrupted at every step, destroyed in time."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from typing import Final

import pytest
from sqlalchemy import select, update

from ledger import epoch_rotation
from ledger.epoch_rotation import destroy_due_epochs, epoch_states, horizon_of, rotate_epoch
from ledger.errors import StoreUnavailable, VerificationError
from ledger.ledger import Ledger
from ledger.store.engine import reading, writing
from ledger.store.schema import EPOCH, SUBJECT, VAULT
from ledger.vault.key_file import FileKeys
from tests.epoch_story import (
    BEGAN,
    DAY,
    PEOPLE,
    SETTINGS,
    Story,
    names,
    person,
    rotations,
    wrapped_in,
)


class CrashError(Exception):
    """The process is gone."""


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "vault.key.json"


@pytest.fixture
def story(database_url: str, key_file: Path) -> Iterator[Story]:
    made = Story(database_url, key_file)
    yield made
    made.close()


def test_a_rotation_wraps_everybody_anew(story: Story) -> None:
    """Old copies of the database would stay readable for as long as the log lives."""
    before = sum(wrapped_in(story.ledger).values())
    done = rotate_epoch(story.ledger, SETTINGS, reason="yearly")
    assert (done.from_epoch, done.to_epoch, done.continued) == (1, 2, False)
    assert done.keys_rewrapped == before
    assert done.destroy_after is not None
    assert done.destroy_after - story.now < 35 * DAY < done.destroy_after - BEGAN
    ledger = story.reopen()
    assert wrapped_in(ledger).keys() == {2}
    assert names(ledger) == {f"person:p{number}@example.nl" for number in range(PEOPLE)}
    assert ledger.verify().findings == ()
    (event,) = rotations(ledger)
    assert (event.key_role, event.from_epoch, event.to_epoch) == ("epoch", 1, 2)
    assert (event.keys_rewrapped, event.destroyed_epochs) == (before, ())
    assert event.erasure_horizon == done.destroy_after


def test_whoever_is_running_goes_on_with_the_new_key(story: Story) -> None:
    """A running process would wrap new people in an epoch whose key is about to be destroyed."""
    running = story.ledger
    rotate_epoch(story.reopen(), SETTINGS)
    receipt = running.record(person(100))
    assert wrapped_in(running).keys() == {2}
    assert running.vault.generation == 2
    assert receipt.index == running.head().size - 1
    assert "person:p100@example.nl" in names(story.reopen())


def test_others_record_while_keys_are_wrapped_anew(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log would stand still for as long as a rotation of many people takes, or lose some."""
    monkeypatch.setattr(epoch_rotation, "BATCH", 2)
    other = story.reopen()
    ends = Signal()
    recorded: list[int] = []

    def record() -> None:
        number = 200
        while not ends.is_set():
            other.record(person(number))
            recorded.append(number)
            number += 1

    writer = Thread(target=record)
    rotator = story.reopen()
    writer.start()
    try:
        rotate_epoch(rotator, SETTINGS)
        rotate_epoch(rotator, SETTINGS)
    finally:
        ends.set()
        writer.join()
    ledger = story.reopen()
    assert recorded
    assert wrapped_in(ledger).keys() == {3}
    assert {f"person:p{number}@example.nl" for number in recorded} <= names(ledger)
    assert ledger.verify().findings == ()


def _crash(*_: object, **__: object) -> None:
    raise CrashError


STEPS: Final = (
    "ledger.epoch_rotation.settled_generation",
    "ledger.epoch_rotation.add_epochs",
    "ledger.epoch_rotation.wrapped_before",
    "ledger.epoch_rotation.rewrap",
    "ledger.epoch_rotation.retire_epochs",
)


@pytest.mark.parametrize("step", STEPS)
def test_a_rotation_that_was_killed_is_finished_by_the_next(
    story: Story, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A crash would leave two epochs for ever, or people whose key is in neither."""
    with monkeypatch.context() as patched:
        patched.setattr(step, _crash)
        with pytest.raises(CrashError):
            rotate_epoch(story.ledger, SETTINGS)
    ledger = story.reopen()
    assert ledger.verify().findings == ()
    assert len(names(ledger)) == PEOPLE
    ledger.record(person(300))
    done = rotate_epoch(ledger, SETTINGS)
    assert (done.from_epoch, done.to_epoch, done.continued) == (1, 2, True)
    assert wrapped_in(ledger).keys() == {2}
    assert [event.to_epoch for event in rotations(ledger)] == [2]
    assert len(names(story.reopen())) == PEOPLE + 1


def test_a_rotation_that_was_killed_between_two_batches_goes_on(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each interruption would begin the work anew, and a large log never come to its end."""
    monkeypatch.setattr(epoch_rotation, "BATCH", 2)
    everybody = sum(wrapped_in(story.ledger).values())

    def crash_later(done: int) -> None:
        if done >= 4:
            raise CrashError

    with pytest.raises(CrashError):
        rotate_epoch(story.ledger, SETTINGS, tell=crash_later)
    ledger = story.reopen()
    assert wrapped_in(ledger) == {1: everybody - 4, 2: 4}
    assert rotate_epoch(ledger, SETTINGS).keys_rewrapped == everybody - 4


def test_an_old_key_is_destroyed_when_its_time_has_come(story: Story) -> None:
    """A key would be kept for ever, or be destroyed while backups still need it."""
    rotate_epoch(story.ledger, SETTINGS)
    assert destroy_due_epochs(story.ledger, SETTINGS) is None
    story.now += 34 * DAY
    assert destroy_due_epochs(story.ledger, SETTINGS) is None
    story.now += 2 * DAY
    done = destroy_due_epochs(story.ledger, SETTINGS)
    assert done is not None
    assert done.epochs == (1,)
    ledger = story.reopen()
    assert set(ledger.vault.keys.epochs) == {2}
    old, new = epoch_states(ledger)
    assert (old.held, old.life.destroyed_at is not None, old.subjects) == (False, True, 0)
    assert (new.held, new.life.destroyed_at) == (True, None)
    assert [event.destroyed_epochs for event in rotations(ledger)] == [(), (1,)]
    assert len(names(ledger)) == PEOPLE
    assert destroy_due_epochs(ledger, SETTINGS) is None


@pytest.mark.parametrize(
    "step",
    ["ledger.epoch_rotation.settled_generation", "ledger.epoch_rotation.mark_destroyed"],
)
def test_a_destruction_that_was_killed_is_recorded_by_the_next(
    story: Story, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A key would be gone and the log not say so, or say so twice."""
    rotate_epoch(story.ledger, SETTINGS)
    story.now += 40 * DAY
    with monkeypatch.context() as patched:
        patched.setattr(step, _crash)
        with pytest.raises(CrashError):
            destroy_due_epochs(story.ledger, SETTINGS)
    ledger = story.reopen()
    assert set(ledger.vault.keys.epochs) == {2}
    assert len(rotations(ledger)) == 1
    assert len(names(ledger)) == PEOPLE
    assert destroy_due_epochs(ledger, SETTINGS) is not None
    assert destroy_due_epochs(ledger, SETTINGS) is None
    assert [event.destroyed_epochs for event in rotations(story.reopen())] == [(), (1,)]


def test_a_key_that_still_wraps_somebody_is_not_destroyed(story: Story) -> None:
    """Somebody's values would be lost for good."""
    rotate_epoch(story.ledger, SETTINGS)
    with writing(story.ledger.log.engine) as connection:
        some = select(SUBJECT.c.subject_id).limit(1).scalar_subquery()
        connection.execute(update(SUBJECT).where(SUBJECT.c.subject_id == some).values(epoch=1))
    story.now += 40 * DAY
    with pytest.raises(StoreUnavailable, match="found 1 in epoch 1; nothing was destroyed"):
        destroy_due_epochs(story.ledger, SETTINGS)
    assert set(story.reopen().vault.keys.epochs) == {1, 2}


def test_a_key_that_does_not_unwrap_keeps_its_epoch(story: Story) -> None:
    """A damaged key would be passed over, and what could still save it be destroyed."""
    with writing(story.ledger.log.engine) as connection:
        some = select(SUBJECT.c.subject_id).limit(1).scalar_subquery()
        damaged = update(SUBJECT).where(SUBJECT.c.subject_id == some)
        connection.execute(damaged.values(wrapped_key=b"damaged"))
    with pytest.raises(VerificationError, match="do not unwrap"):
        rotate_epoch(story.ledger, SETTINGS)
    first, second = epoch_states(story.ledger)
    assert (first.life.retired_at, first.held, second.held) == (None, True, True)


def test_without_a_retention_nothing_is_destroyed_until_it_is_set(story: Story) -> None:
    """A key would be destroyed on a date that nobody chose, or never once it is chosen."""
    unset = replace(SETTINGS, backup_retention_days=None)
    assert rotate_epoch(story.ledger, unset).destroy_after is None
    story.now += 1000 * DAY
    assert destroy_due_epochs(story.ledger, unset) is None
    assert horizon_of(story.ledger, unset).at is None
    assert destroy_due_epochs(story.ledger, SETTINGS) is not None


def test_the_horizon_counts_from_now(story: Story) -> None:
    """The DPO would see the date of some other day."""
    found = horizon_of(story.ledger, SETTINGS).at
    assert found is not None
    assert timedelta(0) <= story.now + 35 * DAY - found < DAY


def test_a_log_from_before_epochs_were_noted_can_be_rotated(story: Story) -> None:
    """Logs of an earlier version would keep their first epoch key for ever."""
    with writing(story.ledger.log.engine) as connection:
        connection.execute(EPOCH.delete())
    story.now += DAY
    (only,) = epoch_states(story.reopen())
    assert only.life.made_at < BEGAN + DAY
    done = rotate_epoch(story.ledger, SETTINGS)
    assert (done.from_epoch, done.to_epoch, done.continued) == (1, 2, False)
    assert [state.life.epoch for state in epoch_states(story.ledger)] == [1, 2]


def _rotate(ledger: Ledger) -> None:
    rotate_epoch(ledger, SETTINGS)


def _destroy(ledger: Ledger) -> None:
    unused = replace(SETTINGS, backup_retention_days=1)
    assert destroy_due_epochs(ledger, unused) is not None


@pytest.mark.parametrize("step", [_rotate, _destroy])
def test_an_old_backup_of_the_key_file_is_refused(
    story: Story, key_file: Path, tmp_path: Path, step: Callable[[Ledger], None]
) -> None:
    """Keys that were destroyed would come back with a copy of the file."""
    if step is _destroy:
        rotate_epoch(story.ledger, replace(SETTINGS, backup_retention_days=1))
        story.now += 2 * DAY
    old = shutil.copy(key_file, tmp_path / "backup")
    newest = shutil.copy(key_file, tmp_path / "newest")
    step(story.ledger)
    newest = shutil.copy(key_file, newest)
    running = story.reopen()
    shutil.copy(old, key_file)
    with pytest.raises(StoreUnavailable, match="an old backup of the keys") as caught:
        story.reopen()
    for said in (str(key_file), "expected generation", "found the older", "put the newest keys"):
        assert said in str(caught.value)
    running.vault.generation -= 1  # as if it had been running since before the step
    with pytest.raises(StoreUnavailable, match="an old backup of the keys"):
        running.vault.refresh()
    shutil.copy(newest, key_file)
    assert len(names(story.reopen())) == PEOPLE


def test_a_restored_database_is_refused(story: Story) -> None:
    """Erased people who are in the backup would be readable again, and nobody hear of it."""
    with reading(story.ledger.log.engine) as connection:
        before = connection.execute(select(VAULT)).mappings().one()
    rotate_epoch(story.ledger, SETTINGS)
    rotate_epoch(story.ledger, SETTINGS)
    with writing(story.ledger.log.engine) as connection:
        connection.execute(update(VAULT).values(**before))
    with pytest.raises(StoreUnavailable, match="a restored backup; erased people may be") as caught:
        story.reopen()
    for said in ("expected generation 3", "found 1", "rotate-epoch-keys.md"):
        assert said in str(caught.value)


def test_a_step_that_only_the_keys_took_is_finished_by_the_next(
    story: Story, key_file: Path
) -> None:
    """A crash between the key store and the database would lock the log for ever."""
    FileKeys(key_file, bytes).advance(2)
    ledger = story.reopen()
    assert ledger.vault.generation == 1
    assert rotate_epoch(ledger, SETTINGS).to_epoch == 2
    assert ledger.vault.generation == 3
    assert len(names(story.reopen())) == PEOPLE
