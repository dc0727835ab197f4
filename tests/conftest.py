"""Databases for tests: a fresh one per test, on SQLite and on PostgreSQL.

Workers of one run share one server (``make test`` starts it); each test has a database of its own,
so tests may run at the same time and in any order.
"""

import contextlib
import gc
import os
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import hypothesis
import psycopg
import pytest
from sqlalchemy.engine import make_url

from ledger.vault.token_session import close_token_sessions
from tests.postgres_server import (
    ADDRESS_VARIABLE,
    EMPTY_COPY,
    ServerUnavailableError,
    find_programs,
    running_server,
)
from tests.remembered import forget, remember
from tests.soft_token import (
    PIN,
    PIN_VARIABLE,
    SETTINGS_VARIABLE,
    make_token,
    module_path,
    softhsm_settings,
)

# No deadline: a busy machine is no defect. `make test` overrides this with Hypothesis' own
# profile "ci", which draws the same examples each time: one commit, one verdict. `make laws` draws
# ten times as many.
_PATIENT = hypothesis.settings(
    deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("zegel", _PATIENT)
hypothesis.settings.register_profile("laws", _PATIENT, max_examples=1000)
hypothesis.settings.load_profile("zegel")

# A shell starts what it puts into the background with SIGINT ignored, and children inherit that:
# commands that a test interrupts would never end.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Workers take one file after the other, so a run is over when the last of them is through: what
# starts programs and browsers, or plays whole histories, comes first; the many quick files, last.
_TESTS: Final = Path(__file__).parent
_FIRST: Final = (
    *("end_to_end", "browsing", "unit/benchmarks", "property", "page", "integration"),
    *("promises", "service", "conformance", "house"),
)


def _turn(item: pytest.Item) -> int:
    """When the folder of a test has its turn."""
    place = item.path.relative_to(_TESTS).as_posix()
    turns = (turn for turn, folder in enumerate(_FIRST) if place.startswith(f"{folder}/"))
    return next(turns, len(_FIRST))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts folders in the order of their turns; what is in one stays in its order."""
    items.sort(key=_turn)


def pytest_configure() -> None:
    """Nothing that is made while tests are collected is ever thrown away: do not look for it."""
    gc.disable()


def pytest_collection_finish() -> None:
    """From here on there is something to look for, among what is made from here on."""
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    """What was set aside goes with the rest: libraries in C++ look for what is left at the end."""
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def tables_and_routes() -> Iterator[None]:
    """Worked out once for all tests of a process, and so is how statements are written."""
    with pytest.MonkeyPatch.context() as patch:
        remember(patch)
        yield


@pytest.fixture
def as_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worked out each time, for tests that are about making them."""
    forget(monkeypatch)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The SQLAlchemy URL of a server on which this run may create and drop databases.

    Under ``make test`` the address is given, and a server that does not answer is an error.
    Without an address a server of our own is started where PostgreSQL is installed.
    """
    with contextlib.ExitStack() as stack:
        url = os.environ.get(ADDRESS_VARIABLE)
        if url is None:
            programs = find_programs()
            if programs is None:
                pytest.skip("PostgreSQL is not installed; `make test` installs and starts it")
            try:
                url = stack.enter_context(running_server(programs))
            except ServerUnavailableError as error:
                pytest.skip(f"PostgreSQL cannot be started here: {error}")
        yield url


@pytest.fixture(scope="session")
def postgres_administration(postgres_url: str) -> Iterator[psycopg.Connection]:
    """The session that creates and drops databases; each statement commits by itself."""
    address = make_url(postgres_url).set(drivername="postgresql")
    with psycopg.connect(
        address.render_as_string(hide_password=False), autocommit=True
    ) as connection:
        yield connection


@pytest.fixture
def postgres_database(
    postgres_url: str, postgres_administration: psycopg.Connection
) -> Iterator[str]:
    """The SQLAlchemy URL of an empty PostgreSQL database, dropped after the test."""
    name = f"zegel_{uuid.uuid4().hex}"
    postgres_administration.execute(f"CREATE DATABASE {name} {EMPTY_COPY}".encode())
    try:
        yield make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    finally:
        # FORCE: a test that was made to crash leaves sessions behind.
        postgres_administration.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The SQLAlchemy URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'zegel.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh database; a test that takes it runs once on each kind."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_database"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture(scope="session")
def token_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The `pkcs11:` URI of a token of this run; its PIN is in the environment.

    One token for all tests, because a library of PKCS #11 reads its settings once per process; each
    test takes a log of another name.
    """
    module = module_path()
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("softhsm")
        settings = softhsm_settings(folder)
        # Where a process locks the token: the file of that name would stay on the machine.
        locks = SimpleNamespace(gettempdir=lambda: str(folder))
        patch.setattr("ledger.vault.token_session.tempfile", locks)
        patch.setenv(SETTINGS_VARIABLE, str(settings))
        patch.setenv(PIN_VARIABLE, PIN)
        yield make_token(module)
        close_token_sessions()
