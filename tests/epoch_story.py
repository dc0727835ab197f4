"""A log whose epochs are told as a story: days pass as told; a step may be another process."""

from datetime import UTC, datetime, timedelta
from typing import Final

from ledger.events import Event
from ledger.events.log_keeping import LogKeyRotated
from ledger.ledger import Ledger
from ledger.settings import Settings
from ledger.store.engine import reading
from ledger.vault.epoch_table import live_keys
from ledger.vault.key_stores import KeyPlace
from tests.grants import grant

BEGAN: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY: Final = timedelta(days=1)
SETTINGS: Final = Settings("log.example/epochs", "", backup_retention_days=35)
PEOPLE: Final = 7


class Story:
    """A log of which every open begins anew, and whose days pass as told."""

    def __init__(self, database: str, place: KeyPlace, origin: str = SETTINGS.origin) -> None:
        """Makes the log, with a few people in it."""
        self.database = database
        self.place = place
        self.origin = origin
        self.now = BEGAN
        ledger = Ledger.create(database=database, key_file=place, origin=origin, clock=self.clock)
        self.opened = [ledger]
        ledger.record_many([person(number) for number in range(PEOPLE)])

    def clock(self) -> datetime:
        """The present of this story."""
        self.now += timedelta(seconds=1)
        return self.now

    @property
    def ledger(self) -> Ledger:
        """The log as it was opened last."""
        return self.opened[-1]

    def reopen(self) -> Ledger:
        """The log as the next process opens it."""
        self.opened.append(
            Ledger.open(
                database=self.database, key_file=self.place, origin=self.origin, clock=self.clock
            )
        )
        return self.ledger

    def close(self) -> None:
        """Closes all that was opened."""
        for ledger in self.opened:
            ledger.close()


def person(number: int) -> Event:
    """A grant to somebody."""
    return grant(grant_id=f"G-{number}", grantee=f"person:p{number}@example.nl")


def wrapped_in(ledger: Ledger) -> dict[int, int]:
    """How many live subject keys are wrapped in each epoch."""
    with reading(ledger.log.engine) as connection:
        return live_keys(connection, ledger.log.log_id)


def names(ledger: Ledger) -> set[str]:
    """The people who can still be read."""
    texts = (
        value
        for row in ledger.log.scan_disclosures(0)
        for event_id in [ledger.log.records_at([row.index])[0].event_id]
        if event_id is not None
        for value in (ledger.vault.values_of(row, event_id) or {}).values()
    )
    return {text for text in texts if isinstance(text, str) and text.startswith("person:p")}


def rotations(ledger: Ledger) -> list[LogKeyRotated]:
    """What the log says about its epoch keys."""
    events = (opened.event for opened in ledger.open_records(ledger.log.scan()))
    return [event for event in events if isinstance(event, LogKeyRotated)]
