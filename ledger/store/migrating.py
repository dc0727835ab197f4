"""Brings a database to the schema of this code, and refuses one that is ahead of it.

Alembic is imported only when something has to change: opening a log reads one row instead.
"""

from typing import Final

from sqlalchemy import Column as SchemaColumn
from sqlalchemy import Connection, Engine, MetaData, Table, Text, func, inspect, select

from ledger.errors import StoreUnavailable
from ledger.store.engine import is_postgresql, reading, writing
from ledger.store.schema import OLDER_REVISIONS, REVISION_TABLE, SCHEMA_REVISION

SCRIPTS: Final = "ledger.store:migrations"

_MIGRATION_LOCK: Final = int.from_bytes(b"zegel")

_REVISION: Final = Table(REVISION_TABLE, MetaData(), SchemaColumn("version_num", Text))


def migrate(engine: Engine) -> None:
    """Upgrades the database to the newest schema in one transaction; an empty one gets all tables.

    Raises:
        StoreUnavailable: the database belongs to a newer version, or cannot be written.
    """
    from alembic import command  # noqa: PLC0415 - slow to import, rarely needed
    from alembic.config import Config  # noqa: PLC0415 - slow to import, rarely needed
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - slow to import, rarely needed

    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    with writing(engine) as connection:
        if is_postgresql(engine):  # two programs that start at once must not both create
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        found = _revision(connection)
        if found is not None and found not in known:
            raise _newer(engine, found)
        if found != SCHEMA_REVISION:
            config.attributes["connection"] = connection
            command.upgrade(config, SCHEMA_REVISION)


def require_schema(engine: Engine) -> None:
    """Returns only if the database has exactly the schema of this code.

    Raises:
        StoreUnavailable: it is no Zegel database, or one of another version.
    """
    with reading(engine) as connection:
        found = _revision(connection)
    if found is None:
        place = engine.url.render_as_string(hide_password=True)
        raise StoreUnavailable(f"{place}: expected a Zegel database, found none of its tables")
    if found in OLDER_REVISIONS:
        place = engine.url.render_as_string(hide_password=True)
        raise StoreUnavailable(
            f"{place}: expected schema {SCHEMA_REVISION}, found {found}, which an older version of "
            "Zegel wrote; `zegel init --upgrade`, run by the owner of the tables, brings it up"
        )
    if found != SCHEMA_REVISION:
        raise _newer(engine, found)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(REVISION_TABLE):
        return None
    return connection.execute(select(_REVISION.c.version_num)).scalar_one_or_none()


def _newer(engine: Engine, found: str) -> StoreUnavailable:
    place = engine.url.render_as_string(hide_password=True)
    return StoreUnavailable(
        f"{place}: expected schema {SCHEMA_REVISION}, found {found}, "
        "which a newer version of Zegel wrote; upgrade Zegel to use it"
    )
