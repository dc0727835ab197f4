"""The library's test cases for factories, applications and projections pass on both databases."""

import pytest

from tests.integration.store import application_cases as cases
from tests.integration.store.databases import OnPostgresql, OnSqlite

# One of their tests counts this warning, and could not if it were an error.
pytestmark = pytest.mark.filterwarnings("always:'log' is deprecated:DeprecationWarning")


class TestFactorySqlite(OnSqlite, cases.FactoryCase):
    """On SQLite."""


class TestFactoryPostgresql(OnPostgresql, cases.FactoryCase):
    """On PostgreSQL."""


class TestExampleSqlite(OnSqlite, cases.ExampleCase):
    """On SQLite."""


class TestExamplePostgresql(OnPostgresql, cases.ExampleCase):
    """On PostgreSQL."""


class TestApplicationSqlite(OnSqlite, cases.ApplicationCase):
    """On SQLite."""


class TestApplicationPostgresql(OnPostgresql, cases.ApplicationCase):
    """On PostgreSQL."""


class TestViewSqlite(OnSqlite, cases.ViewCase):
    """On SQLite."""


class TestViewPostgresql(OnPostgresql, cases.ViewCase):
    """On PostgreSQL."""


class TestProjectionSqlite(OnSqlite, cases.ProjectionCase):
    """On SQLite."""


class TestProjectionPostgresql(OnPostgresql, cases.ProjectionCase):
    """On PostgreSQL."""


class TestEventSourcedProjectionSqlite(OnSqlite, cases.EventSourcedProjectionCase):
    """On SQLite."""


class TestEventSourcedProjectionPostgresql(OnPostgresql, cases.EventSourcedProjectionCase):
    """On PostgreSQL."""
