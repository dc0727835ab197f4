"""A fresh log on each kind of database, with a clock that stands still."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.ledger import Ledger
from tests.histories import new_ledger


@pytest.fixture
def ledger(database_url: str, tmp_path: Path) -> Iterator[Ledger]:
    made = new_ledger(database_url, tmp_path)
    yield made
    made.close()
