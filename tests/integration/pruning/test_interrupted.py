"""A pruning that is killed at any step is finished by the next run, and the history stays valid."""

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from ledger.pruning import undone
from tests.integration.pruning.conftest import SIZE
from tests.pruned_home import PrunedHome

DYING: Final = """
import os, signal, sys
from contextlib import closing
from pathlib import Path
from ledger.store import pruning as steps
from tests.pruned_home import PrunedHome, decide
from ledger.pruning import carry_out, range_below, undone

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

where, url, folder = sys.argv[1:]
home = PrunedHome(url, Path(folder))
steps.STEP_RECORDS = 256
with closing(home.open()) as ledger:
    if where == "deciding":
        ledger.log.waker.announce = die
        decide(ledger, range_below(ledger.log, 600, ledger.head().size))
    if where == "removing":
        steps._keep_versions = die
    pruning = undone(ledger.log)
    carry_out(ledger, pruning, home.signing.terms(), die if where == "between steps" else None)
"""


def dies(home: PrunedHome, where: str, folder: Path) -> None:
    """Runs a pruning that is killed at a place."""
    done = subprocess.run(
        [sys.executable, "-c", DYING, where, home.url, folder],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.mark.parametrize(
    ("where", "left"), [("deciding", 0), ("removing", 0), ("between steps", 256)]
)
def test_a_killed_pruning_is_finished(
    home: PrunedHome, tmp_path: Path, where: str, left: int
) -> None:
    """A crash would leave records half gone, or a log that nobody can prune or verify."""
    if where != "deciding":
        home.decide(600)
        home.seal()
    dies(home, where, tmp_path / "home")
    report = home.verify()
    assert (report.outcome, report.first_index) == ("valid", left)
    with closing(home.open()) as ledger:
        pruning = undone(ledger.log)
        assert (pruning is None) == (where == "deciding")
        kept = ledger.log.record_at(left)
        assert kept is not None
        assert left == 0 or ledger.log.record_at(left - 1) is None
    if where == "deciding":
        home.decide(600)
        home.seal()
    assert home.carry_out() == 512 - left
    report = home.verify()
    assert (report.outcome, report.findings, report.first_index) == ("valid", (), 512)
    assert report.size == SIZE + 1
    assert home.carry_out() == 0
