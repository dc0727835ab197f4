"""Removal of sealed records below a minimum index that a signed record names."""

import sqlalchemy as sa
from alembic import op

from ledger.store.pruning_triggers import pruning_statements
from ledger.store.schema import StoredUuid

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the three tables, and lets records below the minimum be deleted."""
    op.create_table(
        "zegel_pruning",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=False),
        sa.Column("recorded_index", sa.BigInteger(), nullable=False),
        sa.Column("manifest_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("exported_as", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("log", "minimum"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zegel_minimum",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("last_leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("last_recorded_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("log"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zegel_pruned_stream",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("stream", StoredUuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("log", "stream"),
        sqlite_with_rowid=False,
    )
    for statement in pruning_statements(op.get_bind().dialect.name):
        op.execute(sa.text(statement))
