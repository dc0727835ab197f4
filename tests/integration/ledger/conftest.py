"""A fresh log on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.ledger import Ledger

ORIGIN = "log.example/integration"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "vault.key.json"


@pytest.fixture
def ledger(database_url: str, key_file: Path) -> Iterator[Ledger]:
    made = Ledger.create(database=database_url, key_file=key_file, origin=ORIGIN)
    yield made
    made.close()
