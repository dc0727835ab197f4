"""Who reads at this terminal: named when identities are shown, because that is recorded."""

import getpass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.evidence import Reading


def reading_of(purpose: str | None) -> "Reading":
    """The account that runs this command, and why it looks, in its own words."""
    from ledger.evidence import Reading  # noqa: PLC0415 - the ledger is open by now

    return Reading(reader=f"person:{getpass.getuser()}", reason=purpose)
