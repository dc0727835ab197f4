"""The moment that a question is about, and the state of the log that answers it."""

from datetime import datetime
from typing import NamedTuple

from ledger.ledger import Ledger
from ledger.units import Size
from projections.cases.reading import Moment, moment_of
from service.access.caller import Caller
from service.queries.instants import instant
from service.queries.parameters import AskedOfWorld
from service.queries.truth import Truth, truth_of
from service.queries.validators import Validator, validator_of


class State(NamedTuple):
    """A state of the log, and a moment in the world."""

    truth: Truth
    moment: Moment


def state_of(ledger: Ledger, asked: AskedOfWorld) -> State:
    """What `as_of` and `as_known` mean; the log is looked at once, so that both belong together.

    Raises:
        BadRequest: one of them is no time.
        RecordsPruned: what was known then lies among records that were pruned.
    """
    return state_seen(ledger, instant("as_of", asked.as_of), instant("as_known", asked.as_known))


def state_seen(
    ledger: Ledger,
    as_of: datetime | None,
    as_known: datetime | None,
    known_size: Size | None = None,
) -> State:
    """The state of the log at two instants; the present where none is given.

    Args:
        ledger: The log, looked at once.
        as_of: In the world, aware.
        as_known: Only what was recorded by then counts, aware.
        known_size: Only records below this index count, instead of those of `as_known`.

    Raises:
        RecordsPruned: what was known then lies among records that were pruned.
    """
    now = truth_of(ledger)
    found = moment_of(ledger, as_of, as_known)
    known = found.known_size if known_size is None else known_size
    moment = Moment(found.as_of, Size(min(known, now.size)))
    is_narrowed = as_known is not None or known_size is not None
    truth = Truth(
        size=now.size,
        root=now.root,
        known_size=moment.known_size if is_narrowed else None,
        as_known=as_known,
        moment=moment.as_of,
    )
    return State(truth, moment)


def validator_at(
    ledger: Ledger, caller: Caller, state: State, asked: AskedOfWorld, question: bytes
) -> Validator | None:
    """What an answer depends on; `None` where it changes as time goes by.

    It stays the same where it is about what was known then, or about a moment that is named.
    """
    if asked.as_of is None and asked.as_known is None:
        return None
    return validator_of(ledger, caller, int(state.moment.known_size), question)
