"""Schema changes: what the migrations make is what the code expects."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from ledger.errors import BadRequest, StoreUnavailable
from ledger.store import SealedLog, migrate, open_engine, writing
from ledger.store.engine import is_postgresql
from ledger.store.migrating import SCRIPTS
from ledger.store.persistence import SealedFactory
from ledger.store.schema import (
    CHECKPOINT,
    HEAD,
    METADATA,
    OLDER_REVISIONS,
    REVISION_TABLE,
    SCHEMA_REVISION,
)
from ledger.units import utc_now
from tests.integration.store.databases import ORIGIN, new_log

pytestmark = pytest.mark.usefixtures("as_installed")


# SQLite cannot show the index by block of records; the next test looks for it by name.
@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_migrations_make_what_the_code_expects(database_url: str) -> None:
    """A table would differ between a new installation and an upgraded one."""
    engine = open_engine(database_url, create=True)
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": REVISION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_migrations_make_every_index(database_url: str) -> None:
    """A look-up would read the whole log in an installation that lacks an index."""
    log = new_log(database_url)
    listing = (
        "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
        if is_postgresql(log.engine)
        else "SELECT name FROM sqlite_master WHERE type = 'index'"
    )
    with log.engine.connect() as connection:
        found = set(connection.execute(text(listing)).scalars())
    expected = {index.name for table in METADATA.tables.values() for index in table.indexes}
    assert expected <= found
    log.engine.dispose()


def test_the_newest_migration_is_the_one_the_code_names() -> None:
    """A new migration would never be applied."""
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA_REVISION]


def test_every_older_schema_is_known() -> None:
    """Somebody with an old database would be told to upgrade Zegel instead of the database."""
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    assert {script.revision for script in scripts} == {*OLDER_REVISIONS, SCHEMA_REVISION}


def test_a_database_of_the_first_schema_is_upgraded_with_its_data(database_url: str) -> None:
    """Whoever has a log would lose it, or could never seal it."""
    engine = open_engine(database_url, create=True)
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.set_main_option("path_separator", "os")
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("INSERT INTO zegel_log (id, origin) VALUES (7, 'old.example/log')"))
        connection.execute(
            insert(HEAD).values(log=7, size=0, last_leaf_hash=bytes(32), frontier=b"")
        )
    with pytest.raises(StoreUnavailable, match=r"found 0001, .*`zegel init --upgrade`"):
        SealedLog.open(engine, clock=utc_now)
    migrate(engine)
    log = SealedLog.open(engine, clock=utc_now)
    assert (log.origin, log.log_id, log.head().size) == ("old.example/log", 7, 0)
    with writing(engine) as connection:
        connection.execute(
            insert(CHECKPOINT).values(log=7, size=0, made_at_us=1, root=b"", note=b"")
        )
    for statement in ("UPDATE zegel_checkpoint SET size = 1", "DELETE FROM zegel_checkpoint"):
        # SQLite calls it a broken constraint, PostgreSQL a missing privilege.
        with (
            pytest.raises((DBAPIError, StoreUnavailable), match="append-only"),
            writing(engine) as connection,
        ):
            connection.execute(text(statement))
    engine.dispose()


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    """Opening an existing database would fail or empty it."""
    log = new_log(database_url)
    migrate(log.engine)
    assert SealedLog.open(log.engine, clock=utc_now).origin == log.origin
    log.engine.dispose()


def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    """Old code would write into tables it does not understand."""
    log = new_log(database_url)
    with log.engine.begin() as connection:
        connection.execute(text(f"UPDATE {REVISION_TABLE} SET version_num = '0999'"))
    with pytest.raises(StoreUnavailable, match="0999, which a newer version of Zegel wrote"):
        SealedLog.open(log.engine, clock=utc_now)
    with pytest.raises(StoreUnavailable, match="0999, which a newer version of Zegel wrote"):
        migrate(log.engine)
    log.engine.dispose()


def test_a_database_without_our_tables_is_refused(database_url: str) -> None:
    """A mistyped database name would give a puzzling error."""
    engine = open_engine(database_url, create=True)
    with pytest.raises(StoreUnavailable, match="expected a Zegel database"):
        SealedLog.open(engine, clock=utc_now)
    migrate(engine)
    with pytest.raises(StoreUnavailable, match="expected a log, found none"):
        SealedLog.open(engine, clock=utc_now)
    engine.dispose()


def test_a_log_is_chosen_by_name_when_there_are_several(database_url: str) -> None:
    """Facts would be recorded in another tenant's log."""
    log = new_log(database_url)
    with pytest.raises(BadRequest, match="existing log"):
        SealedLog.create(log.engine, log.origin, clock=utc_now)
    SealedLog.create(log.engine, "example.org/second", clock=utc_now)
    with pytest.raises(BadRequest, match="expected one of"):
        SealedLog.open(log.engine, clock=utc_now)
    with pytest.raises(BadRequest, match="found example\\.org/third"):
        SealedLog.open(log.engine, "example.org/third", clock=utc_now)
    assert SealedLog.open(log.engine, "example.org/second", clock=utc_now).log_id != log.log_id
    log.engine.dispose()


def test_applications_that_start_at_once_share_one_log(database_url: str) -> None:
    """Of several workers that start together, all but one would fail."""
    env = {"ZEGEL_DATABASE": database_url, "ZEGEL_ORIGIN": ORIGIN}
    factories = [SealedFactory(env) for _ in range(6)]
    with ThreadPoolExecutor(len(factories)) as threads:
        logs = list(threads.map(lambda factory: factory.log, factories))
    assert len({log.log_id for log in logs}) == 1
    for factory in factories:
        factory.close()


def test_a_new_file_may_be_opened_by_many_at_once(tmp_path: Path) -> None:
    """Of several programs that start together, one would find the new database locked."""
    for number in range(40):
        place = f"sqlite:///{tmp_path}/{number}.sqlite"
        with ThreadPoolExecutor(8) as threads:
            opened = [threads.submit(open_engine, place, create=True) for _ in range(8)]
        for each in opened:
            each.result().dispose()


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "line\nbreak", "é", "x" * 256])
def test_an_origin_that_no_checkpoint_could_carry_is_refused(sqlite_url: str, origin: str) -> None:
    """A log could never be signed."""
    engine = open_engine(sqlite_url, create=True)
    migrate(engine)
    with pytest.raises(BadRequest, match="origin"):
        SealedLog.create(engine, origin, clock=utc_now)
    engine.dispose()
