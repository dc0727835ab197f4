"""What every test of the service may start from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.context import Context
from tests.served import served_context


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A fresh log, and what serves it."""
    with served_context(tmp_path) as made:
        yield made
