"""Runs migrations on the connection that `ledger.store.migrating` opened, in its transaction."""

from alembic import context
from sqlalchemy import Connection

from ledger.store.schema import METADATA, REVISION_TABLE

_connection: Connection = context.config.attributes["connection"]

context.configure(connection=_connection, target_metadata=METADATA, version_table=REVISION_TABLE)
context.run_migrations()
