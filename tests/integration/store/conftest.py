"""A log in a fresh database, checked whole after each test that used it."""

from collections.abc import Iterator

import pytest

from ledger.store import SealedLog
from tests.integration.store.check_log import check_log
from tests.integration.store.databases import new_log
from tests.integration.store.drafts import HandClock


@pytest.fixture
def clock() -> HandClock:
    """The clock of `log`."""
    return HandClock()


@pytest.fixture
def log(database_url: str, clock: HandClock) -> Iterator[SealedLog]:
    """An empty log on each database."""
    opened = new_log(database_url, clock=clock)
    yield opened
    check_log(opened)
    opened.engine.dispose()
