"""Laws of the views: rebuilt equals followed, and what was known stays known."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.ledger import Ledger
from ledger.store import reading
from ledger.store.requests import microseconds
from projections import VIEWS, catch_up, rebuild, running
from projections.position import Place, begin, read_places
from projections.reader import Reader
from projections.tables import Scope
from projections.view import View
from tests.histories import day
from tests.view_histories import (
    LAST_DAY,
    MOST_EVENTS,
    histories,
    random_ledger,
    record_stretch,
)
from tests.view_rows import rows_of_all


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all examples keep their logs: in one database, whose tables they share."""
    return tmp_path_factory.mktemp("views")


@given(
    histories(),
    st.lists(st.integers(0, MOST_EVENTS), max_size=3),
    st.integers(1, 5),
    st.integers(1, 5),
)
@settings(max_examples=30)
def test_a_rebuild_gives_the_rows_that_following_gave(
    folder: Path, history: list[dict[str, Any]], cuts: list[int], batch: int, other: int
) -> None:
    """What a view says would depend on when it was asked, or on where a process stopped."""
    ledger = random_ledger(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "BATCH_RECORDS", batch)
        start = 0
        for stop in [*sorted(min(cut, len(history)) for cut in cuts), len(history)]:
            record_stretch(ledger, history, start, stop)
            catch_up(ledger)
            start = stop
        followed = rows_of_all(ledger)
        patch.setattr(running, "BATCH_RECORDS", other)
        rebuild(ledger)
    rebuilt = rows_of_all(ledger)
    ledger.close()
    assert rebuilt == followed


def _folded_to(ledger: Ledger, view: View, size: int) -> Scope:
    """A generation of a view that never saw more than the first records."""
    log = ledger.log.log_id
    place = Place(f"{view.name}/prefix", view.version, 1_000 + size, 0)
    with ledger.log.engine.begin() as connection:
        begin(connection, log, place)
    running._follow(ledger, {place.key: view}, size, None)
    return Scope(log, place.generation)


@given(histories(), st.integers(0, MOST_EVENTS), st.integers(0, LAST_DAY + 1))
@settings(max_examples=30)
def test_what_was_known_at_a_size_is_what_that_prefix_says(
    folder: Path, history: list[dict[str, Any]], cut: int, on: int
) -> None:
    """A later record would change what we say that we knew before it."""
    ledger = random_ledger(folder)
    record_stretch(ledger, history, 0, len(history))
    catch_up(ledger)
    size = min(cut, len(history))
    log, moment = ledger.log.log_id, microseconds(day(on))
    for view in VIEWS.values():
        prefix = _folded_to(ledger, view, size)
        with reading(ledger.log.engine) as connection:
            whole = Scope(log, read_places(connection, log)[view.name].generation)
            known = Reader(connection, whole, moment, size, {})
            latest = Reader(connection, prefix, moment, size, {})
            for name, section in view.sections.items():
                assert section.rows(known) == section.rows(latest), (view.name, name)
    ledger.close()
