"""Judging the promises of a shipped statement over a small history in a fresh log.

A history is told in days (`tests.histories.event`); day 0 is the day on which the statement is
published, and `instant` gives clock times where seconds count. Sources tell of it long after.

Publishing a statement is the dear part and the same for each history, so it is done once: every
history goes on in a copy of that log, with its keys and with the view as it stood then.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from formats.statement_file import StatementFile, publication_events, read_statement_file
from ledger.events import Event
from ledger.ledger import Ledger
from projections.cases.reading import moment_of
from projections.promises import Item, PromiseVerdict, Verdict, promise_items, promise_verdicts
from projections.promises.view import PROMISES
from projections.running import catch_up
from tests.histories import FIRST_DAY, TestClock, event, new_ledger

STATEMENTS: Final = Path(__file__).resolve().parents[2] / "examples" / "statements"
PUBLISHED_AT: Final = FIRST_DAY
"""When a statement without a date of its own is published: day 0."""
ASKED_AT: Final = FIRST_DAY + timedelta(days=150)
"""When most histories are judged: five months on, a day before sources begin to tell."""

_LOG: Final = "promises"
_DATABASE: Final = f"{_LOG}.sqlite"

Verdicts = dict[str, PromiseVerdict]


class Story(NamedTuple):
    """A history of one promise and the verdict to which it leads."""

    promise_id: str
    verdict: Verdict
    told: str
    """What happens, in a few words: the name of the case."""
    events: Sequence[Event] = ()
    decisions: Sequence[Event] = ()
    as_of: datetime = ASKED_AT
    coverage: bool = True

    def __str__(self) -> str:
        """The name of the case: `ING-01 broken: sold for money`."""
        return f"{self.promise_id} {self.verdict}: {self.told}"


@cache
def statement_file(name: str) -> StatementFile:
    """A shipped statement file, read: `ragiox-gold`."""
    path = STATEMENTS / f"{name}.yaml"
    return read_statement_file(path.read_bytes(), path.name)


def statement_log(
    folder: Path,
    name: str,
    *,
    coverage: bool = True,
    decisions: Sequence[Event] = (),
) -> Ledger:
    """A fresh log in which a statement is published, its systems covered, decisions recorded.

    Args:
        folder: Where the SQLite file and the key go; one log for each.
        name: Of the statement file, without `.yaml`.
        coverage: Whether its systems are declared connected, from its beginning without end.
        decisions: Of the DPO, such as `promise.parameter_set`.
    """
    for kept, content in _published(name, coverage=coverage).items():
        copy = folder / kept
        copy.touch(mode=0o600, exist_ok=False)  # keys that others may read are refused
        copy.write_bytes(content)
    ledger = Ledger.open(
        database=f"sqlite:///{folder / _DATABASE}",
        key_file=folder / f"{_LOG}.key.json",
        clock=TestClock(),
    )
    if decisions:
        tell(ledger, decisions)
    return ledger


@cache
def _published(name: str, *, coverage: bool) -> Mapping[str, bytes]:
    """The files of a closed log in which a statement was published, by their names."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        ledger = new_ledger(f"sqlite:///{folder / _DATABASE}", folder, _LOG)
        file = statement_file(name)
        ledger.record_many(publication_events(file, None, occurred_at=PUBLISHED_AT))
        if coverage:
            ledger.record_many([covered(system) for system in file.statement.systems])
        catch_up(ledger, [PROMISES])
        ledger.close()
        return {path.name: path.read_bytes() for path in folder.iterdir()}


def covered(system: str, *, since: datetime | None = None, until: datetime | None = None) -> Event:
    """That a system was connected: from before any statement on and without end, unless told."""
    first = since or datetime(2018, 1, 1, tzinfo=FIRST_DAY.tzinfo)
    ends = {} if until is None else {"covered_until": until.isoformat()}
    return event(
        "log.source_coverage_declared", 0, source=system, covered_from=first.isoformat(), **ends
    )


def tell(ledger: Ledger, events: Sequence[Event]) -> datetime:
    """Records events a minute later than all before, at once; gives when they were recorded."""
    clock = ledger.clock
    assert isinstance(clock, TestClock)
    clock.move()
    ledger.record_many(list(events))
    return clock.now


def verdicts(
    ledger: Ledger,
    as_of: datetime,
    as_known: datetime | None = None,
    promise_ids: Collection[str] | None = None,
) -> Verdicts:
    """The verdict of every promise at a moment that has come, or of some, by its id."""
    clock = ledger.clock
    assert isinstance(clock, TestClock)
    clock.now = max(clock.now, as_of)
    found = promise_verdicts(ledger, moment_of(ledger, as_of, as_known), promise_ids=promise_ids)
    return {str(verdict.promise_id): verdict for verdict in found}


def items(
    ledger: Ledger, promise_id: str, as_of: datetime, verdict: Verdict | None = None
) -> list[Item]:
    """The judged events of a promise, oldest first."""
    return promise_items(ledger, moment_of(ledger, as_of), promise_id, verdict=verdict)


def judged(
    folder: Path,
    name: str,
    events: Sequence[Event],
    *,
    as_of: datetime,
    coverage: bool = True,
    decisions: Sequence[Event] = (),
    promise_ids: Collection[str] | None = None,
) -> Verdicts:
    """The verdicts over one history: published, covered, decided, told, asked at a moment."""
    ledger = statement_log(folder, name, coverage=coverage, decisions=decisions)
    if events:
        tell(ledger, events)
    return verdicts(ledger, as_of, promise_ids=promise_ids)


def verdict_of(folder: Path, name: str, story: Story) -> PromiseVerdict:
    """The verdict on the promise that a story is about."""
    found = judged(
        folder,
        name,
        story.events,
        as_of=story.as_of,
        coverage=story.coverage,
        decisions=story.decisions,
        promise_ids=[story.promise_id],
    )
    return found[story.promise_id]


def instant(on: float, hour: int = 0, minute: int = 0, second: int = 0) -> str:
    """A clock time of a day of the history, as text for a field."""
    later = timedelta(days=on, hours=hour, minutes=minute, seconds=second)
    return (FIRST_DAY + later).isoformat()


def parameter_set(promise_id: str, on: float = 0, **values: int | str | bool) -> Event:
    """That the DPO set parameters; an underscore in a name stands for a hyphen."""
    return event(
        "promise.parameter_set",
        on,
        promise_id=promise_id,
        params=[{"name": name.replace("_", "-"), "value": value} for name, value in values.items()],
        decided_by="person:dpo@zegel.example",
        reason="set for this history",
    )


def reading_decided(promise_id: str, reading: str, on: float = 0) -> Event:
    """That the DPO chose one reading of a promise."""
    return event(
        "promise.interpretation_decided",
        on,
        promise_id=promise_id,
        reading=reading,
        decided_by="person:dpo@zegel.example",
        reason="chosen for this history",
    )
