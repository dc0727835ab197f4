"""The library's own test cases for recorders, on a sealed log that is checked after each of them.

Not collected here: a database is chosen by the subclasses in `test_library_recorders`.
"""

from typing import Any
from unittest import TestCase

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    ProcessRecorder,
    TrackingRecorder,
)
from eventsourcing.tests import persistence as cases

from ledger.store import SealedLog
from ledger.store.recorders import (
    SealedAggregateRecorder,
    SealedApplicationRecorder,
    SealedProcessRecorder,
)
from ledger.store.snapshots import SnapshotRecorder
from ledger.store.tracking import SealedTrackingRecorder
from tests.integration.store.check_log import check_log
from tests.integration.store.databases import new_log


class CheckedAfterwards(TestCase):
    """Opens a log for the recorder of a test and checks all of it when the test is done."""

    url: str

    def open_log(self) -> SealedLog:
        """A new log, checked and closed when the test is done."""
        log = new_log(self.url)
        self.addCleanup(self._check, log)
        return log

    @staticmethod
    def _check(log: SealedLog) -> None:
        check_log(log)
        log.engine.dispose()


class AggregateCase(CheckedAfterwards, cases.AggregateRecorderTestCase):
    """Streams of the sealed log."""

    def create_recorder(self) -> AggregateRecorder:
        """On a new log."""
        return SealedAggregateRecorder(self.open_log())


class SnapshotCase(CheckedAfterwards, cases.AggregateRecorderTestCase):
    """Snapshots beside it."""

    def create_recorder(self) -> AggregateRecorder:
        """On a new log."""
        return SnapshotRecorder(self.open_log(), "snapshots")


class ApplicationCase(CheckedAfterwards, cases.ApplicationRecorderTestCase[Any]):
    """The log as an application sequence, subscriptions included."""

    def create_recorder(self) -> ApplicationRecorder:
        """On a new log."""
        return SealedApplicationRecorder(self.open_log())

    def test_insert_subscribe(self) -> None:
        """A follower would miss, repeat or reorder events."""
        self.optional_test_insert_subscribe()


class TrackingCase(CheckedAfterwards, cases.TrackingRecorderTestCase):
    """Positions."""

    def create_recorder(self) -> TrackingRecorder:
        """On a new log."""
        return SealedTrackingRecorder(self.open_log(), "view")


class ProcessCase(CheckedAfterwards, cases.ProcessRecorderTestCase):
    """Events and positions in one transaction."""

    def create_recorder(self) -> ProcessRecorder:
        """On a new log."""
        return SealedProcessRecorder(self.open_log(), "process")


class NonInterleavingCase(CheckedAfterwards, cases.NonInterleavingNotificationIDsBaseCase):
    """The notification ids of one batch follow each other."""

    def create_recorder(self) -> ApplicationRecorder:
        """On a new log."""
        return SealedApplicationRecorder(self.open_log())
