"""Typed times that name a record mean what that record tells."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from formats.record_times import size_of_record, time_reader
from ledger.errors import BadRequest
from ledger.ledger import Ledger
from tests.grants import OCCURRED_AT, grant
from tests.served import served_context

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A log with one grant."""
    with served_context(tmp_path) as context:
        context.ledger.record(grant())
        yield context.ledger


def test_a_record_stands_for_when_it_occurred_or_was_recorded(ledger: Ledger) -> None:
    """A window would begin when somebody typed the fact, not when it happened."""
    assert time_reader(ledger, NOW, AMSTERDAM).read("@0") == OCCURRED_AT
    recorded = time_reader(ledger, NOW, AMSTERDAM, recorded=True).read("@0")
    (opened,) = ledger.open_records(ledger.log.records_at([0]))
    assert recorded == opened.recorded_at
    assert time_reader(ledger, NOW, AMSTERDAM).read("-2h") == NOW - timedelta(hours=2)


def test_a_record_that_is_not_there_is_refused(ledger: Ledger) -> None:
    """A window would begin nowhere."""
    with pytest.raises(BadRequest, match=r"below 1, found none"):
        time_reader(ledger, NOW, AMSTERDAM).read("@7")
    with pytest.raises(BadRequest, match=r"below 1, found none"):  # no database takes this number
        time_reader(ledger, NOW, AMSTERDAM).read(f"@{'9' * 30}")


@pytest.mark.parametrize(
    ("typed", "size"),
    [("@41", 42), ("@0", 1), ("41", None), ("@", None), ("@-1", None), ("@" + "9" * 5000, None)],
)
def test_a_record_stands_for_itself_and_all_before(typed: str, size: int | None) -> None:
    """What was known at a record would lack that record."""
    assert size_of_record(typed) == size
