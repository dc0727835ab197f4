"""One OTLP request, whichever way it came: understood, stored whole, answered when it is durable.

What is refused is kept and recorded before the sender is told: a sender drops what was refused,
good lines included, and every act of processing must be logged.

Source: Logboek Dataverwerkingen 1.0.0 §3.2.1 (each line is acknowledged), §3.3.1 (no sampling).
"""

from google.protobuf.message import Message

from ledger.errors import NotAuthorised, RecordingRefused
from service.access.asked import Asked
from service.access.caller import Caller
from service.context import Context
from service.intake.appending import append
from service.intake.otlp_reading import Signal, Understood, answer_of, understood
from service.intake.otlp_status import RequestRefused
from service.intake.refused import record_refused
from service.threads import writing


async def take_in(
    context: Context, caller: Caller, signal: Signal, body: bytes, *, is_json: bool, asked: Asked
) -> Message:
    """The answer to a request, given when all of it is durable.

    Args:
        context: Where it is stored.
        caller: Who sends it.
        signal: What it should be a request of.
        body: Decompressed.
        is_json: Its encoding; otherwise protobuf.
        asked: Where it came, to be told if the caller may not record it.

    Raises:
        RequestRefused: an item keeps it out; recorded.
        EventIdReused: an id is known with other content; that and the refusal are recorded.
        MalformedEvent: an event is not what its kind asks for; recorded.
        NotAuthorised: the caller may not record one of its events.
        StoreUnavailable: the database cannot be written in time.
    """
    found = await writing(context, understood, context, caller, signal, body, is_json=is_json)
    try:
        if found.faults:
            raise RequestRefused(signal, tuple(found.faults))
        if found.events:
            await append(context, caller, found.events, asked=asked)
    except NotAuthorised:
        raise  # recorded where it was found
    except RecordingRefused as refusal:
        await record_refused(
            context,
            caller,
            format_name=f"otlp-{signal.name}",
            reasons=_reasons(refusal),
            payload=body,
            items=_items(found),
        )
        raise
    if found.left_out:
        count = found.left_out.total()
        context.operations.numbers.recorded(signal.group, "left_out", count)
    return answer_of(signal, found)


def _reasons(refusal: RecordingRefused) -> list[str]:
    if isinstance(refusal, RequestRefused):
        return [f"{fault.place}: {fault.reason}" for fault in refusal.faults]
    return [str(refusal)]


def _items(found: Understood) -> int:
    return len(found.events) + found.left_out.total() + len({each.place for each in found.faults})
