"""Every table of the first schema, and the triggers that keep sealed rows as they are."""

import sqlalchemy as sa
from alembic import op

from ledger.store.schema import StoredUuid
from ledger.store.triggers import trigger_statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates everything."""
    _create_log()
    _create_beside_records()
    _create_vault()
    _create_views()
    for statement in trigger_statements(op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def _create_log() -> None:
    """Logs, their heads and their sealed records."""
    op.create_table(
        "zegel_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("origin"),
    )
    op.create_table(
        "zegel_head",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("last_leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("last_recorded_at_us", sa.BigInteger()),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zegel_record",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("idx", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("stream", StoredUuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event_id", StoredUuid()),
        sa.Column("recorded_at_us", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at_us", sa.BigInteger()),
        sa.Column("system", sa.Text()),
        sa.PrimaryKeyConstraint("log", "idx"),
        sqlite_with_rowid=False,
    )
    op.create_index("zegel_record_kind", "zegel_record", ["log", "kind", "idx"])
    op.create_index("zegel_record_occurred", "zegel_record", ["log", "occurred_at_us", "idx"])
    op.create_index(
        "zegel_record_stream", "zegel_record", ["log", "stream", "version"], unique=True
    )
    op.create_index("zegel_record_system", "zegel_record", ["log", "system", "idx"])


def _create_beside_records() -> None:
    """What belongs to a record but may be erased."""
    op.create_table(
        "zegel_disclosure",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("idx", sa.BigInteger(), nullable=False),
        sa.Column("subject_id", StoredUuid(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "idx", "subject_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "zegel_disclosure_subject",
        "zegel_disclosure",
        ["log", sa.text("(idx / 32768)"), "subject_id", "idx"],
    )
    op.create_table(
        "zegel_sameness",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("event_id", StoredUuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary()),
        sa.Column("idx", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("log", "event_id"),
        sqlite_with_rowid=False,
    )


def _create_vault() -> None:
    """Keys and the ways to find them."""
    op.create_table(
        "zegel_vault",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("key_check", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("log"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zegel_subject",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("subject_id", StoredUuid(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary()),
        sa.Column("erased_at_index", sa.BigInteger()),
        sa.PrimaryKeyConstraint("log", "subject_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zegel_identity",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("blind", sa.LargeBinary(), nullable=False),
        sa.Column("subject_id", StoredUuid(), nullable=False),
        sa.PrimaryKeyConstraint("log", "blind"),
        sqlite_with_rowid=False,
    )
    op.create_index("zegel_identity_subject", "zegel_identity", ["log", "subject_id"])
    op.create_table(
        "zegel_case",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("blind", sa.LargeBinary(), nullable=False),
        sa.Column("stream", StoredUuid(), nullable=False),
        sa.PrimaryKeyConstraint("log", "blind"),
        sqlite_with_rowid=False,
    )
    op.create_index("zegel_case_stream", "zegel_case", ["log", "stream"])


def _create_views() -> None:
    """How far readers have come."""
    op.create_table(
        "zegel_view_position",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("log", "view"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zegel_tracking",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("application_name", sa.Text(), nullable=False),
        sa.Column("notification_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("log", "consumer", "application_name"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zegel_snapshot",
        sa.Column("log", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("originator_id", StoredUuid(), nullable=False),
        sa.Column("originator_version", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "purpose", "originator_id", "originator_version"),
        sqlite_with_rowid=False,
    )
