"""Records that what somebody sent was refused, once for each payload, and keeps the payload.

Crash order: the payload is durable before the event that tells of it, and what leaves to make room
does so after that event counted it. A payload that comes again finds its event: nothing changes.
"""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Final

import msgspec

from formats.reading import reason_of
from ledger.errors import BatchRefused, MalformedEvent, RecordingRefused
from ledger.events.log_integrity import LogIntakeRefused
from ledger.identifiers import masked
from ledger.own_records import INTAKE, is_reserved
from ledger.refused_payloads import RefusedPayload, RefusedPayloads
from ledger.units import SystemId
from service.access.caller import Caller
from service.context import Context
from service.intake.appending import within_append_time
from service.intake.rights import own_system

FOLDER: Final = "refused"
"""In the quarantine folder of the home."""

_MOST_REASONS: Final = 20
_MOST_CHARACTERS: Final = 8192
_LOG: Final = logging.getLogger("zegel.intake")
_FOLDER: Final = Lock()
_LEAVING: Final[set[Path]] = set()
"""Files that are told of by an event on its way: nobody else makes room with them."""


def reasons_of(error: RecordingRefused) -> list[str]:
    """Place and rule of each fault, without what was found: no erasure would find names in it."""
    match error:
        case BatchRefused():
            return [fault.rule for fault in error.faults]
        case MalformedEvent():
            return [reason_of(error)]
        case _:
            return [str(error)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refused:
    format_name: str
    reasons: Sequence[str]
    payload: bytes
    items: int | None
    system: str | None


async def record_refused(
    context: Context,
    caller: Caller,
    *,
    format_name: str,
    reasons: Sequence[str],
    payload: bytes,
    items: int | None = None,
    system: str | None = None,
) -> None:
    """Returns when it is in the log that a payload was refused.

    Args:
        context: What is served.
        caller: Who sent it.
        format_name: The language that it was read as, a word such as `cloudevents`.
        reasons: Place and rule of each fault; at least one.
        payload: What was sent, as it is kept for the operator.
        items: How many facts were in it, if that is known.
        system: The system in whose name it came, if the payload says so.

    Raises:
        StoreUnavailable: it cannot be recorded in time; whoever sends the payload again is refused
            again, and that is recorded then.
    """
    refused = _Refused(
        format_name=format_name, reasons=reasons, payload=payload, items=items, system=system
    )
    await within_append_time(context, partial(_note, context, caller, refused), context.refusers)


def _note(context: Context, caller: Caller, refused: _Refused) -> None:
    """Records that a payload was refused, unless that is in the log; blocking."""
    ledger = context.ledger
    sender = caller.identity.encode()
    digest = hashlib.sha256(refused.payload).digest()
    identity = b"".join(
        len(part).to_bytes(4, "big") + part
        for part in (b"intake refused", sender, refused.format_name.encode(), digest)
    )
    event_id = ledger.derive_id(None, identity)
    if ledger.log.index_of_event(event_id) is not None:
        return
    now = ledger.clock()
    told = RefusedPayload(
        event_id=event_id,
        received_at=now,
        sender=caller.identity,
        payload_format=refused.format_name,
        reasons=[masked(reason) for reason in refused.reasons[:_MOST_REASONS]],
        payload=refused.payload,
    )
    folder = RefusedPayloads(context.home.quarantine / FOLDER, context.settings.refused_bytes)
    with _kept(folder, told) as leaving:
        ledger.record_own_once(
            LogIntakeRefused(
                event_id=event_id,
                occurred_at=now,
                system=INTAKE,
                actor=caller.identity,
                actor_kind="service" if caller.is_program else "person",
                payload_format=refused.format_name,
                source=_system(refused.system) or own_system(caller),
                items=refused.items,
                faults=len(refused.reasons),
                reasons="\n".join(told.reasons)[:_MOST_CHARACTERS],
                payload_bytes=len(refused.payload),
                payload_kept=leaving is not None,
                payloads_removed=len(leaving) if leaving else None,
            )
        )


def _system(text: str | None) -> str | None:
    """What a refused payload says of its system, if it can be the id of one."""
    try:
        return None if text is None or is_reserved(text) else msgspec.convert(text, SystemId)
    except msgspec.ValidationError:
        return None


@contextmanager
def _kept(folder: RefusedPayloads, told: RefusedPayload) -> Iterator[list[Path] | None]:
    """A payload that is kept, and what leaves for it at the end; `None`: it cannot be kept."""
    document = told.document()
    with _FOLDER:
        try:
            leaving = folder.leaving_for(len(document), gone=_LEAVING)
            if leaving is not None:
                folder.keep(told.event_id, document)
        except OSError as error:
            _LOG.warning("a refused payload cannot be kept: %s", error.strerror)
            leaving = None
        _LEAVING.update(leaving or ())
    try:
        yield leaving
        folder.remove(leaving or ())
    finally:
        with _FOLDER:
            _LEAVING.difference_update(leaving or ())
