"""Records what many callers ask for at once, at the cost of one look-up and one transaction.

Invariants: each request is stored whole or not at all; nothing that one request holds changes what
another one is given; a receipt is given only after the commit is durable.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from ledger.draft import Draft, Receipt
from ledger.erased_meanwhile import ATTEMPTS, never_stored
from ledger.errors import RecordingRefused
from ledger.events import Event
from ledger.placing import each_in_place
from ledger.store.requests import AppendRequest, StaleVault
from ledger.undoing import undo_conflicts

if TYPE_CHECKING:
    from ledger.ledger import Ledger

Outcome = list[Receipt] | Exception
"""The receipts of a request, in order, or why nothing of it was stored."""


def record_together(ledger: "Ledger", requests: Sequence[Sequence[Event]]) -> list[Outcome]:
    """What each request is given, durable on return.

    Among the errors are those of `Ledger.record_many`, but a request with ids that are in the log
    with other content is given `Undone`: recorded alone, by `record_many` with `refuse_conflicts`,
    it leaves its evidence and gets the error that names it.

    Args:
        ledger: The log.
        requests: The events of each.
    """
    found: dict[int, Outcome] = {}
    waiting = dict(enumerate(requests))
    for _ in range(ATTEMPTS):
        outcomes = _tried(ledger, list(waiting.values()))
        settled = dict(zip(waiting, outcomes, strict=True))
        found |= settled
        waiting = {
            place: requests[place]
            for place, outcome in settled.items()
            if isinstance(outcome, StaleVault)
        }
        if not waiting:
            break
        ledger.vault.refresh()
    for place in waiting:
        found[place] = never_stored(ledger.origin)
    return [found[place] for place in range(len(requests))]


def _tried(ledger: "Ledger", requests: Sequence[Sequence[Event]]) -> list[Outcome]:
    """One attempt; `StaleVault` among the errors: to be encrypted anew."""
    generation = ledger.vault.generation  # before the drafts: keys may change while we encrypt
    drafted = _drafted(ledger, requests)
    asked = [
        AppendRequest(drafts, generation, undo_conflicts)
        for drafts in drafted
        if not isinstance(drafts, Exception)
    ]
    stored = iter(ledger.log.submit_all(asked) if asked else ())
    return [
        each if isinstance(each, Exception) else cast("Outcome", next(stored)) for each in drafted
    ]


def _drafted(
    ledger: "Ledger", requests: Sequence[Sequence[Event]]
) -> list[list[Draft] | Exception]:
    """The drafts of each request: made together, or one by one where a request is refused."""
    events = [event for request in requests for event in request]
    try:
        drafts = _drafts(ledger, events)
    except RecordingRefused:
        return [_drafts_alone(ledger, request) for request in requests]
    except Exception as error:  # noqa: BLE001 - of the vault as a whole: each is told
        return [error for _ in requests]
    made = iter(drafts)
    return [[next(made) for _ in request] for request in requests]


def _drafts_alone(ledger: "Ledger", events: Sequence[Event]) -> list[Draft] | Exception:
    try:
        return _drafts(ledger, events)
    except Exception as error:  # noqa: BLE001 - given to the one whom it is about
        return error


def _drafts(ledger: "Ledger", events: Sequence[Event]) -> list[Draft]:
    each_in_place(ledger.refuse_foreign, events)
    return ledger.vault.drafts(events)
