"""Which facts a caller may record.

A key that belongs to a system speaks for that system alone, also where it takes facts back, and
what decides about keeping, erasing, judging or showing (`ledger.recording_roles`) needs the
permission `decide`, however it comes in. What the log itself did it says itself: nobody reports
that, or takes it back. Whoever is refused is recorded, as everywhere (`service.access.refusals`).
Most events are told to be recordable by themselves; only the others ask the log (`asks_the_log`).
"""

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from ledger.errors import MalformedEvent, NotAuthorised
from ledger.events import Event, kind_of
from ledger.own_records import OWN_KINDS, is_reserved, refuse_reserved
from ledger.placing import each_in_place
from ledger.recording_roles import needs_role, roles_to_record, taken_back_by
from ledger.stored import StoredRecord
from service.access.asked import Asked
from service.access.caller import Caller
from service.access.guard import note_refusal
from service.context import Context
from service.intake.ruled_acts import RuledAct, act_ruled, sets_terms

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
        MalformedEvent: one names a system of the log's own, or none where the caller has several;
            or it tells what only the log can know, or takes such a record back.
    """
    return each_in_place(partial(_recordable, context, caller, asked), events)


def plainly_recordable(caller: Caller, events: Sequence[Event]) -> list[Event] | None:
    """What `require_recordable` gives, where that is sure without asking the log; else `None`.

    Never for an event that is to be refused: that is told, and recorded, by the other one alone.
    """
    found: list[Event] = []
    for event in events:
        own = _in_own_system(caller, event)
        if own is None or is_reserved(own.system) or asks_the_log(own):
            return None
        if caller.systems is not None and own.system not in caller.systems:
            return None
        if needs_role(own) and not caller.may("decide"):
            return None
        found.append(own)
    return found


def asks_the_log(event: Event) -> bool:
    """Whether who may record an event, or whether anybody may, depends on what is in the log."""
    return kind_of(event) in OWN_KINDS or sets_terms(event) or bool(taken_back_by(event))


def own_system(caller: Caller) -> str | None:
    """The one system that a caller speaks for, if there is exactly one."""
    if caller.systems is not None and len(caller.systems) == 1:
        return next(iter(caller.systems))
    return None


def _recordable(context: Context, caller: Caller, asked: Asked, event: Event) -> Event:
    own = _in_own_system(caller, event)
    if own is None:
        expected = f"one of {', '.join(sorted(caller.systems or ()))}"
        raise MalformedEvent(kind_of(event), "system", expected, "nothing")
    event = own
    refuse_reserved(event)
    _refuse_own(context, event)
    act = act_ruled(context, event)
    if caller.systems is not None:
        for system in (event.system, *_systems_taken_back(context, event), *_system_of(act)):
            _require_own(context, caller, asked, system)
    decides = act is not None and act.needs_decision
    if not caller.may("decide") and (decides or roles_to_record(context.ledger.log, event)):
        note_refusal(context, caller, act="decide", reason="no-permission", asked=asked)
        found = ", ".join(sorted(caller.roles)) or "none"
        raise NotAuthorised(
            f"{kind_of(event)}: expected the permission decide, found the roles {found}"
        )
    return event


def _in_own_system(caller: Caller, event: Event) -> Event | None:
    """The event with the system that it speaks for; `None`: it should have named one."""
    if event.system is not None or caller.systems is None:
        return event
    system = own_system(caller)
    return None if system is None else replace(event, system=system)


def _require_own(context: Context, caller: Caller, asked: Asked, system: str | None) -> None:
    if caller.systems is not None and system not in caller.systems:
        note_refusal(context, caller, act="record", reason="other-system", asked=asked)
        raise NotAuthorised(
            f"system: expected one of {', '.join(sorted(caller.systems))}, found {system or 'none'}"
        )


def _refuse_own(context: Context, event: Event) -> None:
    """Passes unless an event says, or takes back, what the log says of itself."""
    kind = kind_of(event)
    if kind in OWN_KINDS:
        raise MalformedEvent(kind, "kind", "a kind that sources report, not the log's own", kind)
    for row in _taken_back(context, event):
        if row.kind in OWN_KINDS or is_reserved(row.system):
            field = "supersedes" if row.event_id == event.supersedes else "corrected_event_id"
            raise MalformedEvent(
                kind, field, "an event that a source reported", "one of the log's own"
            )


def _systems_taken_back(context: Context, event: Event) -> list[str | None]:
    return [row.system for row in _taken_back(context, event)]


def _taken_back(context: Context, event: Event) -> list[StoredRecord]:
    """The records that an event takes back, of those that are there."""
    found = map(context.ledger.log.find_event, taken_back_by(event))
    return [row for row in found if row is not None]


def _system_of(act: RuledAct | None) -> tuple[str | None, ...]:
    return () if act is None or not act.is_known else (act.system,)
