"""Which facts a caller may record.

A key that belongs to a system speaks for that system alone, and what decides about keeping, erasing
or judging (`ledger.recording_roles`) needs the permission `decide`, however it comes in.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from ledger.errors import MalformedEvent, NotAuthorised
from ledger.events import Event, kind_of
from ledger.own_records import refuse_reserved
from ledger.recording_roles import role_to_record
from service.access.caller import Caller
from service.context import Context


def require_recordable(context: Context, caller: Caller, events: Sequence[Event]) -> list[Event]:
    """The events as the caller may record them; blocking.

    An event without a system gets that of a caller who speaks for exactly one.

    Raises:
        NotAuthorised: the caller may not record one of them; none of them may be stored.
        MalformedEvent: one names a system of the log's own, or none where the caller has several.
    """
    return [_recordable(context, caller, event) for event in events]


def own_system(caller: Caller) -> str | None:
    """The one system that a caller speaks for, if there is exactly one."""
    if caller.systems is not None and len(caller.systems) == 1:
        return next(iter(caller.systems))
    return None


def _recordable(context: Context, caller: Caller, event: Event) -> Event:
    if event.system is None and caller.systems is not None:
        system = own_system(caller)
        if system is None:
            expected = f"one of {', '.join(sorted(caller.systems))}"
            raise MalformedEvent(kind_of(event), "system", expected, "nothing")
        event = replace(event, system=system)
    refuse_reserved(event)
    if caller.systems is not None and event.system not in caller.systems:
        raise NotAuthorised(
            f"system: expected one of {', '.join(sorted(caller.systems))}, found {event.system}"
        )
    role = role_to_record(context.ledger.log, event)
    if role is not None and not caller.may("decide"):
        raise NotAuthorised(
            f"{kind_of(event)}: expected a caller who may decide, found {sorted(caller.roles)}"
        )
    return event
