"""The loops that a service runs beside its requests: the signer, and the views.

The signer is that of `zegel seal --loop`, with the same state and the same lock. The lock decides
among several processes with one home: whoever holds it signs what is new, the others find it
signed. Processes with homes of their own never all sign: only the home that has the state may, and
the others run with `--no-seal`.
"""

import logging
from typing import TYPE_CHECKING, Final

from ledger.home import Home
from ledger.ledger import Ledger
from ledger.serve_settings import ServeSettings
from ledger.signing.cadence import seal_repeatedly
from ledger.signing.heartbeat import heartbeat_of
from ledger.signing.signer import Sealed, Signer
from ledger.signing.signing_folder import SigningFolder
from ledger.signing.signing_key import environment_passphrase
from projections.following import project_repeatedly
from service.operations.loops import Loop

if TYPE_CHECKING:
    from threading import Event

    from ledger.errors import StoreUnavailable
    from ledger.units import Size

_LOG: Final = logging.getLogger("zegel.loops")


def signer_loop(ledger: Ledger, home: Home, settings: ServeSettings) -> Loop:
    """The loop that signs what is new.

    Raises:
        StoreUnavailable: the home has no signing key.
    """
    folder = SigningFolder(home.folder)
    folder.current_term()
    signer = Signer(
        ledger.log, lambda: folder.current(environment_passphrase), folder.state, ledger.clock
    )

    def work(stop: "Event") -> None:
        seal_repeatedly(
            signer,
            stop,
            tell,
            heartbeat=heartbeat_of(ledger),
            every_s=settings.seal_every_s,
            heartbeat_s=settings.heartbeat_s,
        )

    def tell(outcome: "Sealed | StoreUnavailable") -> None:
        if isinstance(outcome, Sealed):
            loop.succeeded()
            _LOG.info("signed", extra={"size": outcome.checkpoint.size})
        else:
            loop.failed(outcome)

    loop = Loop("signer", work)
    return loop


def projection_loop(ledger: Ledger, settings: ServeSettings) -> Loop:
    """The loop that keeps the views in step."""

    def work(stop: "Event") -> None:
        project_repeatedly(ledger, stop, tell, every_s=settings.project_every_s)

    def tell(outcome: "Size | StoreUnavailable") -> None:
        if isinstance(outcome, int):
            loop.succeeded()
        else:
            loop.failed(outcome)

    loop = Loop("projection", work)
    return loop
