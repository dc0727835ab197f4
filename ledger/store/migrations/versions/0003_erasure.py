"""Erasures under way, what stands where a disclosure was erased, and the lives of epoch keys."""

import sqlalchemy as sa
from alembic import op

from ledger.store.schema import StoredUuid

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


_SECRET_COLUMNS = (
    ("zegel_disclosure", "ciphertext"),
    ("zegel_subject", "wrapped_key"),
    ("zegel_identity", "blind"),
    ("zegel_sameness", "digest"),
)


def upgrade() -> None:
    """Creates the three tables, and keeps what can be erased out of PostgreSQL's statistics."""
    if op.get_bind().dialect.name == "postgresql":
        # ANALYZE would copy values into pg_statistic, where no erasure finds them.
        for table, column in _SECRET_COLUMNS:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
    op.create_table(
        "zegel_erasure",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("requested_index", sa.BigInteger(), nullable=False),
        sa.Column("subject_id", StoredUuid()),
        sa.Column("rule_id", sa.Text()),
        sa.PrimaryKeyConstraint("log", "requested_index"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zegel_erased",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("idx", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("digests", sa.LargeBinary(), nullable=False),
        sa.Column("requested_index", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("log", "idx", "part"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "zegel_erased_erasure", "zegel_erased", ["log", "requested_index", "idx", "part"]
    )
    op.create_table(
        "zegel_epoch",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("made_at_us", sa.BigInteger(), nullable=False),
        sa.Column("retired_at_us", sa.BigInteger()),
        sa.Column("destroy_after_us", sa.BigInteger()),
        sa.Column("destroyed_at_us", sa.BigInteger()),
        sa.PrimaryKeyConstraint("log", "epoch"),
        sqlite_with_rowid=False,
    )
