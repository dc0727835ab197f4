"""A log of people and cases with an archive of small segments, on each kind of database."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.archived_home import ArchivedHome
from tests.grants import grant
from tests.pruned_home import used

SIZE = 300
"""Four full segments of 64 records, and some that stay in the database alone."""


@pytest.fixture
def home(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ArchivedHome:
    """The log, sealed twice; nothing is archived yet."""
    return filled(ArchivedHome(database_url, tmp_path / "home", monkeypatch))


@pytest.fixture
def small_home(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ArchivedHome:
    """The same on SQLite alone, for what does not depend on the database."""
    return filled(ArchivedHome(sqlite_url, tmp_path / "home", monkeypatch))


def filled(home: ArchivedHome) -> ArchivedHome:
    """The home with 300 records: grants to forty people and what they did with them."""
    home.create()
    for portion in range(3):
        with closing(home.open()) as ledger:
            grants = [
                grant(grant_id=f"G-{portion}-{n}", grantee=f"person:u{n}@example.nl")
                for n in range(40)
            ]
            ledger.record_many([*grants, *(used(system="portal") for _ in range(60))])
        if portion != 1:
            home.seal()
    return home
