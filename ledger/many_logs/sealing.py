"""Seals several logs of a home, and has their checkpoints collected and sealed too.

Order of a run: each log is sealed; its new checkpoints are collected; then the logs of checkpoints
are sealed, so that what was collected is signed at once. A log that cannot be sealed keeps none of
the others from it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ledger.errors import FormatError, StoreUnavailable, VerificationError, ZegelError
from ledger.home import Home
from ledger.ledger import Ledger
from ledger.many_logs.collecting import Source, collect
from ledger.many_logs.home_logs import shared_database
from ledger.signing.cadence import HEARTBEAT_S
from ledger.signing.heartbeat import heartbeat_of
from ledger.signing.signer import Sealed, Signer
from ledger.signing.signing_folder import SigningFolder
from ledger.signing.signing_key import Passphrase

Tell = Callable[[str, ZegelError], None]
"""Takes the name of a log that could not be sealed or collected, and why."""


@dataclass(frozen=True, slots=True)
class SealedLogOfHome:
    """What sealing one log of a home gave."""

    name: str
    sealed: Sealed | None
    """`None`: it has no records yet."""
    collected: int | None = None
    """Of a log of checkpoints: how many were new in this run."""


@dataclass(slots=True)
class OpenLog:
    """One open log of a home with its signer."""

    name: str
    ledger: Ledger
    signer: Signer
    folder: SigningFolder
    is_broken: bool = field(default=False)
    """Whether it is no sound continuation of what was signed: no later run makes it right."""

    @property
    def source(self) -> Source:
        """The log as one whose checkpoints are collected, with the keys of now."""
        return Source(self.ledger.log, self.folder.terms())

    def rest(self) -> None:
        """Gives back its connections: a home may have more logs than a server takes of those."""
        self.ledger.log.engine.dispose()

    def seal(self, heartbeat_s: float) -> Sealed | None:
        """As `Signer.seal`, with the heartbeat of the log."""
        return self.signer.seal(heartbeat=heartbeat_of(self.ledger), heartbeat_s=heartbeat_s)


def open_log(name: str, home: Home, passphrase: Passphrase, database: str | None = None) -> OpenLog:
    """A log of a home, ready to be sealed; the caller closes its ledger.

    Args:
        name: Of the log, in the home.
        home: Of the log.
        passphrase: Of its signing key.
        database: Where the logs are that share the database of the home, if that was typed.

    Raises:
        StoreUnavailable: the home has no signing key, or its log cannot be opened.
        BadRequest: its settings cannot be understood.
    """
    folder = SigningFolder(home.folder)
    folder.current_term()  # a home without keys says so before it waits for records
    ledger = home.open_ledger(shared_database(home, database))
    signer = Signer(ledger.log, lambda: folder.current(passphrase), folder.state, ledger.clock)
    opened = OpenLog(name, ledger, signer, folder)
    opened.rest()
    return opened


def seal_together(
    logs: Iterable[OpenLog], heartbeat_s: float, failed: Tell
) -> list[SealedLogOfHome]:
    """What sealing every log gave, those of checkpoints last, after they collected.

    Args:
        logs: Open ones of one home.
        heartbeat_s: How old the last checkpoint of an idle log may become.
        failed: Told of each that could not be sealed, or whose checkpoints not be collected.
    """
    sound = [log for log in logs if not log.is_broken]
    facts = [log for log in sound if not log.ledger.of_checkpoints]
    done = []
    for log in facts:
        try:
            done.append(SealedLogOfHome(log.name, log.seal(heartbeat_s)))
        except ZegelError as error:
            _note_failure(log, error, failed)
        finally:
            log.rest()
    for collecting in (log for log in sound if log.ledger.of_checkpoints):
        try:
            collecting.ledger.head()  # where it is itself out of reach, no other log is to blame
            new = sum(collect_from(log, collecting, failed) for log in facts if not log.is_broken)
            done.append(SealedLogOfHome(collecting.name, collecting.seal(heartbeat_s), new))
        except ZegelError as error:
            _note_failure(collecting, error, failed)
        finally:
            collecting.rest()
    return done


def collect_from(log: OpenLog, collecting: OpenLog, failed: Tell) -> int:
    """How many checkpoints of one log were new to a log of checkpoints; 0 where it failed.

    Args:
        log: The one that was sealed.
        collecting: The log of checkpoints.
        failed: Told why its checkpoints cannot be collected.
    """
    try:
        return collect(collecting.ledger, log.source)
    except (VerificationError, FormatError, StoreUnavailable) as error:
        failed(log.name, error)  # what it has stored is not what it signed, or is out of reach
        return 0
    finally:
        log.rest()


def collect_into(
    name: str, home: Home, source: Source, passphrase: Passphrase, database: str | None
) -> int:
    """How many checkpoints of a log were new to a log of checkpoints, which is sealed then.

    Args:
        name: Of the log of checkpoints.
        home: Of the same.
        source: The other log.
        passphrase: Of signing keys.
        database: A URL to use in place of that of the settings.

    Raises:
        VerificationError: one of the two logs is not what was signed.
        FormatError: what is stored is no checkpoint.
        StoreUnavailable: home, keys or database cannot be used.
        BadRequest: the settings cannot be understood.
    """
    collecting = open_log(name, home, passphrase, database)
    try:
        new = collect(collecting.ledger, source)
        collecting.seal(HEARTBEAT_S)
    finally:
        collecting.ledger.close()
    return new


def _note_failure(log: OpenLog, error: ZegelError, failed: Tell) -> None:
    log.is_broken = isinstance(error, VerificationError)
    failed(log.name, error)
