"""The sealed log in a database: SQLite in one file, or PostgreSQL."""

from ledger.store.engine import open_engine, reading, writing
from ledger.store.migrating import migrate
from ledger.store.query import RecordQuery, SubjectGroup
from ledger.store.requests import StaleVault
from ledger.store.sealed_log import SealedLog

__all__ = [
    "RecordQuery",
    "SealedLog",
    "StaleVault",
    "SubjectGroup",
    "migrate",
    "open_engine",
    "reading",
    "writing",
]
