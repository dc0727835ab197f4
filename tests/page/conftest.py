"""The story of the demo, served; each test has a copy of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.context import Context
from tests.paged import make_demo_home, served_home


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once for each process of the tests."""
    return make_demo_home(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def page_context(demo_home: Path, tmp_path: Path) -> Iterator[Context]:
    """What serves a copy of it."""
    with served_home(demo_home, tmp_path) as context:
        yield context
