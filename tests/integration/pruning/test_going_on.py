"""A pruned log is recorded into, signed and followed as before."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent
from msgspec.structs import replace

from ledger.draft import Receipt
from ledger.errors import EventIdReused, RecordsPruned, StoreUnavailable
from ledger.pruning import range_below, undone
from ledger.store.pruning import raise_minimum
from ledger.store.recorders import SealedApplicationRecorder
from ledger.units import Size
from tests.integration.pruning.conftest import SIZE
from tests.pruned_home import PrunedHome, decide, used

MINIMUM: Final = 512


def test_recording_and_signing_go_on(pruned: PrunedHome) -> None:
    """A log could never be used again after it was pruned."""
    (receipt, *_) = pruned.fill(300)
    assert receipt.index == SIZE + 1
    report = pruned.verify()
    assert (report.outcome, report.findings, report.signed_size) == ("valid", (), SIZE + 301)


def test_a_pruned_fact_that_comes_again_is_not_recorded_twice(
    home: PrunedHome,
) -> None:
    """Importing an old file again would bring every pruned fact back, or crash."""
    event = used(event_id=UUID("0195e3a0-0000-7000-8000-000000000001"))
    with closing(home.open()) as ledger:
        first = ledger.record(event)
    home.fill(400)
    home.prune(first.index + 256)
    with closing(home.open()) as ledger:
        again = ledger.record(event)
        assert again == Receipt(first.index, None, None, None, None, event.event_id, duplicate=True)
        with pytest.raises(EventIdReused):
            ledger.record(replace(event, resource="another"))
        assert ledger.log.find_event(UUID(str(event.event_id))) is None
        assert ledger.log.index_of_event(UUID(str(event.event_id))) == first.index


def test_how_much_was_known_is_told_or_refused(pruned: PrunedHome) -> None:
    """A question about the past would be answered with too many or too few records."""
    with closing(pruned.open()) as ledger:
        assert ledger.size_at(ledger.clock()) == SIZE + 1
        beginning = ledger.log.pruned.read()
        assert beginning is not None
        kept = ledger.log.record_at(MINIMUM)
        assert kept is not None
        with pytest.raises(RecordsPruned, match="below index 512 were pruned"):
            ledger.size_at(ledger.clock() - timedelta(days=400))
        assert isinstance(ledger.size_at(ledger.clock()), int)
        assert Size(SIZE) < ledger.head().size


@pytest.fixture
def followed(home: PrunedHome) -> Iterator[tuple[UUID, SealedApplicationRecorder]]:
    """A stream of the library with versions 1 and 2 pruned, of a log whose newest are kept."""
    stream = uuid4()
    with closing(home.open()) as ledger:
        recorder = SealedApplicationRecorder(ledger.log)
        recorder.insert_events([StoredEvent(stream, version, "a:B", b"{}") for version in (1, 2)])
        home.fill(600)
        home.prune(SIZE + 100)
        yield stream, recorder


def test_a_version_is_never_given_twice(
    followed: tuple[UUID, SealedApplicationRecorder],
) -> None:
    """A case whose records were pruned would begin again with version 1."""
    stream, recorder = followed
    with pytest.raises(IntegrityError):
        recorder.insert_events([StoredEvent(stream, 2, "a:B", b"{}")])
    recorder.insert_events([StoredEvent(stream, 3, "a:B", b"{}")])
    assert [one.originator_version for one in recorder.select_events(stream, gt=2)] == [3]


def test_an_aggregate_is_not_rebuilt_from_a_part_of_its_events(
    followed: tuple[UUID, SealedApplicationRecorder],
) -> None:
    """An application would go on with a state that never was."""
    stream, recorder = followed
    with pytest.raises(OperationalError, match="up to 2 were pruned"):
        recorder.select_events(stream)
    with pytest.raises(OperationalError, match="up to 2 were pruned"):
        recorder.select_events(stream, desc=True)
    assert recorder.select_events(stream, gt=2) == []
    assert recorder.select_events(uuid4()) == []


def test_a_follower_is_told_what_it_missed(
    followed: tuple[UUID, SealedApplicationRecorder],
) -> None:
    """A follower that begins too early would miss events in silence."""
    _, recorder = followed
    minimum = recorder.log.beginning().frontier.size
    with pytest.raises(OperationalError, match="were pruned"):
        recorder.select_notifications(1, 10)
    with pytest.raises(OperationalError, match="were pruned"):
        recorder.select_notifications(None, 10, topics=["a:B"])
    with pytest.raises(OperationalError, match="were pruned"):
        recorder.subscribe(gt=minimum - 1)
    found = recorder.select_notifications(minimum + 1, 2)
    assert [one.id for one in found] == [minimum + 1, minimum + 2]
    with recorder.subscribe(gt=minimum) as subscription:
        assert next(subscription).id == minimum + 1


def test_a_case_goes_on_with_its_next_version(home: PrunedHome) -> None:
    """Two records of one case would have the same version."""
    with closing(home.open()) as ledger:
        first = ledger.record(used())
        drafts = ledger.vault.drafts([used()])
        grown = replace(drafts[0], stream=first.stream, fresh_stream=False)
        (second,) = ledger.log.append([grown])
        assert isinstance(second, Receipt)
    home.fill(600)
    with closing(home.open()) as ledger:
        decide(ledger, range_below(ledger.log, SIZE + 100, ledger.head().size))
        assert undone(ledger.log) is not None
        raise_minimum(ledger.log, 768, lone_kinds=())
        again = replace(ledger.vault.drafts([used()])[0], stream=first.stream, fresh_stream=False)
        (third,) = ledger.log.append([again])
    assert isinstance(third, Receipt)
    assert (first.version, second.version, third.version) == (1, 2, 3)


def test_a_signer_from_before_does_not_sign(home: PrunedHome) -> None:
    """A restored state file could lead the signer to sign a history that it cannot check."""
    state = home.signing.state.path
    home.fill(1)
    old = state.read_bytes()
    home.fill(600)
    home.prune(SIZE + 400)
    state.write_bytes(old)
    with pytest.raises(StoreUnavailable, match="restore the newest state; nothing was signed"):
        home.seal()
