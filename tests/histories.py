"""Small histories for tests of views: events by day, and ledgers whose clock moves as told."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from ledger.events import Event, event_from_mapping
from ledger.ledger import Ledger

FIRST_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
RECORDING: Final = datetime(2026, 6, 1, tzinfo=UTC)
"""When the clock of a history starts: long after what it tells."""


def day(number: float) -> datetime:
    """The start of a day of the history; day 0 is the first."""
    return FIRST_DAY + timedelta(days=number)


def event(kind: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - whatever the kind takes
    """An event of a kind that occurred on a day."""
    return event_from_mapping({"kind": kind, "occurred_at": day(on).isoformat(), **fields})


class TestClock:
    """A clock that stands still until it is moved."""

    __test__ = False

    def __init__(self) -> None:
        self.now = RECORDING

    def __call__(self) -> datetime:
        """The instant at which it stands."""
        return self.now

    def move(self) -> None:
        """Moves on by a minute."""
        self.now += timedelta(minutes=1)


def new_ledger(database: str, folder: Path, name: str = "views") -> Ledger:
    """An empty log of that name, with a clock that stands still."""
    return Ledger.create(
        database=database,
        key_file=folder / f"{name}.key.json",
        origin=f"log.example/{name}",
        clock=TestClock(),
    )


def told(ledger: Ledger, *events: Event) -> list[datetime]:
    """Records the events one by one, a minute apart; gives when each was recorded."""
    clock = ledger.clock
    assert isinstance(clock, TestClock)
    times = []
    for each in events:
        clock.move()
        recorded_at = ledger.record(each).recorded_at
        assert recorded_at is not None
        times.append(recorded_at)
    return times


def shown(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """Some columns of some rows."""
    return [tuple(row[name] for name in names) for row in rows]


def tokens(ledger: Ledger, **identities: str) -> Mapping[str, str]:
    """The tokens that stand for identities, by the name given to each."""
    found = {}
    for name, identity in identities.items():
        (subject_id,) = ledger.subjects_matching(identity)
        found[name] = f"{identity.partition(':')[0]}#{subject_id.hex}"
    return found
