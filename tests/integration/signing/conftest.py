"""A log with a signing key on each kind of database."""

from pathlib import Path

import pytest

from tests.sealed_home import SealedHome


@pytest.fixture
def sealed_home(database_url: str, tmp_path: Path) -> SealedHome:
    """A log without records, with a signing key that has signed nothing."""
    home = SealedHome(database_url, tmp_path / "home")
    home.create()
    return home
