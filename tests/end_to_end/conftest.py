"""Homes for the installed command."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import zegel_here
from tests.homes_of_many_logs import ManyLogs, many_logs


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A fresh home with an empty log."""
    folder = tmp_path / "home"
    made = zegel_here("--home", folder, "init", "--no-roles", "--origin", "log.example/test")
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a few facts, for tests that only read."""
    folder = tmp_path_factory.mktemp("filled") / "home"
    assert (
        zegel_here(
            "--home", folder, "init", "--no-roles", "--origin", "log.example/test"
        ).returncode
        == 0
    )
    for number in range(5):
        recorded = zegel_here(
            *("--home", folder, "record", "access.granted", "--grant-id", f"G-{number}"),
            *("--grantee", f"person:user{number}@example.nl", "--resource", "customer-file"),
            *("--occurred-at", f"2026-03-0{number + 1}T09:00", "--system", "portal"),
            *("--justification", "=cmd|' /C calc'!A0"),
        )
        assert recorded.returncode == 0, recorded.stderr
    return folder


@pytest.fixture
def many(tmp_path: Path) -> Iterator[ManyLogs]:
    """A home with three logs that have a fact each, and a log of checkpoints."""
    with many_logs(tmp_path) as made:
        yield made
