"""A home whose sources are watched inside this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.watched import WatchedHome, watched_home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[WatchedHome]:
    with watched_home(tmp_path) as made:
        yield made
