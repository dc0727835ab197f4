"""Records who asked what, once for each answer, before the answer leaves.

An answer by tokens shows nobody, so `--looked-at` never finds it. Identities are shown only against
a reading that `ledger.record_reading` (or `ledger.read`) recorded: `revealing` gives what it takes.
"""

import re
from typing import Final

from ledger.errors import BadRequest
from ledger.evidence import Reader, Reading
from ledger.evidence import consulted as consultation
from ledger.purposes import PURPOSES, require_purpose
from ledger.units import Index
from service.access.caller import Caller
from service.context import Context
from service.threads import writing

CASE_HEADER: Final = "Zegel-Case"
"""The header in which a caller names the case that they work on."""
MOST_CASE_CHARACTERS: Final = 200
_PRINTABLE: Final = re.compile(r"[^\x00-\x1f\x7f]*")


async def consulted(
    context: Context,
    caller: Caller,
    *,
    question: str,
    records: int,
    purpose: str | None = None,
) -> Index:
    """The index of the record that somebody was answered by tokens; durable on return.

    Args:
        context: What is served.
        caller: Who asked.
        question: What was asked, without identities in it (`EventQuery.text`).
        records: How many records or rows the answer tells of.
        purpose: A word of the list, if the caller named one.

    Raises:
        BadRequest: the purpose is not one of the list.
        StoreUnavailable: the database cannot be written; then nothing may be answered.
    """
    if purpose is not None:
        require_purpose(purpose)
    reader = Reader(
        identity=caller.identity,
        is_program=caller.is_program,
        purpose=purpose,
        reason=told_case(caller),
    )

    def record() -> Index:
        event = consultation(reader, question, records, context.ledger.clock())
        return context.ledger.record_own(event).index

    return await writing(context, record)


def revealing(caller: Caller, purpose: str | None, reason: str | None = None) -> Reading:
    """Who is to be shown identities, and why: what `ledger.read` and `record_reading` take.

    The route also needs the permission `resolve` (`guard.require_permission`).

    Args:
        caller: Who asks.
        purpose: A word of the list.
        reason: In the caller's own words.

    Raises:
        BadRequest: no purpose of the list, or no case where the caller must name one.
    """
    if purpose is None:
        raise BadRequest(f"purpose: expected one of {', '.join(PURPOSES)}, found none")
    require_purpose(purpose)
    if caller.case is None and caller.must_name_case:
        raise BadRequest(f"{CASE_HEADER}: expected the case that you investigate, found none")
    told = [each for each in (told_case(caller), reason) if each]
    return Reading(caller.identity, purpose, "; ".join(told) or None, is_program=caller.is_program)


def named_case(typed: str | None, place: str) -> str | None:
    """The case that somebody named, without spaces around it; `None`: none.

    Args:
        typed: What they wrote.
        place: The header or field in which they did.

    Raises:
        BadRequest: it is too long, or does not stand on one line.
    """
    case = (typed or "").strip()
    if len(case) > MOST_CASE_CHARACTERS or not _PRINTABLE.fullmatch(case):
        raise BadRequest(
            f"{place}: expected at most {MOST_CASE_CHARACTERS} characters on one line, "
            "found other ones"
        )
    return case or None


def told_case(caller: Caller) -> str | None:
    """The case of a caller as a recorded reading tells it."""
    return None if caller.case is None else f"case {caller.case}"
