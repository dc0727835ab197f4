"""A log with 700 records, sealed, on each kind of database."""

from pathlib import Path

import pytest

from tests.pruned_home import PrunedHome

SIZE = 700


@pytest.fixture
def home(database_url: str, tmp_path: Path) -> PrunedHome:
    """A log whose first 512 records could go."""
    made = PrunedHome(database_url, tmp_path / "home")
    made.create()
    made.fill(SIZE)
    return made


@pytest.fixture
def pruned(home: PrunedHome) -> PrunedHome:
    """The same log, once they are gone; the decision is record 700."""
    home.prune(600)
    return home
