"""Records one batch after the other: the next is encrypted while the last is being written.

What a batch costs is about one half Python (checks, digests, encryption) and one half waiting for
the database, so that two threads do both in little more than the time of the longer half.

Invariants: batches are stored in the order given, each in one transaction of its own; the outcomes
of a batch are given only after its commit is durable; behind a batch that fails none is stored.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from ledger.draft import Conflict, Draft, Receipt
from ledger.errors import StoreUnavailable
from ledger.events import Event
from ledger.own_records import refuse_reserved
from ledger.placing import each_in_place
from ledger.store.requests import Also, StaleVault
from ledger.undoing import Undone

if TYPE_CHECKING:
    from ledger.ledger import Ledger

Outcomes = list[Receipt | Conflict]

_ATTEMPTS: Final = 10
"""How often drafts are encrypted anew because subjects were erased meanwhile."""

_TURN_SECONDS: Final = 0.0002
"""How long the thread that encrypts may keep the one waiting that writes: far less than Python's
own 5 ms, which the writer would lose after each of its statements."""


class Drafted(NamedTuple):
    """Events that are ready to be sealed."""

    events: Sequence[Event]
    generation: int
    """Of the keys that they were encrypted under."""
    drafts: list[Draft]


def drafted(ledger: "Ledger", events: Sequence[Event]) -> Drafted:
    """The drafts of events; nothing of them is stored but the keys of new subjects.

    Raises:
        MalformedEvent: an event is not what its kind asks for.
        StaleVault: the keys changed since they were read.
    """
    generation = ledger.vault.generation  # before the drafts: keys may change while we encrypt
    return Drafted(events, generation, ledger.vault.drafts(events))


def append_drafted(
    ledger: "Ledger",
    events: Sequence[Event],
    expected: Sequence[int | None] | None = None,
    *,
    also: Also | None = None,
    first: Drafted | None = None,
) -> tuple[list[Draft], Outcomes]:
    """The drafts of events and one outcome for each, after one durable transaction.

    Args:
        ledger: The log.
        events: As their source reports them.
        expected: For each event, the version of its stream that the writer built on.
        also: More statements for the transaction.
        first: The drafts of these events, if they are made already; used unless keys changed.
    """
    for _ in range(_ATTEMPTS):
        try:
            made, first = first or drafted(ledger, events), None
            drafts = made.drafts if expected is None else _expecting(made.drafts, expected)
            try:
                return drafts, ledger.log.append(
                    drafts, vault_generation=made.generation, also=also
                )
            except Undone as undone:
                return drafts, undone.outcomes
        except StaleVault:
            ledger.vault.refresh()
    raise _erased_meanwhile(ledger)


def _expecting(drafts: Sequence[Draft], expected: Sequence[int | None]) -> list[Draft]:
    return [
        draft if version is None else replace(draft, expected_version=version)
        for draft, version in zip(drafts, expected, strict=True)
    ]


def _erased_meanwhile(ledger: "Ledger") -> StoreUnavailable:
    return StoreUnavailable(
        f"{ledger.origin}: subjects were erased {_ATTEMPTS} times while events were encrypted; "
        "nothing was stored"
    )


def record_batches(ledger: "Ledger", batches: Iterable[Sequence[Event]]) -> Iterator[Outcomes]:
    """For each batch its outcomes, as `Ledger.record_many` gives them.

    When the outcomes of a batch are given, the next one is being written: whoever stops there may
    find it in the log.

    Raises:
        ZegelError: as `Ledger.record_many` does, after the outcomes of the batches before were
            given.
    """
    coming = iter(batches)
    written: Future[Outcomes] | None = None
    with _swift_turns(), ThreadPoolExecutor(1, "zegel-append") as writer:
        while True:
            made, failure = _next(ledger, coming)
            done = None if written is None else written.result()
            written = None if made is None else writer.submit(ledger.record_drafted, made)
            if done is not None:
                yield done
            if failure is not None:
                raise failure
            if written is None:
                return


def _next(
    ledger: "Ledger", coming: Iterator[Sequence[Event]]
) -> tuple[Drafted | None, Exception | None]:
    """The next batch ready to be sealed, `None` at the end, or why there is none."""
    try:
        events = next(coming, None)
        if events is None:
            return None, None
        each_in_place(refuse_reserved, events)
        for _ in range(_ATTEMPTS):
            try:
                return drafted(ledger, events), None
            except StaleVault:
                ledger.vault.refresh()
        return None, _erased_meanwhile(ledger)
    except Exception as error:  # noqa: BLE001 - raised once the batch before is answered
        return None, error


_swift = Lock()
_swift_users = 0
_usual_seconds = 0.0


@contextmanager
def _swift_turns() -> Iterator[None]:
    """Lets a waiting thread of this process have its turn soon, while anybody asks for it."""
    global _swift_users, _usual_seconds  # noqa: PLW0603 - the interval belongs to the process
    with _swift:
        if not _swift_users:
            _usual_seconds = sys.getswitchinterval()
            sys.setswitchinterval(min(_usual_seconds, _TURN_SECONDS))
        _swift_users += 1
    try:
        yield
    finally:
        with _swift:
            _swift_users -= 1
            if not _swift_users:
                sys.setswitchinterval(_usual_seconds)
