"""The persistence module of Zegel for applications of the eventsourcing library.

    PERSISTENCE_MODULE=ledger.store.persistence
    ZEGEL_DATABASE=sqlite:///zegel.db
    ZEGEL_ORIGIN=example.org/orders

Each application has a log of its own, named by ZEGEL_ORIGIN; as with every setting of the library,
a variable that starts with the name of an application (ORDERS_ZEGEL_ORIGIN) goes first.
"""

import weakref
from contextlib import suppress
from threading import Lock
from typing import Final

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    ProcessRecorder,
)
from eventsourcing.utils import (
    Environment,
    EnvType,
    resolve_topic,  # noqa: TID251 - an operator's setting, not a stored row, is resolved
    strtobool,
)
from sqlalchemy import Engine

from ledger.errors import BadRequest, StoreUnavailable
from ledger.store.engine import open_engine
from ledger.store.migrating import migrate
from ledger.store.recorders import (
    SealedAggregateRecorder,
    SealedApplicationRecorder,
    SealedProcessRecorder,
)
from ledger.store.sealed_log import SealedLog
from ledger.store.snapshots import SnapshotRecorder
from ledger.store.tracking import SealedTrackingRecorder
from ledger.units import utc_now

DATABASE: Final = "ZEGEL_DATABASE"
ORIGIN: Final = "ZEGEL_ORIGIN"
CREATE: Final = "CREATE_TABLE"
"""The library's own setting: whether what is missing is made (`y` by default)."""
SEALED_PURPOSE: Final = "events"


class SealedFactory(InfrastructureFactory[SealedTrackingRecorder]):
    """Recorders on one log of one database, as the environment names them."""

    def __init__(self, env: Environment | EnvType | None) -> None:
        """Opens nothing before the first recorder is asked for."""
        super().__init__(env)
        self._log: SealedLog | None = None
        self._opening = Lock()

    @property
    def log(self) -> SealedLog:
        """The log that the environment names, made if it is missing and may be.

        Raises:
            OSError: ZEGEL_DATABASE or ZEGEL_ORIGIN is not set.
            StoreUnavailable: the database cannot be used.
        """
        with self._opening:
            if self._log is None:
                self._log = self._open()
            return self._log

    def aggregate_recorder(self, purpose: str = SEALED_PURPOSE) -> AggregateRecorder:
        """Streams of the log; for any other purpose (snapshots) a table beside it."""
        if purpose == SEALED_PURPOSE:
            return SealedAggregateRecorder(self.log)
        return SnapshotRecorder(self.log, purpose)

    def application_recorder(self) -> ApplicationRecorder:
        """The log as an application sequence."""
        return SealedApplicationRecorder(self.log)

    def tracking_recorder(
        self, tracking_recorder_class: type[SealedTrackingRecorder] | None = None
    ) -> SealedTrackingRecorder:
        """A tracking recorder of the class given, or that TRACKING_RECORDER_TOPIC names."""
        if tracking_recorder_class is None:
            topic = self.env.get(self.TRACKING_RECORDER_TOPIC)
            tracking_recorder_class = resolve_topic(topic) if topic else SealedTrackingRecorder
        return tracking_recorder_class(self.log, self._consumer())

    def process_recorder(self) -> ProcessRecorder:
        """The log as an application sequence that follows others."""
        return SealedProcessRecorder(self.log, self._consumer())

    def close(self) -> None:
        """Closes the connections."""
        with self._opening:
            log, self._log = self._log, None
        if log is not None:
            log.engine.dispose()

    def _consumer(self) -> str:
        return self.env.name.lower()

    def _open(self) -> SealedLog:
        create = strtobool(self.env.get(CREATE, "y"))
        origin = self._setting(ORIGIN)
        engine = open_engine(self._setting(DATABASE), create=create)
        log = _open_or_create(engine, origin) if create else _open(engine, origin)
        # The library lets go of some factories without closing them, and keeps their recorders.
        weakref.finalize(log, engine.dispose)
        return log

    def _setting(self, name: str) -> str:
        value = self.env.get(name)
        if not value:
            raise OSError(f"{name}: expected to be set in the environment, found nothing")
        return value


def _open(engine: Engine, origin: str) -> SealedLog:
    return SealedLog.open(engine, origin, clock=utc_now)


def _open_or_create(engine: Engine, origin: str) -> SealedLog:
    migrate(engine)
    with suppress(BadRequest, StoreUnavailable):
        return _open(engine, origin)
    with suppress(BadRequest):  # somebody else was first
        return SealedLog.create(engine, origin, clock=utc_now)
    return _open(engine, origin)


Factory = SealedFactory
