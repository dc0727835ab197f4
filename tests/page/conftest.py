"""The story of the demo, served; each test has a copy of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.context import Context
from tests.paged import fresh_name, make_demo_home, served_home
from tests.step_forms import Filler, filler


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once for each process of the tests."""
    return make_demo_home(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def page_context(demo_home: Path, tmp_path: Path) -> Iterator[Context]:
    """What serves a copy of it."""
    with served_home(demo_home, tmp_path) as context:
        yield context


@pytest.fixture(scope="session")
def steps_context(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """One log for all of these tests: each makes cases of its own."""
    with served_home(demo_home, tmp_path_factory.mktemp("steps")) as context:
        yield context


@pytest.fixture
def dpo(steps_context: Context) -> Filler:
    """Somebody who may record every step."""
    return filler(steps_context)


@pytest.fixture
def case(dpo: Filler) -> str:
    """A case that was opened from the page."""
    name = fresh_name("B")
    dpo.record("/breaches/new", {"breach_id": name, "cause": "phishing"})
    return name
