"""Lets somebody see identities: permission, purpose and case first, then the reading in the log."""

from collections.abc import Callable, Iterable

from ledger.evidence import Reading
from ledger.ledger import Ledger
from ledger.opening import OpenedRecord
from ledger.reading import Opening
from ledger.stored import StoredRecord
from service.access.caller import Caller
from service.access.consulting import consulted, revealing
from service.access.guard import require_permission
from service.context import Context
from service.queries.parameters import Revealed
from service.threads import writing


async def reading_for(context: Context, caller: Caller, asked: Revealed) -> Reading | None:
    """Who is to be shown identities, and why; `None`: they ask for tokens.

    Raises:
        NotAuthorised: they may not; recorded.
        BadRequest: no purpose of the list, or no case where one must be named.
    """
    if not asked.identities:
        return None
    await require_permission(context, caller, "resolve")
    return revealing(caller, asked.purpose, asked.reason)


async def opening_for(
    context: Context,
    caller: Caller,
    asked: Revealed,
    *,
    question: str,
    rows: Callable[[], Iterable[StoredRecord]],
    count: Callable[[], int],
) -> Opening | None:
    """The right to show identities, once the reading is recorded; `None`: tokens are shown.

    The consultation is recorded in either case, durably, before the answer leaves.

    Args:
        context: What is served.
        caller: Who asks.
        asked: Whether identities are wanted, and why.
        question: What was asked, without identities in it.
        rows: Gives the records of the answer, in a thread.
        count: Gives how many these are, in a thread.
    """
    reading = await reading_for(context, caller, asked)
    if reading is None:
        records = await writing(context, count)
        await consulted(context, caller, question=question, records=records, purpose=asked.purpose)
        return None
    return await writing(context, lambda: context.ledger.record_reading(reading, question, rows()))


def opened_again(
    ledger: Ledger, records: Iterable[OpenedRecord], opening: Opening | None
) -> Iterable[OpenedRecord]:
    """The same records with identities; by tokens where nobody may see more.

    One that came between, of which the reading does not tell, is left out.
    """
    if opening is None:
        return records
    told = (each.stored for each in records if opening.shown.runs.covers(each.stored.index))
    return ledger.open_records(told, identities=opening)
