"""What a page about a moment shows of people: tokens, or names against a reading recorded first.

A page is asked for by `GET`, and then shows tokens; the form on it is sent by `POST` to the same
URL, and then it shows names once. No link ever does.
"""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from ledger.errors import BadRequest
from ledger.reading import Opening
from ledger.stored import StoredRecord
from service.access.consulting import consulted
from service.page.disclosing import Asking, asking, opened_for
from service.page.forms import read_form
from service.page.visit import Visit

_OK: Final = 200
_BAD_REQUEST: Final = 400


class Revealed(NamedTuple):
    """What a visitor may see on this page now."""

    opening: Opening | None
    """The right to show names; `None`: tokens are shown."""
    asking: Asking | None
    """The form that asks for names; `None`: this visitor may not see any."""

    @property
    def status(self) -> int:
        """Of the answer: what was typed may not have been enough."""
        is_refused = self.asking is not None and self.asking.refusal is not None
        return _BAD_REQUEST if is_refused else _OK


async def revealed(
    visit: Visit,
    action: str,
    *,
    question: str,
    rows: Callable[[], Iterable[StoredRecord]],
    count: int,
) -> Revealed:
    """What a visitor may see; recorded before anything is shown.

    Args:
        visit: By `GET`, or by `POST` with the form that says why.
        action: Where the form is sent to: the URL of exactly this page.
        question: What was asked, without identities in it.
        rows: Gives the records whose people and words are shown, in a thread.
        count: How many rows are shown by tokens.

    Raises:
        NotAuthorised: names are asked for by somebody who may not see them, or from elsewhere.
    """
    if visit.request.method != "POST":
        await consulted(visit.context, visit.caller, question=question, records=count)
        return Revealed(None, asking(visit, action))
    form = await read_form(visit)
    try:
        opening = await opened_for(visit, form, question=question, rows=rows)
    except BadRequest as refusal:
        await consulted(visit.context, visit.caller, question=question, records=count)
        return Revealed(None, asking(visit, action, form, refusal))
    return Revealed(opening, None)
