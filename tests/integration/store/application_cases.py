"""The library's own test cases for factories, applications and projections, on our module.

Not collected here: a database is chosen by the subclasses in `test_library_applications`.
"""

from collections.abc import Iterator
from unittest import TestCase

import pytest
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    ProcessRecorder,
    Tracking,
    TrackingRecorder,
)
from eventsourcing.tests import application, persistence, projection
from eventsourcing.utils import Environment, get_topic
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, inspect, select, update

from ledger.store import SealedLog, open_engine
from ledger.store.engine import reading
from ledger.store.persistence import SealedFactory
from ledger.store.recorders import (
    SealedAggregateRecorder,
    SealedApplicationRecorder,
    SealedProcessRecorder,
)
from ledger.store.schema import LOG
from ledger.store.tracking import SealedTrackingRecorder
from ledger.units import utc_now
from tests.integration.store.check_log import check_log
from tests.integration.store.databases import ORIGIN, new_log

PROJECTION_ORIGIN = "example.org/counters"
_COUNTER = Table("counter", MetaData(), Column("name", Text), Column("count", Integer))


def settings(url: str) -> dict[str, str]:
    """An environment in which applications record in our database, each in a log of its own."""
    return {
        "PERSISTENCE_MODULE": "ledger.store.persistence",
        "ZEGEL_DATABASE": url,
        "ZEGEL_ORIGIN": ORIGIN,
        "COUNTERS_ZEGEL_ORIGIN": PROJECTION_ORIGIN,
    }


class InSettings(TestCase):
    """Sets the environment of a test and afterwards checks every log that the test made."""

    url: str

    @pytest.fixture(autouse=True)
    def apply_settings(
        self, take_database: None, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[None]:
        """Before and after each test."""
        assert take_database is None
        for name, value in settings(self.url).items():
            monkeypatch.setenv(name, value)
        yield
        check_all_logs(self.url)


def check_all_logs(url: str) -> None:
    """Checks every log that a test made; one that made none has nothing to check."""
    engine = open_engine(url, create=True)
    if inspect(engine).has_table(LOG.name):
        with reading(engine) as connection:
            origins = connection.scalars(select(LOG.c.origin)).all()
        for origin in origins:
            check_log(SealedLog.open(engine, origin, clock=utc_now))
    engine.dispose()


class CountersView(SealedTrackingRecorder, projection.EventCountersView):
    """Two counters whose rows are committed with the position they were counted at."""

    def __init__(self, log: SealedLog, consumer: str) -> None:
        super().__init__(log, consumer)
        with self.transaction() as connection:
            _COUNTER.metadata.create_all(connection)
            if connection.execute(select(_COUNTER)).first() is None:
                connection.execute(
                    insert(_COUNTER), [{"name": n, "count": 0} for n in ("created", "subsequent")]
                )

    def get_created_event_counter(self) -> int:
        """How many creations were counted."""
        return self._get("created")

    def get_subsequent_event_counter(self) -> int:
        """How many other events were counted."""
        return self._get("subsequent")

    def incr_created_event_counter(self, tracking: Tracking) -> None:
        """Counts a creation."""
        self._count("created", tracking)

    def incr_subsequent_event_counter(self, tracking: Tracking) -> None:
        """Counts another event."""
        self._count("subsequent", tracking)

    def _get(self, name: str) -> int:
        with reading(self.log.engine) as connection:
            count = connection.scalar(select(_COUNTER.c.count).where(_COUNTER.c.name == name))
            assert isinstance(count, int)
            return count

    def _count(self, name: str, tracking: Tracking) -> None:
        with self.transaction() as connection:
            connection.execute(
                update(_COUNTER)
                .where(_COUNTER.c.name == name)
                .values({_COUNTER.c.count: _COUNTER.c.count + 1})
            )
            self.record_tracking(connection, tracking)


class FactoryCase(InSettings, persistence.InfrastructureFactoryTestCase[SealedFactory]):
    """The factory, found by the name of its module."""

    def setUp(self) -> None:
        """Before each test of theirs."""
        self.env = Environment("application", settings(self.url))
        super().setUp()

    def expected_factory_class(self) -> type[SealedFactory]:
        """Of the one concrete factory in the persistence module."""
        return SealedFactory

    def expected_aggregate_recorder_class(self) -> type[AggregateRecorder]:
        """Of recorders of streams."""
        return SealedAggregateRecorder

    def expected_application_recorder_class(self) -> type[ApplicationRecorder]:
        """Of recorders of an application sequence."""
        return SealedApplicationRecorder

    def expected_tracking_recorder_class(self) -> type[TrackingRecorder]:
        """Of recorders of positions."""
        return SealedTrackingRecorder

    def tracking_recorder_subclass(self) -> type[TrackingRecorder]:
        """Of a view."""
        return CountersView

    def expected_process_recorder_class(self) -> type[ProcessRecorder]:
        """Of recorders of events with a position."""
        return SealedProcessRecorder


class ExampleCase(InSettings, application.ExampleApplicationTestCase):
    """An application with snapshots."""

    expected_factory_topic = get_topic(SealedFactory)


class ApplicationCase(InSettings, application.ApplicationTestCase):
    """Applications in general."""


class ViewCase(InSettings, projection.EventCountersViewTestCase):
    """A view on our tracking recorder."""

    def construct_event_counters_view(self) -> projection.EventCountersView:
        """A view in a new log."""
        log = new_log(self.url)
        self.addCleanup(log.engine.dispose)
        return CountersView(log, "eventcounters")


class ProjectionCase(InSettings, projection.AggregateEventCountersProjectionTestCase):
    """A view that follows an application."""

    view_class = CountersView


class EventSourcedProjectionCase(InSettings, projection.EventSourcedProjectionTestCase):
    """An application that follows an application."""
