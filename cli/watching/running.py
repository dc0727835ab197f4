"""Runs the watch of all sources: a thread for each, until told to stop or until all is read."""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from zoneinfo import ZoneInfo

from cli.watching.collecting import Collector, Tell
from cli.watching.config import WatchConfig, WatchedSource
from cli.watching.coverage import Coverage, not_declared
from cli.watching.file_following import FileFollowing
from cli.watching.folder_following import FolderFollowing
from cli.watching.hearing import FOLDER, Covered, Hearing
from cli.watching.journal import JournalCollector
from cli.watching.listening import listener_of
from cli.watching.recorder import Recorder
from cli.watching.spool import Spool
from cli.watching.spool_following import SpoolFollowing
from cli.watching.standing import Standing
from cli.watching.streams import Stopped
from ledger.errors import StoreUnavailable, ZegelError

if TYPE_CHECKING:
    from ledger.ledger import Ledger

SPOOL: Final = "spool"
_LOCK: Final = "lock"


class Following(Protocol):
    """What reads one source."""

    def run(self) -> None:
        """Reads until it is time to end, which an error tells."""


class Watch:
    """All sources of one configuration on their way into one log."""

    def __init__(
        self,
        config: WatchConfig,
        ledger: "Ledger",
        home: Path,
        *,
        zone: ZoneInfo,
        stop: threading.Event,
        once: bool,
        tell: Tell,
    ) -> None:
        """Reads what is remembered of the sources; starts and records nothing.

        Raises:
            BadRequest: what a listener is told cannot be understood.
            StoreUnavailable: what is remembered cannot be read, or is in use by another program.
        """
        self._stop, self._once, self._tell, self._zone = stop, once, tell, zone
        self._stack = ExitStack()
        self._collecting: list[threading.Thread] = []
        self._failure: BaseException | None = None
        self._recorder = Recorder(ledger, stop, is_patient=not once)
        self._coverages = {} if once else _coverages(config, ledger, home)
        try:
            self._hearings = [self._hearing(source, home) for source in config.sources]
        except BaseException:
            self._stack.close()
            raise

    @property
    def standings(self) -> list[Standing]:
        """How each source stands."""
        return [hearing.standing for hearing in self._hearings]

    @property
    def failure(self) -> BaseException | None:
        """The first error that stopped a source for good, if one did."""
        return self._failure

    def run(self, look: Callable[[], None], *, look_every_s: float) -> None:
        """Returns when every source has ended, all that was read durable.

        Args:
            look: Called again and again meanwhile, such as to draw how the sources stand.
            look_every_s: How often.
        """
        threads = [
            threading.Thread(target=self._follow, args=(hearing,), name=hearing.source.name)
            for hearing in self._hearings
        ]
        with self._stack:
            for thread in threads:
                thread.start()
            try:
                while any(thread.is_alive() for thread in threads):
                    for thread in threads:
                        thread.join(look_every_s / len(threads))
                    look()
            finally:
                self._stop.set()  # where every source stopped by itself, what fills spools goes on
                for thread in (*threads, *self._collecting):
                    thread.join()
            for coverage in self._coverages.values():
                self._end(coverage)

    def _hearing(self, source: WatchedSource, home: Path) -> Hearing:
        folder = home / FOLDER / source.name
        self._stack.enter_context(_alone(folder))

        def tell(text: str) -> None:
            self._tell(f"{source.name}: {text}")

        return Hearing(
            source,
            home,
            self._recorder,
            zone=self._zone,
            stop=self._stop,
            once=self._once,
            tell=tell,
            covered=self._covered(source),
        )

    def _covered(self, source: WatchedSource) -> Covered:
        coverage = self._coverages.get(source.system)
        if coverage is None:
            return not_declared
        return lambda until: coverage.reached(source.name, until)

    def _follow(self, hearing: Hearing) -> None:
        """The life of one thread; whatever ends it is told, and the other sources go on."""
        try:
            self._read(hearing)
        except Stopped:
            hearing.standing.ended()
            hearing.tell(f"ended: {hearing.standing.summary}")
        except (ZegelError, OSError) as error:
            self._stopped(hearing, error, _said(error))
        except Exception as error:  # noqa: BLE001 - one source must not take the others with it
            self._stopped(hearing, error, f"unexpected failure: {type(error).__name__}: {error}")

    def _stopped(self, hearing: Hearing, error: Exception, said: str) -> None:
        hearing.standing.condition, hearing.standing.failure = "stopped", said
        self._failure = self._failure or error
        hearing.tell(f"stopped: {said} ({hearing.standing.summary})")
        coverage = self._coverages.get(hearing.source.system)
        if coverage is not None:
            self._end(coverage, hearing.source.name)

    def _end(self, coverage: Coverage, source: str | None = None) -> None:
        """Declares what is left of a coverage; what cannot be now is at the next start."""
        end = coverage.end if source is None else partial(coverage.reached, source, None)
        try:
            self._recorder.durably(end, self._tell)
        except (StoreUnavailable, OSError) as error:
            self._tell(f"{error}; coverage is declared when the watch starts again")

    def _read(self, hearing: Hearing) -> None:
        source = hearing.source
        if source.medium == "file":
            self._begin(hearing, "file", source.place)
            FileFollowing(hearing).run()
        elif source.medium == "folder":
            self._begin(hearing, "folder", source.place)
            FolderFollowing(hearing).run()
        else:
            self._read_spool(hearing)

    def _begin(self, hearing: Hearing, medium: str, place: str) -> None:
        source = hearing.source
        hearing.tell(f"{source.system}, {source.format}: {medium} {place}".rstrip())
        hearing.begin(medium)

    def _read_spool(self, hearing: Hearing) -> None:
        source = hearing.source
        spool = self._stack.enter_context(Spool(hearing.folder / SPOOL))
        if source.medium == "listen":
            listener = listener_of(source, self._zone)
            self._begin(hearing, listener.settings.transport, source.place)
            connected = (
                _always if self._once else self._filled_by(listener, spool, hearing.tell, _always)
            )
        else:
            journal = JournalCollector(source.journal, follow=not self._once)
            self._begin(hearing, "journal", source.place)
            if self._once:
                journal.collect(spool, self._stop, hearing.tell)
                connected = _always
            else:
                connected = self._filled_by(
                    journal, spool, hearing.tell, lambda: journal.is_connected
                )
        SpoolFollowing(hearing, spool, connected).run()

    def _filled_by(
        self, collector: Collector, spool: Spool, tell: Tell, is_connected: Callable[[], bool]
    ) -> Callable[[], bool]:
        """Starts what fills a spool; gives what tells whether it does, or raises why it ended.

        It goes on when its spool cannot be read: what comes is kept until it can.
        """
        failed: list[Exception] = []

        def collect() -> None:
            try:
                collector.collect(spool, self._stop, tell)
            except Exception as error:  # noqa: BLE001 - the thread that reads raises it again
                failed.append(error)
            spool.wake()

        def connected() -> bool:
            if failed:
                raise failed[0]
            return is_connected()

        thread = threading.Thread(target=collect)
        self._collecting.append(thread)
        thread.start()
        return connected


def _said(error: ZegelError | OSError) -> str:
    """What an error tells, with the place that the system names of it."""
    if not isinstance(error, OSError):
        return str(error)
    place = f"{os.fsdecode(error.filename)}: " if error.filename is not None else ""
    return f"{place}{error.strerror or error}"


def _always() -> bool:
    """Nothing is known of the way from a peer to the listener, or the spool alone is read."""
    return True


def _coverages(config: WatchConfig, ledger: "Ledger", home: Path) -> Mapping[str, Coverage]:
    """One for each system of which every source is declared."""
    sources: dict[str, list[WatchedSource]] = {}
    for source in config.sources:
        sources.setdefault(source.system, []).append(source)
    return {
        system: Coverage(ledger, home, system, [each.name for each in found])
        for system, found in sources.items()
        if all(each.coverage for each in found)
    }


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Holds the folder of a source, so that no second program reads it at the same time.

    Raises:
        StoreUnavailable: another one does, or the folder cannot be written.
    """
    try:
        folder.parent.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreUnavailable(f"{folder} cannot be written: {error.strerror}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreUnavailable(
                f"{folder}: another zegel watch reads this source already"
            ) from error
        yield
    finally:
        os.close(descriptor)
