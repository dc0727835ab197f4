"""Shows identities to a visitor who said why: the form comes first, then the reading in the log."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from formats.subject_copy.words import purpose_words
from ledger.errors import BadRequest
from ledger.purposes import PURPOSES
from ledger.reading import Opening
from ledger.stored import StoredRecord
from service.access.consulting import named_case
from service.page.forms import Form
from service.page.visit import Visit
from service.queries.parameters import LONGEST, Revealed
from service.queries.revealed import opening_for


@dataclass(frozen=True, slots=True)
class Asking:
    """What the form asks of somebody who wants to see who it was, and what they typed so far."""

    action: str
    """The path that the form is sent to."""
    must_name_case: bool
    purposes: tuple[tuple[str, str], ...]
    """Each word of the list with what it is called."""
    purpose: str | None = None
    reason: str | None = None
    case: str | None = None
    refusal: str | None = None
    """Why what was typed is not enough; `None`: nothing was sent yet."""


def asking(
    visit: Visit, action: str, form: Form | None = None, refusal: BadRequest | None = None
) -> Asking | None:
    """The form for a visitor; `None`: they may not see identities at all.

    Args:
        visit: Who asks.
        action: The path that the form is sent to.
        form: What they sent, if they sent something that was not enough.
        refusal: Why it was not.
    """
    if not visit.caller.may("resolve"):
        return None
    empty = Asking(
        action,
        must_name_case=visit.caller.must_name_case,
        purposes=tuple((each, purpose_words(each, visit.language)) for each in PURPOSES),
    )
    if form is None:
        return empty
    return replace(
        empty,
        purpose=form.one("purpose"),
        reason=form.one("reason"),
        case=form.one("case"),
        refusal=None if refusal is None else str(refusal),
    )


async def opened_for(
    visit: Visit,
    form: Form,
    *,
    question: str,
    rows: Callable[[], Iterable[StoredRecord]],
) -> Opening:
    """The right to show identities, once the reading of the visitor is recorded.

    Args:
        visit: Who asks.
        form: With the fields `purpose`, `reason` and `case`.
        question: What was asked, without identities in it.
        rows: Gives the records that are shown, in a thread.

    Raises:
        BadRequest: no purpose of the list, no case where one must be named, or a text too long.
        NotAuthorised: they may not see identities; recorded.
    """
    given = {name: _text(form, name) for name in ("purpose", "reason")}
    asked = Revealed(identities=True, purpose=given["purpose"], reason=given["reason"])
    caller = replace(visit.caller, case=named_case(form.one("case"), "case"))
    opening = await opening_for(
        visit.context, caller, asked, question=question, rows=rows, count=lambda: 0
    )
    if opening is None:
        raise RuntimeError("expected an opening of identities that were asked for, found none")
    return opening


def _text(form: Form, name: str) -> str | None:
    found = form.one(name)
    if found is not None and len(found) > LONGEST:
        raise BadRequest(f"{name}: expected at most {LONGEST} characters, found {len(found)}")
    return found
