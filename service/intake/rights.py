"""Which facts a caller may record.

A key that belongs to a system speaks for that system alone, and what decides about keeping, erasing
or judging (`ledger.recording_roles`) needs the permission `decide`, however it comes in. Whoever
is refused is recorded, as everywhere (`service.access.refusals`).
"""

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from ledger.errors import MalformedEvent, NotAuthorised
from ledger.events import Event, kind_of
from ledger.own_records import refuse_reserved
from ledger.placing import each_in_place
from ledger.recording_roles import role_to_record
from service.access.asked import Asked
from service.access.caller import Caller
from service.access.guard import note_refusal
from service.context import Context

_NOWHERE = Asked()


def require_recordable(
    context: Context, caller: Caller, events: Sequence[Event], *, asked: Asked = _NOWHERE
) -> list[Event]:
    """The events as the caller may record them; blocking.

    An event without a system gets that of a caller who speaks for exactly one.

    Args:
        context: Where they are to be recorded.
        caller: Who sends them.
        events: As they came.
        asked: Where they came, to be told if they are refused.

    Raises:
        NotAuthorised: the caller may not record one of them; recorded, and none may be stored.
        MalformedEvent: one names a system of the log's own, or none where the caller has several.
    """
    return each_in_place(partial(_recordable, context, caller, asked), events)


def own_system(caller: Caller) -> str | None:
    """The one system that a caller speaks for, if there is exactly one."""
    if caller.systems is not None and len(caller.systems) == 1:
        return next(iter(caller.systems))
    return None


def _recordable(context: Context, caller: Caller, asked: Asked, event: Event) -> Event:
    if event.system is None and caller.systems is not None:
        system = own_system(caller)
        if system is None:
            expected = f"one of {', '.join(sorted(caller.systems))}"
            raise MalformedEvent(kind_of(event), "system", expected, "nothing")
        event = replace(event, system=system)
    refuse_reserved(event)
    if caller.systems is not None and event.system not in caller.systems:
        note_refusal(context, caller, act="record", reason="other-system", asked=asked)
        raise NotAuthorised(
            f"system: expected one of {', '.join(sorted(caller.systems))}, found {event.system}"
        )
    if role_to_record(context.ledger.log, event) is not None and not caller.may("decide"):
        note_refusal(context, caller, act="decide", reason="no-permission", asked=asked)
        found = ", ".join(sorted(caller.roles)) or "none"
        raise NotAuthorised(
            f"{kind_of(event)}: expected the permission decide, found the roles {found}"
        )
    return event
