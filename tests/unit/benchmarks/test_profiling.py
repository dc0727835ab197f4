"""Where the time of a task goes."""

import signal
from hashlib import sha256
from time import sleep

import pytest

from benchmarks import profiling
from benchmarks.comparison import Part, Profile
from benchmarks.databases import Database
from benchmarks.histories import History, fill
from benchmarks.profiling import Sampler
from ledger.merkle import Frontier

SQLITE = Database("SQLite")


def _grown() -> None:
    """A tree that is long enough for many samples."""
    leaves = [sha256(str(number).encode()).digest() for number in range(60_000)]
    tree = Frontier.empty()
    for leaf in leaves:
        tree = tree.extended([leaf])


def test_time_belongs_to_the_file_that_was_at_work() -> None:
    """The page would send whoever wants more speed to the wrong file."""
    sampler = Sampler()
    with sampler.at_work():
        _grown()
    largest = max(sampler.parts(), key=lambda part: part.share)
    assert largest.file == "ledger/merkle.py"
    assert largest.about.startswith("The Merkle tree")


def test_a_long_call_weighs_what_it_took() -> None:
    """A commit that waits for the disk would count as one sample of a thousand."""
    sampler = Sampler()
    with sampler.at_work():
        sleep(0.2)
    assert sum(sampler.seconds.values()) >= 0.15


def test_nothing_is_sampled_afterwards() -> None:
    """A signal would end a program that waits for something else."""
    before = signal.getsignal(signal.SIGALRM)
    with Sampler().at_work():
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) == before


@pytest.mark.parametrize("task", profiling.TASKS)
def test_shares_are_parts_of_one_whole(task: str) -> None:
    """Shares would add up to more, or less, than the time that was taken."""
    with SQLITE.fresh() as place:
        fill(place, 2_000)
        profile = profiling.TASKS[task](SQLITE, History(2_000, place))
    assert sum(part.share for part in profile.parts) == pytest.approx(1)
    shares = [part.share for part in profile.parts[:-1]]
    assert shares == sorted(shares, reverse=True)
    assert any(part.file.startswith("ledger/") for part in profile.parts)


def test_a_table_says_what_each_file_is_for() -> None:
    """A reader would have to open each file to know."""
    profile = Profile(
        "Append", (Part("ledger/record.py", "The record", 0.6), Part("", "rest", 0.4))
    )
    table = profiling.as_markdown(profile).splitlines()
    assert table[-2:] == ["| `ledger/record.py` | The record | 60% |", "|  | rest | 40% |"]
