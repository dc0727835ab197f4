"""Many writers at once, and writers that die: one dense chain, nothing acknowledged is lost."""

import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest

from ledger.store import SealedLog, open_engine
from ledger.store.recorders import SealedApplicationRecorder
from ledger.units import utc_now
from tests.integration.store.check_log import check_log
from tests.integration.store.databases import new_log
from tests.integration.store.drafts import make_draft, receipts_of
from tests.integration.store.writer_program import SHARED_CASE

PROGRAM = [sys.executable, "-m", "tests.integration.store.writer_program"]
WRITERS = 8
BATCHES = 12
SIZE = 5
SEED = 20261122


def _start(url: str, batches: int, size: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, url, str(batches), str(size)], stdout=subprocess.PIPE, text=True
    )


def _acknowledged(output: str) -> dict[UUID, int]:
    """Event ids with their indexes; a line cut off by the death of its writer does not count."""
    whole = output.rpartition("\n")[0]
    pairs = (pair.split("=") for pair in whole.split())
    return {UUID(event_id): int(index) for event_id, index in pairs}


@contextmanager
def _opened(url: str) -> Iterator[SealedLog]:
    log = SealedLog.open(open_engine(url), clock=utc_now)
    yield log
    log.engine.dispose()


def test_eight_programs_write_one_chain(database_url: str) -> None:
    """Two programs would fork the chain, skip an index or lose a fact."""
    new_log(database_url).engine.dispose()
    writers = [_start(database_url, BATCHES, SIZE) for _ in range(WRITERS)]
    outputs = [writer.communicate()[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    acknowledged: dict[UUID, int] = {}
    for output in outputs:
        acknowledged |= _acknowledged(output)
    size = WRITERS * BATCHES * SIZE
    assert sorted(acknowledged.values()) == list(range(size))
    with _opened(database_url) as log:
        check_log(log, size)
        assert {row.event_id: row.index for row in log.scan()} == acknowledged
        versions = [row.version for row in log.scan_stream(SHARED_CASE)]
        assert versions == list(range(1, WRITERS * BATCHES + 1))


def test_what_a_killed_program_acknowledged_is_there(database_url: str) -> None:
    """A receipt would be worth nothing after a power cut."""
    new_log(database_url).engine.dispose()
    chance = random.Random(SEED)
    acknowledged: dict[UUID, int] = {}
    for _ in range(4):
        writer = _start(database_url, 10_000, 40)
        assert writer.stdout is not None
        first = writer.stdout.readline()  # it is at work now
        time.sleep(chance.uniform(0, 0.15))
        writer.kill()
        output = first + writer.communicate()[0]
        assert writer.returncode < 0
        acknowledged |= _acknowledged(output)
        with _opened(database_url) as log:
            check_log(log)
            stored = {row.event_id: row.index for row in log.scan()}
            assert acknowledged.items() <= stored.items()
            (receipt,) = receipts_of(log.append([make_draft()]))
            assert receipt.index == len(stored)
    with _opened(database_url) as log:
        check_log(log)


def test_threads_of_one_program_write_one_chain(log: SealedLog) -> None:
    """Two requests of one service would fork the chain or fail."""
    failures: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(20):
                log.append([make_draft(), make_draft(stream=SHARED_CASE, fresh_stream=False)])
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    check_log(log, 16 * 20 * 2)


@pytest.mark.parametrize("writers", [1, 3])
def test_a_follower_misses_nothing_that_other_programs_write(
    database_url: str, writers: int
) -> None:
    """A view would lack events that were recorded while it started or fell behind."""
    size = writers * 30 * SIZE
    log = new_log(database_url)
    programs = [_start(database_url, 30, SIZE) for _ in range(writers)]
    recorder = SealedApplicationRecorder(log)
    with recorder.subscribe() as subscription:
        seen = []
        for notification in subscription:
            seen.append(notification.id)
            if len(seen) == size:
                break
        for program in programs:
            program.communicate()
        # Still following: one more, from another connection of this program.
        with _opened(database_url) as other:
            other.append([make_draft()])
        seen.append(next(subscription).id)
    assert seen == list(range(1, size + 2))
    check_log(log, size + 1)
    log.engine.dispose()
