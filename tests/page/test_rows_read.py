"""What a page reads does not grow with the history."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from typing import Final
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url, text

from ledger.events import Event, event_from_mapping
from ledger.home import Home
from ledger.ledger import Ledger
from ledger.serve_settings import ServeSettings
from ledger.signing.signing_folder import SigningFolder
from projections import catch_up
from service.context import Context
from service.page.views import tables
from tests.command_line import zegel_here
from tests.histories import FIRST_DAY
from tests.postgres_server import EMPTY_COPY
from tests.rows_read import Work, reading_of
from tests.sealed_home import without_passphrase
from tests.served import known_caller, seal

PAGES: Final = (
    "/",
    "/history",
    "/history?kind=access",
    "/history?system=filler-1&since=2026-01-02&until=2026-01-03",
    "/history?as_known=@400",
    "/breaches",
    "/breaches/NXT-2025-11",
    "/breaches/NXT-2025-11/timeline",
    "/breaches/NXT-2025-11/reach",
    "/breaches/NXT-2025-11/dossier",
    "/breaches/NXT-2025-11/steps/aware",
    "/requests/DSR-5/steps/refuse",
    "/requests",
    "/promises",
    "/register",
    "/access",
    "/exchanges",
    "/retention",
    "/requests?as_of=2025-12-01&compared_with=2025-06-01",
    "/promises?as_of=2025-12-01&compared_with=2025-06-01",
    "/promises/RAG-03",
    "/register?as_of=2025-12-01&compared_with=2025-06-01",
    "/register/urn%3Aexample%3Axential",
    "/access?only=ungranted",
    "/access?only=unregistered",
    "/access?only=after-leaving",
    "/access?only=history&as_of=2025-12-01&compared_with=2025-06-01",
    "/exchanges?only=each",
    "/exchanges?only=each&as_of=2027-01-01&compared_with=2025-06-01",
    "/retention?only=overdue",
    "/retention?only=files",
    "/retention?only=rules",
    "/history/3",
    "/verification",
)
"""Every page that shows content of the log, with the questions that narrow it differently."""
FEW: Final = 3_000
MANY: Final = 6_000
MOST_STATEMENTS: Final = 400
MORE_STATEMENTS: Final = 2
"""So many times as many at most: what a page remembers for a while may have to be read again."""
GROWTH: Final = 0.1
"""The share of added records that a page may read more: entries per day, not per record."""


WHOLE: Final = "the whole history"
"""Read beside the pages, to see that reading is seen."""
_KINDS: Final[tuple[Mapping[str, object], ...]] = (
    {"kind": "access.used", "resource": "customer-file", "act": "read", "records_count": 3},
    {"kind": "exchange.performed", "direction": "in", "exchange_kind": "sync", "size_bytes": 9},
    {"kind": "intrusion.attempt_detected", "target": "web"},
    {"kind": "contact.requested", "channel": "phone"},
    {"kind": "file.received"},
)
_BATCH: Final = 1_000


def _filler(number: int) -> Event:
    """One fact of many: five kinds, four systems, forty people, two hundred addresses."""
    fields = dict(_KINDS[number % len(_KINDS)])
    if fields["kind"] == "intrusion.attempt_detected":
        fields["ip"] = f"ip:198.51.100.{number % 200}"
    elif fields["kind"] == "file.received":
        fields["file_id"] = f"filler-{number}"
    else:
        fields["actor"] = f"person:filler{number % 40}@test"
    occurred_at = FIRST_DAY + timedelta(minutes=number)
    system = f"filler-{number % 4}"
    return event_from_mapping({**fields, "occurred_at": occurred_at.isoformat(), "system": system})


def _fill(ledger: Ledger, start: int, stop: int) -> None:
    for first in range(start, stop, _BATCH):
        ledger.record_many([_filler(each) for each in range(first, min(first + _BATCH, stop))])
    catch_up(ledger)
    with ledger.log.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


@pytest.fixture(scope="module")
def database(
    postgres_url: str, postgres_administration: psycopg.Connection[object]
) -> Iterator[str]:
    """A database for all pages: filling it takes longer than asking them."""
    name = f"zegel_{uuid4().hex}"
    postgres_administration.execute(f"CREATE DATABASE {name} {EMPTY_COPY}".encode())
    try:
        yield make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    finally:
        postgres_administration.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    """What is changed for all pages."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def works(
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch_module: pytest.MonkeyPatch,
) -> Mapping[str, tuple[Work, Work]]:
    """What each page costs over the demo with few facts beside it, and over one with many."""
    folder = tmp_path_factory.mktemp("rows") / "home"
    told = zegel_here("--database", database, "demo", "--dir", folder)
    assert told.returncode == 0, told.stderr
    home = Home(folder)
    with closing(home.open_ledger()) as ledger:
        signing = SigningFolder(home.folder)
        signing.create(ledger.origin, without_passphrase)
        context = Context(ledger, home, ServeSettings(), known_caller, signing.terms)
        # With as many records as a page of facts looks at, this log would tell nothing of it.
        monkeypatch_module.setattr(tables, "MOST_RECORDS", FEW)
        with reading_of(context, database) as reading:
            costs: list[dict[str, Work]] = []
            for start, stop in ((0, FEW), (FEW, FEW + MANY)):
                _fill(ledger, start, stop)
                seal(context)
                costs.append({url: reading.work(url) for url in PAGES})
                costs[-1][WHOLE] = reading.cost(lambda: list(ledger.log.scan()))
    return {url: (costs[0][url], costs[1][url]) for url in costs[0]}


@pytest.mark.parametrize("url", PAGES)
def test_a_page_reads_no_more_when_the_history_grows(
    works: Mapping[str, tuple[Work, Work]], url: str
) -> None:
    """A page would take ever longer to open as the log grows, until nobody opens it."""
    few, many = works[url]
    assert many.statements <= MOST_STATEMENTS
    assert many.statements <= MORE_STATEMENTS * few.statements
    assert many.rows - few.rows <= GROWTH * MANY, (few, many)


def test_a_whole_history_that_is_read_is_seen(works: Mapping[str, tuple[Work, Work]]) -> None:
    """The law about pages would hold whatever they read, because nothing was counted."""
    few, many = works[WHOLE]
    assert many.statements > few.statements > 0
    assert many.rows - few.rows > 5 * GROWTH * MANY
