"""API keys: the hash by which a program proves that it has one."""

import sqlalchemy as sa
from alembic import op

from ledger.store.schema import StoredUuid

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "zegel_api_key",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("key_id", StoredUuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary()),
        sa.Column("last_used_us", sa.BigInteger()),
        sa.PrimaryKeyConstraint("log", "key_id"),
        sqlite_with_rowid=False,
    )
