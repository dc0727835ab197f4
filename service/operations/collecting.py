"""The loop that has the checkpoints of the served log collected by the logs of checkpoints.

It looks soon after each signature, whoever made it, and costs one small query where there is none.
A log of checkpoints that cannot be written, or is broken itself, never keeps the served one from
being signed: that is another loop.
"""

import logging
from threading import Event
from typing import TYPE_CHECKING, Final

from ledger.errors import BadRequest, FormatError, StoreUnavailable, VerificationError
from ledger.many_logs.collecting import Source
from ledger.many_logs.home_logs import logs_of_checkpoints, whole_home
from ledger.many_logs.sealing import collect_into
from ledger.signing.signing_folder import SigningFolder
from ledger.signing.signing_key import environment_passphrase
from ledger.store.checkpoints import CheckpointTable
from service.operations.loops import Loop

if TYPE_CHECKING:
    from ledger.home import Home
    from ledger.ledger import Ledger
    from ledger.serve_settings import ServeSettings
    from ledger.stored import StoredCheckpoint

COLLECTOR: Final = "collector"
_LOOK_S: Final = 1.0

_LOG: Final = logging.getLogger("zegel.loops")


def collecting_loop(
    ledger: "Ledger", home: "Home", settings: "ServeSettings", database: str | None
) -> Loop:
    """The loop that brings new checkpoints into the logs of checkpoints, and signs those.

    Args:
        ledger: The served log.
        home: Its home.
        settings: How often what is new is signed; a database that is away is asked again then.
        database: A URL to use in place of that of the settings.
    """
    table = CheckpointTable(ledger.log.engine, ledger.log.log_id)

    def work(stop: Event) -> None:
        seen: StoredCheckpoint | None = None
        while not stop.wait(_LOOK_S):
            try:
                newest = table.newest()
                if newest is not None and newest != seen:
                    _collect_everywhere(ledger, home, database)
                    seen = newest
            except StoreUnavailable as error:
                loop.failed(error)
                stop.wait(settings.seal_every_s)
            else:
                loop.succeeded()

    loop = Loop(COLLECTOR, work)
    return loop


def _collect_everywhere(ledger: "Ledger", home: "Home", database: str | None) -> None:
    """Brings what is new into every log of checkpoints; trouble with one keeps no other from it.

    Raises:
        StoreUnavailable: one of them cannot be used; the others have what is new.
    """
    away: StoreUnavailable | None = None
    source = Source(ledger.log, SigningFolder(home.folder).terms())
    for name, each in logs_of_checkpoints(whole_home(home)):
        try:
            new = collect_into(name, each, source, environment_passphrase, database)
        except VerificationError as error:
            _LOG.critical("log of checkpoints %s: evidence is broken: %s", name, error)
        except StoreUnavailable as error:
            away = away or error
        except (BadRequest, FormatError) as error:
            _LOG.error("log of checkpoints %s: nothing was collected: %s", name, error)
        else:
            _LOG.info("collected", extra={"log_of_checkpoints": name, "checkpoints": new})
    if away is not None:
        raise away
