"""A log whose keys are in a token: everything that a key file can do."""

import os
from collections.abc import Iterator
from uuid import uuid4

import pytest

from ledger.epoch_rotation import destroy_due_epochs, epoch_states, rotate_epoch
from ledger.errors import BadRequest, StoreUnavailable
from ledger.ledger import Ledger
from ledger.parallel_verification import verify_on_cores
from ledger.units import utc_now
from ledger.vault.key_stores import keys_exist
from ledger.vault.token_keys import TokenKeys
from ledger.vault.token_uri import TokenUri
from tests.epoch_story import DAY, PEOPLE, SETTINGS, Story, names, person, rotations, wrapped_in


@pytest.fixture
def token(token_uri: str) -> TokenUri:
    return TokenUri.parse(token_uri)


@pytest.fixture
def story(database_url: str, token: TokenUri) -> Iterator[Story]:
    made = Story(database_url, token, f"log.example/{uuid4().hex}")
    yield made
    made.close()


def test_people_are_read_and_found_after_a_restart(story: Story) -> None:
    """A log with a token would lose everybody with the process that recorded them."""
    (subject,) = story.ledger.subjects_matching("person:p1@example.nl")
    ledger = story.reopen()
    assert ledger.subjects_matching("person:p1@example.nl") == [subject]
    assert len(names(ledger)) == PEOPLE
    assert ledger.verify().findings == ()


def test_epochs_rotate_and_are_destroyed(story: Story) -> None:
    """A token would keep its first epoch key for ever, or lose people with it."""
    running = story.ledger
    rotate_epoch(story.reopen(), SETTINGS)
    running.record(person(50))
    assert wrapped_in(running).keys() == {2}
    story.now += 40 * DAY
    assert destroy_due_epochs(story.reopen(), SETTINGS) is not None
    ledger = story.reopen()
    assert [state.held for state in epoch_states(ledger)] == [False, True]
    assert len(names(ledger)) == PEOPLE + 1
    assert [event.destroyed_epochs for event in rotations(ledger)] == [(), (1,)]


@pytest.mark.parametrize("step", ["_make_epoch_key", "_write"])
def test_a_rotation_that_was_killed_in_the_token_begins_again(
    story: Story, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A crash inside the token would leave a log that nobody can open."""

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(TokenKeys, step, crash)
        with pytest.raises(KeyboardInterrupt):
            rotate_epoch(story.ledger, SETTINGS)
    ledger = story.reopen()
    assert len(names(ledger)) == PEOPLE
    assert rotate_epoch(ledger, SETTINGS).to_epoch == 2
    assert wrapped_in(ledger).keys() == {2}


def test_a_token_from_before_is_refused(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup of the token would bring destroyed keys back."""
    rotate_epoch(story.ledger, SETTINGS)
    before = story.ledger.vault.keys.generation - 1
    with monkeypatch.context() as patched:
        patched.setattr(TokenKeys, "generation", property(lambda _: before))
        with pytest.raises(StoreUnavailable, match="an old backup of the keys"):
            story.reopen()


def test_the_keys_of_another_log_in_the_same_token_are_refused(
    story: Story, token: TokenUri
) -> None:
    """People would be encrypted under the keys of another log."""
    other = f"log.example/{uuid4().hex}"
    TokenKeys.create(token, other, os.urandom)
    with pytest.raises(StoreUnavailable, match=f"found those of log {other}"):
        Ledger.open(database=story.database, key_file=token, origin=other)


def test_a_creation_that_the_database_refuses_leaves_no_keys(story: Story, token: TokenUri) -> None:
    """Each attempt would leave keys in the token that belong to nobody."""
    TokenKeys.discard(token, story.origin)
    with pytest.raises(BadRequest, match="existing log"):
        Ledger.create(database=story.database, key_file=token, origin=story.origin, clock=utc_now)
    assert not keys_exist(token, story.origin)


def test_several_processes_verify_with_one_token(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Verification on all cores would fail, or leave what a token opens unchecked."""
    story.ledger.record_many([person(number) for number in range(100, 160)])
    # Where a process cannot open the log, the whole walk takes its place.
    monkeypatch.setattr(Ledger, "verify", pytest.fail)
    report = verify_on_cores(story.ledger, 2, range_records=8)
    assert report.findings == ()
    assert report.disclosures_unopened == 0
