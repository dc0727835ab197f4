"""What each thing that can go wrong is called on a page, and what to do about it.

The titles are those of `ledger.problem_types`; they stand here again so that they are translated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from service.page.nav import N_


@dataclass(frozen=True, slots=True)
class FaultWords:
    """One thing that can go wrong; both are ids of messages."""

    title: str
    advice: str


_AGAIN: Final = N_("Go back, correct it and send it again. Nothing was recorded.")
_LATER: Final = N_("Try again in a moment.")

FAULT_WORDS: Final[Mapping[str, FaultWords]] = {
    "evidence-broken": FaultWords(
        N_("The evidence does not hold"),
        N_("Change nothing. Keep the database as it is, and run zegel verify."),
    ),
    "not-authenticated": FaultWords(
        N_("Say who you are"), N_("Your session is over. Log in again.")
    ),
    "not-authorised": FaultWords(
        N_("You may not do this"),
        N_("This refusal is in the log. Who has the role administer can give you another role."),
    ),
    "legal-hold-stands": FaultWords(
        N_("A legal hold forbids it"), N_("Ask whoever placed the hold to lift it first.")
    ),
    "stream-conflict": FaultWords(
        N_("Another writer was first"), N_("Load the page anew and look what was recorded since.")
    ),
    "event-id-reused": FaultWords(
        N_("The event id is known with other content"),
        N_("This was recorded before with other content. Load the page anew before you go on."),
    ),
    "malformed-event": FaultWords(N_("A field of the event is not what its kind asks for"), _AGAIN),
    "recording-refused": FaultWords(N_("The fact was not stored"), _AGAIN),
    "unreadable": FaultWords(N_("What was sent cannot be read"), _AGAIN),
    "not-found": FaultWords(
        N_("There is no such thing"), N_("Check the address, or look for it in the history.")
    ),
    "too-large": FaultWords(N_("More than is taken at once"), N_("Ask for less, or send less.")),
    "too-slow": FaultWords(N_("It did not arrive in time"), _LATER),
    "unsupported-form": FaultWords(
        N_("A media type, charset or encoding that is not understood"), _AGAIN
    ),
    "bad-request": FaultWords(
        N_("The request cannot be understood"), N_("Go back and correct what is named below.")
    ),
    "too-often": FaultWords(N_("Too many requests"), N_("Wait a minute, then try again.")),
    "subject-erased": FaultWords(
        N_("Erased on purpose"), N_("What is left of it stands in the history as a sealed record.")
    ),
    "records-pruned": FaultWords(
        N_("Exported and removed on purpose"),
        N_("It stands in the export that was made before it was removed."),
    ),
    "outcome-unknown": FaultWords(
        N_("Not durable in time; sent again with the same id, it is stored once"),
        N_("Look in the history whether it was recorded before you send it again."),
    ),
    "unavailable": FaultWords(
        N_("Database, disk, lock or key cannot be used; nothing was lost"), _LATER
    ),
    "authority-unavailable": FaultWords(
        N_("A time-stamp authority, witness or issuer of tokens gives no answer"), _LATER
    ),
    "authority-refused": FaultWords(
        N_("A time-stamp authority or witness refuses"),
        N_("Whoever runs this service must change its settings."),
    ),
    "unexpected": FaultWords(
        N_("A fault of Zegel itself"),
        N_("The log of the service tells more. Nothing was lost."),
    ),
}
"""By the name of the problem type."""
