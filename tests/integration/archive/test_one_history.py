"""Archive and database are read as one history: every answer is the one the whole log gave."""

import gc
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from weakref import ref

from ledger.ledger import Ledger
from ledger.notes.tiles import TileId
from ledger.proving import prove
from ledger.query import EventQuery
from ledger.signing.key_terms import Terms
from ledger.store.query import RecordQuery
from ledger.store.requests import instant_of
from ledger.store.tiles import TileTable
from ledger.units import Size
from projections import VIEWS, rebuild, state
from tests.archived_home import ArchivedHome
from tests.view_rows import rows_of_all

DATES: Final = tuple(datetime(year, 6, 1, tzinfo=UTC) for year in (2025, 2026, 2036))
"""Some rows hold how long something lasts until the moment asked about."""


def everything(ledger: Ledger, terms: Terms) -> dict[str, Any]:
    """What every way of reading gives."""
    log = ledger.log
    streams = {row.stream for row in list(log.scan())}
    kinds = {"access.granted.v1"}
    return {
        "scan": list(log.scan()),
        "from the middle": list(log.scan(100, 200)),
        "backwards": list(log.scan(reverse=True)),
        "raw": list(log.scan_raw()),
        "one": [log.record_at(index) for index in (0, 63, 64, 255, 256, 299)],
        "some": log.records_at([5, 250, 299, 64]),
        "kinds": list(log.find(RecordQuery(kinds=kinds))),
        "kinds backwards": list(log.find(RecordQuery(kinds=kinds, reverse=True, limit=70))),
        "system": list(log.find(RecordQuery(system="portal"))),
        "window": list(log.find(RecordQuery(since=datetime(2025, 12, 1, tzinfo=UTC)))),
        "streams": {stream: list(log.scan_stream(stream)) for stream in streams},
        "events": [log.find_event(row.event_id) for row in list(log.scan(60, 70)) if row.event_id],
        "leaf hashes": log.leaf_hashes(0, 300),
        "tile": TileTable(log).fetch(TileId(0, 0, 256)),
        "person": list(ledger.read(EventQuery(subject="person:u7@example.nl"))),
        "sizes": [log.size_at(instant_of(row.recorded_at_us)) for row in log.scan(0, 300)],
        "proofs": [prove(log, index, terms) for index in (0, 63, 64, 130, 255, 256, 299)],
    }


def test_every_way_of_reading_gives_the_same(home: ArchivedHome) -> None:
    """An answer would miss what was archived, or tell it otherwise."""
    home.write_archive()
    home.decide()
    with closing(home.open()) as ledger:
        before = everything(ledger, home.signing.terms())
    verified = home.verify()
    assert home.carry_out() == 256
    with closing(home.open()) as ledger:
        after = everything(ledger, home.signing.terms())
    for name, found in before.items():
        assert after[name] == found, name
    assert len(before["person"]) == 3
    assert home.verify() == verified
    assert verified.outcome == "valid"


def test_views_and_their_past_are_the_same(home: ArchivedHome) -> None:
    """What was true on a date would depend on where the records lie."""
    home.write_archive()
    home.decide()
    with closing(home.open()) as ledger:
        before = views_of(ledger)
    assert home.carry_out() == 256
    with closing(home.open()) as ledger:
        assert views_of(ledger) == before


def views_of(ledger: Ledger) -> dict[str, Any]:
    """Every view, built again: its rows in the database, and its answers about several dates."""
    rebuild(ledger)
    return {
        "rows": rows_of_all(ledger),
        **{
            f"{name} {date:%Y-%m}": state(ledger, name, as_of=date).rows
            for name in VIEWS
            for date in DATES
        },
        "as known": [state(ledger, "access", as_of=DATES[-1], as_known=Size(100)).rows],
    }


def test_many_threads_read_at_once(small_home: ArchivedHome) -> None:
    """A service with many readers would mix up the bytes of their records."""
    small_home.write_archive()
    small_home.decide()
    with closing(small_home.open()) as ledger:
        whole = list(ledger.log.scan())
    small_home.carry_out()
    with closing(small_home.open()) as ledger, ThreadPoolExecutor(4) as pool:
        log = ledger.log
        slices = [(start, start + 50) for start in (0, 200, 60, 130, 250, 20)] * 4
        found = pool.map(lambda bounds: list(log.scan(*bounds)), slices)
        assert [rows == whole[slice(*at)] for rows, at in zip(found, slices, strict=True)] == (
            [True] * len(slices)
        )


def test_a_closed_log_lets_go_of_its_archive(small_home: ArchivedHome) -> None:
    """A program that opens logs again and again would run out of files."""
    small_home.write_archive()
    small_home.move()
    with closing(small_home.open()) as ledger:
        list(ledger.log.scan(0, 100))
        engine = ref(ledger.log.engine)
    del ledger
    gc.collect()
    assert engine() is None


def test_a_file_that_was_put_right_is_read_anew(small_home: ArchivedHome) -> None:
    """A service that verifies would tell of a broken history until it is started again."""
    small_home.write_archive()
    with closing(small_home.open()) as ledger:
        sound = list(ledger.log.scan_raw(0, 64))
    small_home.move()
    path = min(Path(small_home.place).rglob("*.parquet"))
    kept = path.read_bytes()
    for found in (kept[: len(kept) // 2], kept + b"more"):
        path.write_bytes(found)
        with closing(small_home.open()) as ledger:
            list(ledger.log.scan_raw(0, 64))
            path.write_bytes(kept)
            assert list(ledger.log.scan_raw(0, 64)) == sound
            path.write_bytes(found)
        with closing(small_home.open()) as ledger:
            list(ledger.log.scan_raw(0, 64))
            path.write_bytes(kept)
            assert len(list(ledger.log.scan(0, 64))) == 64
