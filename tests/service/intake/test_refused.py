"""What an intake refuses is recorded once for each payload, and the payload is kept."""

import asyncio
import json
from base64 import b64decode
from dataclasses import replace

from ledger.events.log_integrity import LogIntakeRefused
from service.access.caller import Caller
from service.context import Context
from service.intake.refused import record_refused
from tests.opened import opened_records

SENDER = Caller(
    "person:recorder@test",
    is_program=True,
    roles=frozenset({"recorder"}),
    systems=frozenset({"web-1"}),
)


def refuse(
    context: Context,
    payload: bytes,
    *reasons: str,
    caller: Caller = SENDER,
    items: int | None = None,
    system: str | None = None,
) -> None:
    asyncio.run(refusing(context, payload, *reasons, caller=caller, items=items, system=system))


async def refusing(
    context: Context,
    payload: bytes,
    *reasons: str,
    caller: Caller = SENDER,
    items: int | None = None,
    system: str | None = None,
) -> None:
    await record_refused(
        context,
        caller,
        format_name="ldv",
        reasons=reasons or ("/0/name: expected text, found nothing",),
        payload=payload,
        items=items,
        system=system,
    )


def refusals(context: Context) -> list[LogIntakeRefused]:
    opened = opened_records(context.ledger, context.ledger.log.scan())
    return [each.event for each in opened if isinstance(each.event, LogIntakeRefused)]


def test_a_refusal_tells_who_what_and_why(context: Context) -> None:
    """Nobody could tell later what a source tried to report."""
    refuse(context, b"payload", "first", "second", items=3)
    (told,) = refusals(context)
    assert (told.actor, told.source, told.payload_format) == (SENDER.identity, "web-1", "ldv")
    assert (told.items, told.faults, told.reasons) == (3, 2, "first\nsecond")
    assert (told.payload_bytes, told.payload_kept, told.payloads_removed) == (7, True, None)
    assert told.event_id is not None
    kept = context.home.quarantine / "refused" / f"{told.event_id}.json"
    assert b64decode(json.loads(kept.read_bytes())["payload_base64"]) == b"payload"


def test_a_payload_that_comes_again_is_recorded_once(context: Context) -> None:
    """A source that repeats what is refused would fill the log."""
    for _ in range(3):
        refuse(context, b"payload")
    refuse(context, b"other payload")
    assert len(refusals(context)) == 2
    assert len(list((context.home.quarantine / "refused").iterdir())) == 2


def test_what_leaves_the_quarantine_is_counted_in_the_log(context: Context) -> None:
    """A payload would be gone, and nobody told."""
    small = replace(context, settings=replace(context.settings, refused_bytes=900))
    for number in range(3):
        refuse(small, b"%d" % number * 100)
    assert [each.payloads_removed for each in refusals(small)] == [None, None, 1]
    assert len(list((context.home.quarantine / "refused").iterdir())) == 2


def test_refusals_at_once_count_what_leaves_only_once(context: Context) -> None:
    """The log would tell of more payloads removed than there ever were."""
    small = replace(context, settings=replace(context.settings, refused_bytes=1_500))

    async def all_at_once() -> None:
        await asyncio.gather(*(refusing(small, b"%d" % number * 50) for number in range(20, 50)))

    asyncio.run(all_at_once())
    told = refusals(small)
    assert len(told) == 30
    kept = len(list((context.home.quarantine / "refused").iterdir()))
    assert sum(each.payloads_removed or 0 for each in told) == 30 - kept


def test_what_cannot_be_kept_is_recorded_as_such(context: Context) -> None:
    """An operator would look for a payload that was never kept."""
    none = replace(context, settings=replace(context.settings, refused_bytes=0))
    refuse(none, b"payload")
    (context.home.quarantine / "refused").write_bytes(b"no folder")
    refuse(context, b"other")
    assert [each.payload_kept for each in refusals(context)] == [False, False]


def test_a_system_that_is_none_is_left_out(context: Context) -> None:
    """A refused payload could not be recorded because of what it says of itself."""
    anybody = replace(SENDER, systems=None)
    refuse(context, b"1", caller=anybody, system="no system id\n")
    refuse(context, b"2", caller=anybody, system="zegel.readings")
    refuse(context, b"3", caller=anybody, system="web-7")
    assert [each.source for each in refusals(context)] == [None, None, "web-7"]
