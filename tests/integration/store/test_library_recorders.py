"""The library's own test cases for recorders pass on both databases, chain and tree included."""

from tests.integration.store import recorder_cases as cases
from tests.integration.store.databases import OnPostgresql, OnSqlite


class TestAggregateSqlite(OnSqlite, cases.AggregateCase):
    """On SQLite."""


class TestAggregatePostgresql(OnPostgresql, cases.AggregateCase):
    """On PostgreSQL."""


class TestSnapshotSqlite(OnSqlite, cases.SnapshotCase):
    """On SQLite."""


class TestSnapshotPostgresql(OnPostgresql, cases.SnapshotCase):
    """On PostgreSQL."""


class TestApplicationSqlite(OnSqlite, cases.ApplicationCase):
    """On SQLite."""


class TestApplicationPostgresql(OnPostgresql, cases.ApplicationCase):
    """On PostgreSQL."""


class TestTrackingSqlite(OnSqlite, cases.TrackingCase):
    """On SQLite."""


class TestTrackingPostgresql(OnPostgresql, cases.TrackingCase):
    """On PostgreSQL."""


class TestProcessSqlite(OnSqlite, cases.ProcessCase):
    """On SQLite."""


class TestProcessPostgresql(OnPostgresql, cases.ProcessCase):
    """On PostgreSQL."""


class TestNonInterleavingSqlite(OnSqlite, cases.NonInterleavingCase):
    """On SQLite."""


class TestNonInterleavingPostgresql(OnPostgresql, cases.NonInterleavingCase):
    """On PostgreSQL."""
