"""A long log is verified by two workers, also when one of them dies, and nothing escapes them."""

import json
import subprocess
import time
from pathlib import Path
from typing import Final

import pytest

from tests.cluster.big_log import SECONDS, BigLog
from tests.cluster.standalone import StandaloneCluster
from tests.command_line import clean_environment

PART_WAY_SECONDS: Final = 600


def test_workers_find_what_one_machine_finds(big_log: BigLog, cluster: StandaloneCluster) -> None:
    """A sound log would be found broken, or counted otherwise, where a cluster checks it."""
    code, alone = big_log.verified()
    assert (code, alone["outcome"]) == (0, "valid")
    assert alone["records_checked"] > big_log.records
    assert big_log.verified("--spark", cluster.url) == (0, alone)


def test_workers_without_database_check_the_archive(
    big_log: BigLog, cluster: StandaloneCluster
) -> None:
    """Workers would need keys to check sealed records, which hold no personal data."""
    code, found = big_log.verified("--spark", cluster.url, "--sealed-only")
    assert (code, found["outcome"]) == (0, "valid")
    assert found["records_checked"] > big_log.records
    assert found["disclosures_unopened"] > big_log.records


def test_a_worker_that_dies_takes_nothing_with_it(
    big_log: BigLog, cluster: StandaloneCluster
) -> None:
    """A cluster that loses a machine would lose a part of the verification, or call it a fault."""
    before = cluster.executor_logs()
    verifying = subprocess.Popen(
        big_log.command("verify", "--json", "--spark", cluster.url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    )
    try:
        _wait_until_both_work(cluster, before)
        assert verifying.poll() is None
        cluster.kill_worker(0)
        assert verifying.poll() is None
        out, said = verifying.communicate(timeout=SECONDS)
    finally:
        if verifying.poll() is None:
            verifying.kill()
        verifying.wait()
        cluster.add_worker()
    assert verifying.returncode == 0, said
    found = json.loads(out)
    assert found["outcome"] == "valid"
    assert found["records_checked"] > big_log.records


@pytest.mark.parametrize("words", [(), ("--sealed-only",)], ids=["whole", "sealed only"])
def test_one_altered_record_is_named(
    big_log: BigLog, cluster: StandaloneCluster, words: tuple[str, ...]
) -> None:
    """One changed record among a million would pass, or nobody could say which it is."""
    index = big_log.records * 7 // 10 + 1
    with big_log.altered_record(index):
        code, found = big_log.verified("--spark", cluster.url, *words)
    assert (code, found["outcome"]) == (3, "broken")
    assert (found["first_fault"]["verdict"], found["first_fault"]["index"]) == ("MODIFIED", index)
    named = {one["index"] for one in found["findings"] if one["fault"] and one["index"] is not None}
    assert named == {index}


def _wait_until_both_work(cluster: StandaloneCluster, before: set[Path]) -> None:
    """Returns once each worker runs a task."""
    until = time.monotonic() + PART_WAY_SECONDS
    while sum(map(_runs_a_task, cluster.executor_logs() - before)) < len(cluster.workers):
        assert time.monotonic() < until, "expected both workers to begin"
        time.sleep(0.1)


def _runs_a_task(log: Path) -> bool:
    return "Running task" in log.read_text(errors="replace")
