"""Sealed bytes that were moved to an archive by a signed decision."""

import sqlalchemy as sa
from alembic import op

from ledger.store.archiving_triggers import archiving_statements

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the three tables, and lets sealed bytes of archived segments go."""
    op.create_table(
        "zegel_archive",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("log"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zegel_archiving",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("stop", sa.BigInteger(), nullable=False),
        sa.Column("recorded_index", sa.BigInteger(), nullable=False),
        sa.Column("manifest_sha256", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "stop"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zegel_archived_segment",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("stop", sa.BigInteger(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "first"),
        sqlite_with_rowid=False,
    )
    for statement in archiving_statements(op.get_bind().dialect.name):
        op.execute(sa.text(statement))
