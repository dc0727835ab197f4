"""Who reads at this terminal: named when identities are shown, because that is recorded."""

import getpass
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.evidence import Reading


def reading_of(purpose: str | None) -> "Reading":
    """The account that runs this command on this machine, and why it looks, in its own words."""
    from ledger.evidence import Reading  # noqa: PLC0415 - the ledger is open by now

    return Reading(reader=f"person:{getpass.getuser()}@{socket.gethostname()}", reason=purpose)
