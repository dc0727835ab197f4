"""Workers that share the views of a log give them the rows that one process gives them."""

from contextlib import closing
from pathlib import Path

import pytest

from ledger.home import Home
from projections import VIEWS, rebuild
from tests.cluster.big_log import BigLog
from tests.cluster.standalone import StandaloneCluster
from tests.filled_events import filled_events
from tests.histories import event
from tests.view_rows import Rows, rows_of_all


@pytest.fixture
def mixed_log(tmp_path: Path) -> BigLog:
    """A log with an event of every kind, and grants that change again and again."""
    made = BigLog(tmp_path / "home", 0)
    made.run("init", "--no-roles", "--origin", "log.example/mixed")
    with closing(Home(made.home).open_ledger()) as ledger:
        ledger.record_own_many(filled_events())
        for number in range(400):
            names = {"grant_id": f"G-{number % 7}", "resource": "customer-file"}
            granted = event("access.granted", number, grantee="person:anna", **names)
            used = event("access.used", number + 0.5, actor="person:anna", **names)
            ledger.record_many([granted, used])
    return made


def test_the_rows_are_those_of_one_process(mixed_log: BigLog, cluster: StandaloneCluster) -> None:
    """A view would say something else where a cluster rebuilt it."""
    with closing(Home(mixed_log.home).open_ledger()) as ledger:
        rebuild(ledger)
    alone = _rows(mixed_log)
    answered = mixed_log.run("rebuild", "--spark", cluster.url)
    assert len(answered.splitlines()) == len(VIEWS)
    assert _rows(mixed_log) == alone
    assert sum(len(rows) for view in alone.values() for rows in view.values()) > 400


def _rows(log: BigLog) -> dict[str, Rows]:
    with closing(Home(log.home).open_ledger()) as ledger:
        return rows_of_all(ledger)
