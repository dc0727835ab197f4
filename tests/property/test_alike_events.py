"""Laws of events that say the same: what is shared is what each would have given by itself."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from ledger.opening import OpenedRecord
from ledger.store import reading
from projections import catch_up
from projections.position import read_places
from projections.promises.gathering import gather
from projections.promises.material import Ask
from projections.promises.rulebook import Rulebook, rulebook_read
from projections.promises.view import PROMISES
from projections.tables import Scope
from tests.promised_facts import DECIDED, PROMISED, publish
from tests.view_histories import histories, random_ledger, record_stretch


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all examples keep their logs."""
    return tmp_path_factory.mktemp("alike_events")


@given(histories(PROMISED | DECIDED))
@settings(max_examples=15)
def test_what_is_shared_is_what_each_event_gives_by_itself(
    folder: Path, history_told: list[dict[str, Any]]
) -> None:
    """A verdict about one event would be that of another one which it only resembles."""
    ledger = random_ledger(folder)
    publish(ledger)
    record_stretch(ledger, history_told, 0, len(history_told))
    catch_up(ledger, [PROMISES.name])
    log = ledger.log.log_id
    with reading(ledger.log.engine) as connection:
        place = read_places(connection, log)[PROMISES.name]
        book = rulebook_read(connection, Scope(log, place.generation))
    stored = [row for row in ledger.log.scan(0, ledger.head().size) if row.kind in PROMISES.kinds]
    records = list(ledger.open_records(stored))
    ledger.close()
    gather(book, records)  # so that each has come before
    assert [_told(book, each) for each in records] == [
        _told(Rulebook(book.settled, book.editions), each) for each in records
    ]


def _told(book: Rulebook, record: OpenedRecord) -> tuple[Any, ...]:
    """What a record gives, without what it shares with others."""
    gathered = gather(book, [record])
    asks = [(*_looked_at(book, ask), ask.links, ask.gone) for ask in gathered.asks]
    alone = sorted((*_looked_at(book, row[0])[:3], *map(repr, row[1:])) for row in gathered.alone)
    return asks, gathered.evidence, alone, gathered.tallies


def _looked_at(book: Rulebook, ask: Ask) -> tuple[Any, ...]:
    terms = {path: ask.terms[path] for path in book.rules[ask.rule].asked_paths}
    return ask.rule, ask.index, ask.moment, terms
