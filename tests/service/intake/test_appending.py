"""How facts of programs come in: together, in time, and only those that the caller may record."""

import asyncio
import contextlib
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from ledger.draft import Draft, Receipt
from ledger.errors import (
    EventIdReused,
    MalformedEvent,
    NotAuthorised,
    OutcomeUnknown,
    StoreUnavailable,
    TooLarge,
)
from ledger.events import Event, event_from_mapping
from service.access.caller import Caller
from service.context import Context
from service.intake.appending import append, within_append_time
from tests.served import served_context

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDER = Caller("person:recorder@test", is_program=True, roles=frozenset({"recorder"}))
DPO = Caller("person:dpo@test", is_program=False, roles=frozenset({"dpo"}))


def used(**values: object) -> Event:
    return event_from_mapping(
        {
            "kind": "access.used",
            "event_id": str(uuid7()),
            "occurred_at": "2026-11-22T09:00:00Z",
            "resource": "case-file",
            **values,
        }
    )


def kinds(context: Context) -> list[str]:
    return [row.kind for row in context.ledger.log.scan()]


def appended(context: Context, caller: Caller, *events: Event) -> list[Receipt]:
    return asyncio.run(append(context, caller, events))


def test_each_event_gets_its_receipt_in_order(context: Context) -> None:
    """A sender would take the receipt of one fact for that of another."""
    first, second = used(), used()
    receipts = appended(context, RECORDER, first, second)
    assert [(each.index, each.event_id) for each in receipts] == [
        (0, first.event_id),
        (1, second.event_id),
    ]
    again = appended(context, RECORDER, second, first)
    assert [(each.index, each.duplicate) for each in again] == [(1, True), (0, True)]


def test_a_conflict_stores_nothing_else(context: Context) -> None:
    """Half a request would be stored while its sender was told that it failed."""
    known = used()
    appended(context, RECORDER, known)
    other = used(event_id=str(known.event_id), resource="staff-file")
    with pytest.raises(EventIdReused) as caught:
        appended(context, RECORDER, used(), other)
    assert caught.value.conflicts[0].place == 1
    assert kinds(context) == ["access.used.v1", "log.conflict_recorded.v1"]


def test_what_came_in_is_counted(context: Context) -> None:
    """A monitor would not see that a source is refused, or that it repeats itself."""
    known = used()
    appended(context, RECORDER, known)
    appended(context, RECORDER, known, used(), used())
    with pytest.raises(EventIdReused):
        appended(context, RECORDER, used(event_id=str(known.event_id), resource="staff-file"))
    counts = {
        outcome: context.operations.numbers.registry.get_sample_value(
            "zegel_events_total", {"group": "access", "outcome": outcome}
        )
        for outcome in ("recorded", "duplicate", "refused")
    }
    assert counts == {"recorded": 3, "duplicate": 1, "refused": 1}


def test_concurrent_appends_share_transactions(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each single append would cost a commit of its own."""
    group = context.ledger.log._group
    write: Callable[..., Any] = group._write
    sizes: list[int] = []

    def counted(requests: Any) -> Any:  # noqa: ANN401 - passed on as it is
        sizes.append(len(requests))
        return write(requests)

    monkeypatch.setattr(group, "_write", counted)

    async def all_at_once() -> list[list[Receipt]]:
        return await asyncio.gather(*(append(context, RECORDER, [used()]) for _ in range(100)))

    receipts = asyncio.run(all_at_once())
    assert sorted(each.index for (each,) in receipts) == list(range(100))
    assert sum(sizes) == 100
    assert len(sizes) < 100


def test_senders_of_one_moment_get_their_own_outcomes(context: Context) -> None:
    """A sender would be refused, or told that it is stored, for what another one sent."""
    known = used()
    appended(context, RECORDER, known)
    requests = [
        [used()] if number % 3 else [used(event_id=str(known.event_id), resource=f"file-{number}")]
        for number in range(30)
    ]
    requests[4] = [used(resource="file-111222333")]  # a citizen number
    requests[5] = [used(system="zegel")]

    async def all_at_once() -> list[list[Receipt] | BaseException]:
        appending = (append(context, RECORDER, request) for request in requests)
        return await asyncio.gather(*appending, return_exceptions=True)

    found = asyncio.run(all_at_once())
    for number, (request, outcome) in enumerate(zip(requests, found, strict=True)):
        if number in {4, 5}:
            assert isinstance(outcome, MalformedEvent)
        elif number % 3 == 0:
            assert isinstance(outcome, EventIdReused)
        else:
            assert isinstance(outcome, list)
            assert [each.event_id for each in outcome] == [each.event_id for each in request]
    assert kinds(context).count("access.used.v1") == 1 + 18
    assert kinds(context).count("log.conflict_recorded.v1") == 10
    assert context.ledger.verify().findings == ()


def test_facts_of_all_senders_take_one_thread(context: Context) -> None:
    """Each request would wait for a thread and for the interpreter, longer than for the disk."""
    names: set[str] = set()
    drafts = context.ledger.vault.drafts

    def seen(events: Sequence[Event]) -> list[Draft]:
        names.add(threading.current_thread().name)
        return drafts(events)

    context.ledger.vault.drafts = seen  # type: ignore[method-assign]  # of this log alone

    async def all_at_once() -> None:
        await asyncio.gather(*(append(context, RECORDER, [used()]) for _ in range(50)))

    asyncio.run(all_at_once())
    assert names == {"appends"}


def test_an_append_that_takes_too_long_is_told_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sender would wait for ever, or take what may be stored for what is not."""
    with served_context(tmp_path, append_s=0.2) as context:
        holding, entered = threading.Event(), threading.Event()
        drafts = context.ledger.vault.drafts

        def slow(events: Sequence[Event]) -> list[Draft]:
            entered.set()
            holding.wait()
            return drafts(events)

        monkeypatch.setattr(context.ledger.vault, "drafts", slow)
        begun, waiting = used(), used()

        async def run() -> None:
            first = asyncio.ensure_future(append(context, RECORDER, [begun]))
            await asyncio.to_thread(entered.wait)
            with pytest.raises(StoreUnavailable, match="nothing was stored") as caught:
                await append(context, RECORDER, [waiting])
            assert not isinstance(caught.value, OutcomeUnknown)
            with pytest.raises(OutcomeUnknown, match="same id"):
                await first
            holding.set()
            for _ in range(20):  # with the same id, it is there or comes now
                with contextlib.suppress(StoreUnavailable):
                    (again,) = await append(context, RECORDER, [begun])
                    assert again.duplicate
                    return

        asyncio.run(run())
        stored = [row.event_id for row in context.ledger.log.scan()]
        assert stored == [begun.event_id]
        assert context.close(10)


def test_a_service_that_stops_ends_what_it_began(context: Context) -> None:
    """What a sender was told that it is stored would be lost, or the ledger closed beneath it."""

    async def run() -> None:
        requests = [used() for _ in range(40)]
        sending = [asyncio.ensure_future(append(context, RECORDER, [each])) for each in requests]
        await asyncio.sleep(0)
        closed = await asyncio.to_thread(context.close, 20)
        assert closed
        found = await asyncio.gather(*sending, return_exceptions=True)
        stored = {row.event_id for row in context.ledger.log.scan()}
        for event, outcome in zip(requests, found, strict=True):
            if isinstance(outcome, list):
                assert event.event_id in stored
            else:
                assert "stops; nothing was stored" in str(outcome)
                assert event.event_id not in stored

    asyncio.run(run())


def test_whoever_waits_too_long_is_told_that_the_outcome_is_unknown(tmp_path: Path) -> None:
    """A sender would take a fact that may still be stored for one that is lost."""
    with served_context(tmp_path, append_s=0.1) as context:
        holding, done = threading.Event(), threading.Event()

        def slow() -> None:
            holding.wait()
            done.set()

        async def run() -> None:
            with pytest.raises(OutcomeUnknown, match="same id"):
                await within_append_time(context, slow)
            assert context.writers.borrowed_tokens == 1
            holding.set()
            await asyncio.to_thread(done.wait)

        asyncio.run(run())


def test_work_that_found_no_thread_in_time_is_never_begun(tmp_path: Path) -> None:
    """A fact would be stored after its sender was told that nothing was."""
    with served_context(tmp_path, append_s=0.1) as context:
        context.writers.total_tokens = 1
        holding = threading.Event()
        begun: list[int] = []

        async def run() -> None:
            first = asyncio.ensure_future(within_append_time(context, holding.wait))
            await asyncio.sleep(0.01)
            with pytest.raises(StoreUnavailable, match="nothing was stored") as caught:
                await within_append_time(context, lambda: begun.append(1))
            assert not isinstance(caught.value, OutcomeUnknown)
            holding.set()
            with contextlib.suppress(OutcomeUnknown):
                await first
            async with context.writers:  # it is free, and nobody else began meanwhile
                pass

        asyncio.run(run())
        assert begun == []


def test_a_caller_of_one_system_speaks_for_it(context: Context) -> None:
    """A key of one system could record in the name of another one."""
    bound = replace(RECORDER, systems=frozenset({"web-1"}))
    appended(context, bound, used(), used(system="web-1"))
    assert [row.system for row in context.ledger.log.scan()] == ["web-1", "web-1"]
    with pytest.raises(NotAuthorised, match="web-1") as caught:
        appended(context, bound, used(), used(system="web-2"))
    assert caught.value.place == 1
    several = replace(RECORDER, systems=frozenset({"web-1", "web-2"}))
    with pytest.raises(MalformedEvent, match="one of web-1, web-2"):
        appended(context, several, used())
    assert kinds(context) == ["access.used.v1", "access.used.v1", "access.attempt_denied.v1"]


def test_nobody_speaks_for_the_log_itself(context: Context) -> None:
    """A source could give itself a role with a line of JSON."""
    for system in ("zegel", "zegel.intake"):
        bound = replace(DPO, systems=frozenset({system}))
        for caller in (DPO, bound):
            with pytest.raises(MalformedEvent, match="log's own"):
                appended(context, caller, used(system=system))
    assert context.ledger.head().size == 0


def test_what_decides_needs_a_caller_who_may(context: Context) -> None:
    """A program with a key for facts could end a legal hold, or take a decision back."""
    hold = event_from_mapping(
        {
            "kind": "legal_hold.placed",
            "event_id": str(uuid7()),
            "occurred_at": "2026-11-22T09:00:00Z",
            "hold_id": "H-1",
            "person": "person:jan@example.nl",
        }
    )
    with pytest.raises(NotAuthorised, match="decide"):
        appended(context, RECORDER, hold)
    (receipt,) = appended(context, DPO, hold)
    assert isinstance(receipt.event_id, UUID)
    correction = event_from_mapping(
        {
            "kind": "log.correction_recorded",
            "event_id": str(uuid7()),
            "occurred_at": "2026-11-22T09:00:00Z",
            "corrected_event_id": str(receipt.event_id),
            "reason": "a slip",
        }
    )
    with pytest.raises(NotAuthorised, match="decide"):
        appended(context, RECORDER, correction)
    assert kinds(context) == ["access.attempt_denied.v1", "legal_hold.placed.v1"]


def test_more_facts_than_are_stored_at_once_are_refused_whole(context: Context) -> None:
    """One request could keep the log locked, and every other sender waiting."""
    few = replace(context, settings=replace(context.settings, most_events=1))
    before = context.ledger.head().size
    with pytest.raises(TooLarge, match="at most 1 facts in a request, found 2"):
        appended(few, RECORDER, used(), used())
    assert context.ledger.head().size == before
