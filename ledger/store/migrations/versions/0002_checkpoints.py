"""Signed checkpoints, the hashes of tiles from level 1 on, and what others said of checkpoints."""

import sqlalchemy as sa
from alembic import op

from ledger.store.triggers import append_only_statements

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the three tables, append-only."""
    op.create_table(
        "zegel_checkpoint",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("made_at_us", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "size", "made_at_us"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zegel_tile",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("idx", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "level", "idx"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zegel_anchor",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "size", "kind", "authority", "at_us"),
        sqlite_with_rowid=False,
    )
    tables = ("zegel_checkpoint", "zegel_tile", "zegel_anchor")
    for statement in append_only_statements(op.get_bind().dialect.name, tables):
        op.execute(sa.text(statement))
