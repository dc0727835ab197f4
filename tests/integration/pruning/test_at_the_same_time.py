"""Recording, and another pruning, go on while records are removed."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event as Signal

import pytest

from ledger.pruning import carry_out, undone
from ledger.store import pruning as steps
from tests.integration.pruning.conftest import SIZE
from tests.pruned_home import PrunedHome, used


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than one transaction for 512 records."""
    monkeypatch.setattr(steps, "STEP_RECORDS", 256)


def test_recording_goes_on_meanwhile(home: PrunedHome) -> None:
    """A log would be closed to its sources for as long as it is pruned."""
    home.decide(600)
    home.seal()
    done = Signal()

    def record() -> int:
        count = 0
        with closing(home.open()) as ledger:
            while not done.is_set() or count < 20:
                ledger.record(used())
                count += 1
        return count

    with ThreadPoolExecutor(1) as threads:
        recording = threads.submit(record)
        try:
            assert home.carry_out() == 512
        finally:
            done.set()
        count = recording.result()
    report = home.verify()
    assert (report.outcome, report.size) == ("valid", SIZE + 1 + count)
    assert {finding.verdict for finding in report.findings} == {"UNSIGNED_TAIL"}


def test_two_prunings_at_once_are_one(home: PrunedHome) -> None:
    """Two operators who finish the same pruning would stop each other half-way."""
    home.decide(600)
    home.seal()

    def finish(_: int) -> None:
        with closing(home.open()) as ledger:
            pruning = undone(ledger.log)
            if pruning is not None:
                carry_out(ledger, pruning, home.signing.terms())

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(finish, range(4)))
    report = home.verify()
    assert (report.outcome, report.findings, report.first_index) == ("valid", (), 512)
