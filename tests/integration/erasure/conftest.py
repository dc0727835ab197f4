"""A log in which several people stand together in records, on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.erasable_log import ErasableLog


@pytest.fixture
def log(database_url: str, tmp_path: Path) -> Iterator[ErasableLog]:
    made = ErasableLog(database_url, tmp_path / "keys.json")
    made.create()
    yield made
    made.close()
