"""Every table of a Zegel database.

Invariants: every table carries the log it belongs to, so that many logs share one database; columns
beside `sealed` are copies that verification compares; instants are microseconds since
1970-01-01T00:00:00Z in `*_us` columns. Foreign keys are left out on purpose: they would cost a
look-up per inserted row, and verification checks more than they could.
"""

from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.types import TypeEngine

SCHEMA_REVISION: Final = "0007"
"""The Alembic revision that this code reads and writes."""

OLDER_REVISIONS: Final = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Those that it can upgrade."""

REVISION_TABLE: Final = "zegel_schema"

BLOCK_RECORDS: Final = 32_768
"""How many records share one block of the index by subject.

Subjects recur at random. In an index by subject alone, each new row would touch another page, and a
batch as many pages as it has rows, ever more as the log grows; in blocks it touches the newest few.
A look-up costs one step into the index per block.
"""

METADATA: Final = MetaData()


class StoredUuid(TypeDecorator[UUID]):
    """A UUID: 16 bytes on SQLite, the native type on PostgreSQL."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type of the database at hand."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Uuid())
        return dialect.type_descriptor(LargeBinary(16))

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:  # noqa: ANN401 - the driver's type
        """The value as the driver takes it."""
        if value is None or dialect.name == "postgresql":
            return value
        return value.bytes

    def process_result_value(self, value: Any | None, dialect: Dialect) -> UUID | None:  # noqa: ANN401 - the driver's type
        """The UUID that the driver gave, as bytes or as such."""
        if value is None or dialect.name == "postgresql":
            return cast("UUID | None", value)
        return UUID(bytes=value)


def _table(
    name: str, *parts: Column[Any] | PrimaryKeyConstraint | UniqueConstraint | Index
) -> Table:
    # Rows live in their primary key: one B-tree instead of two.
    return Table(name, METADATA, *parts, sqlite_with_rowid=False)


def _log() -> Column[int]:
    return Column("log", Integer, nullable=False)


LOG: Final = Table(
    "zegel_log",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("origin", Text, nullable=False, unique=True),
)

HEAD: Final = _table(
    "zegel_head",
    _log(),
    Column("size", BigInteger, nullable=False),
    Column("last_leaf_hash", LargeBinary, nullable=False),
    Column("last_recorded_at_us", BigInteger),
    Column("frontier", LargeBinary, nullable=False),
    PrimaryKeyConstraint("log"),
)

RECORD: Final = _table(
    "zegel_record",
    _log(),
    Column("idx", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("stream", StoredUuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("event_id", StoredUuid),
    Column("recorded_at_us", BigInteger, nullable=False),
    Column("occurred_at_us", BigInteger),
    Column("system", Text),
    PrimaryKeyConstraint("log", "idx"),
    Index("zegel_record_stream", "log", "stream", "version", unique=True),
    Index("zegel_record_kind", "log", "kind", "idx"),
    Index("zegel_record_system", "log", "system", "idx"),
    Index("zegel_record_occurred", "log", "occurred_at_us", "idx"),
)
"""Sealed records. An event id is looked up in `zegel_sameness`: one index less to write."""

DISCLOSURE: Final = _table(
    "zegel_disclosure",
    _log(),
    Column("idx", BigInteger, nullable=False),
    Column("subject_id", StoredUuid, nullable=False),
    Column("fields", Text, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
    PrimaryKeyConstraint("log", "idx", "subject_id"),
    Index("zegel_disclosure_subject", "log", text(f"(idx / {BLOCK_RECORDS})"), "subject_id", "idx"),
)

SAMENESS: Final = _table(
    "zegel_sameness",
    _log(),
    Column("event_id", StoredUuid, nullable=False),
    Column("digest", LargeBinary),
    Column("idx", BigInteger, nullable=False),
    PrimaryKeyConstraint("log", "event_id"),
)
"""Where an event id was used, and the keyed digest of what it said (empty once that was erased)."""

VAULT: Final = _table(
    "zegel_vault",
    _log(),
    Column("key_check", LargeBinary, nullable=False),
    Column("generation", BigInteger, nullable=False),
    PrimaryKeyConstraint("log"),
)

SUBJECT: Final = _table(
    "zegel_subject",
    _log(),
    Column("subject_id", StoredUuid, nullable=False),
    Column("namespace", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("wrapped_key", LargeBinary),
    Column("erased_at_index", BigInteger),
    PrimaryKeyConstraint("log", "subject_id"),
)

IDENTITY: Final = _table(
    "zegel_identity",
    _log(),
    Column("blind", LargeBinary, nullable=False),
    Column("subject_id", StoredUuid, nullable=False),
    PrimaryKeyConstraint("log", "blind"),
    Index("zegel_identity_subject", "log", "subject_id"),
)

CASE: Final = _table(
    "zegel_case",
    _log(),
    Column("blind", LargeBinary, nullable=False),
    Column("stream", StoredUuid, nullable=False),
    PrimaryKeyConstraint("log", "blind"),
    Index("zegel_case_stream", "log", "stream"),
)

VIEW_POSITION: Final = _table(
    "zegel_view_position",
    _log(),
    Column("view", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    PrimaryKeyConstraint("log", "view"),
)

TRACKING: Final = _table(
    "zegel_tracking",
    _log(),
    Column("consumer", Text, nullable=False),
    Column("application_name", Text, nullable=False),
    Column("notification_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("log", "consumer", "application_name"),
)
"""How far each consumer of the eventsourcing library has followed each application."""

SNAPSHOT: Final = _table(
    "zegel_snapshot",
    _log(),
    Column("purpose", Text, nullable=False),
    Column("originator_id", StoredUuid, nullable=False),
    Column("originator_version", BigInteger, nullable=False),
    Column("topic", Text, nullable=False),
    Column("state", LargeBinary, nullable=False),
    PrimaryKeyConstraint("log", "purpose", "originator_id", "originator_version"),
)
"""Snapshots of aggregates of the eventsourcing library: disposable, so not sealed."""

CHECKPOINT: Final = _table(
    "zegel_checkpoint",
    _log(),
    Column("size", BigInteger, nullable=False),
    Column("made_at_us", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),
    PrimaryKeyConstraint("log", "size", "made_at_us"),
)
"""Signed checkpoints. `note` is the signed note, verbatim; size and root are copies of its text."""

TILE: Final = _table(
    "zegel_tile",
    _log(),
    Column("level", Integer, nullable=False),
    Column("idx", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("log", "level", "idx"),
)
"""Hash `idx` of the tiles of a level from 1 on: the root over its 256^level leaves.

Level 0 is the column `leaf_hash` of the records. One row per hash, so that a full and a partial
tile are the same read of up to 256 neighbours.
"""

ANCHOR: Final = _table(
    "zegel_anchor",
    _log(),
    Column("size", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("authority", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("token", LargeBinary, nullable=False),
    PrimaryKeyConstraint("log", "size", "kind", "authority", "at_us"),
)
"""What an independent party said about the checkpoint of a size: a time-stamp token, or the
signature lines of a witness."""

ERASURE: Final = _table(
    "zegel_erasure",
    _log(),
    Column("requested_index", BigInteger, nullable=False),
    Column("subject_id", StoredUuid),
    Column("rule_id", Text),
    PrimaryKeyConstraint("log", "requested_index"),
)
"""Erasures that were requested and are not confirmed yet: of a subject, or by a retention rule."""

ERASED: Final = _table(
    "zegel_erased",
    _log(),
    Column("idx", BigInteger, nullable=False),
    Column("part", Integer, nullable=False),
    Column("fields", Text, nullable=False),
    Column("digests", LargeBinary, nullable=False),
    Column("requested_index", BigInteger, nullable=False),
    PrimaryKeyConstraint("log", "idx", "part"),
    Index("zegel_erased_erasure", "log", "requested_index", "idx", "part"),
)
"""What stands where a disclosure was erased: the names of its fields, the digests that nothing
opens any more (32 bytes each, as many as fields), and which erasure it was.

`part` counts the erased disclosures of one record from 0. A confirmed erasure commits to its rows.
"""

EPOCH: Final = _table(
    "zegel_epoch",
    _log(),
    Column("epoch", Integer, nullable=False),
    Column("made_at_us", BigInteger, nullable=False),
    Column("retired_at_us", BigInteger),
    Column("destroy_after_us", BigInteger),
    Column("destroyed_at_us", BigInteger),
    PrimaryKeyConstraint("log", "epoch"),
)
"""When each epoch key began and ended to wrap, and when it may be, or was, destroyed."""

PRUNING: Final = _table(
    "zegel_pruning",
    _log(),
    Column("minimum", BigInteger, nullable=False),
    Column("recorded_index", BigInteger, nullable=False),
    Column("manifest_sha256", LargeBinary, nullable=False),
    Column("exported_as", Text, nullable=False),
    PrimaryKeyConstraint("log", "minimum"),
)
"""Each decision to remove the records below an index: the record that says so, and the export that
holds them. Once a checkpoint covers that record, the minimum may rise up to here."""

MINIMUM: Final = _table(
    "zegel_minimum",
    _log(),
    Column("minimum", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("last_leaf_hash", LargeBinary, nullable=False),
    Column("last_recorded_at_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("log"),
)
"""The index below which records were removed, with what the first one that is kept must follow. It
only grows; a log that was never pruned has no row."""

PRUNED_STREAM: Final = _table(
    "zegel_pruned_stream",
    _log(),
    Column("stream", StoredUuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    PrimaryKeyConstraint("log", "stream"),
)
"""The newest removed version of each stream that may go on."""

ARCHIVE: Final = _table(
    "zegel_archive",
    _log(),
    Column("url", Text, nullable=False),
    PrimaryKeyConstraint("log"),
)
"""Where the archive of each log is."""

ARCHIVING: Final = _table(
    "zegel_archiving",
    _log(),
    Column("stop", BigInteger, nullable=False),
    Column("recorded_index", BigInteger, nullable=False),
    Column("manifest_sha256", LargeBinary, nullable=False),
    PrimaryKeyConstraint("log", "stop"),
)
"""Each decision to move the sealed bytes below an index to the archive: the record that says so,
and the hash over the manifests of the segments that hold them."""

ARCHIVED_SEGMENT: Final = _table(
    "zegel_archived_segment",
    _log(),
    Column("first", BigInteger, nullable=False),
    Column("stop", BigInteger, nullable=False),
    Column("manifest", LargeBinary, nullable=False),
    PrimaryKeyConstraint("log", "first"),
)
"""Each segment whose sealed bytes are in the archive alone, with its manifest, verbatim. Their rows
in `zegel_record` stay, with empty `sealed`: what finds a record needs no archive."""

API_KEY: Final = _table(
    "zegel_api_key",
    _log(),
    Column("key_id", StoredUuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("secret_hash", LargeBinary),
    Column("last_used_us", BigInteger),
    PrimaryKeyConstraint("log", "key_id"),
)
"""The keyed hash of the secret of each API key, none once it was revoked, and the day when it was
used last. What a key may do stands in the log alone: a row without a grant there opens nothing."""

ENDED_SESSION: Final = _table(
    "zegel_ended_session",
    _log(),
    Column("session_id", StoredUuid, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("log", "session_id"),
)
"""Each session of the page that somebody ended, until the time when it would have ended by itself.
Its cookie, which no row stands for otherwise, opens nothing from then on."""
