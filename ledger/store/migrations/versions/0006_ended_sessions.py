"""Ended sessions: logins to the page that somebody ended before their time."""

import sqlalchemy as sa
from alembic import op

from ledger.store.schema import StoredUuid

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "zegel_ended_session",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("session_id", StoredUuid(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("log", "session_id"),
        sqlite_with_rowid=False,
    )
