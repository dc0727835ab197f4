"""Times without a year are of the latest year in which they have passed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cli.watching.first_year import first_year

ZONE = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("head", "now", "expected"),
    [
        (b"Jan  1 09:00:00 web sshd[1]: x\n", datetime(2026, 1, 2, tzinfo=UTC), 2026),
        (b"Dec 30 09:00:00 web sshd[1]: x\n", datetime(2026, 1, 2, tzinfo=UTC), 2025),
        (b"<38>Dec 30 09:00:00 sshd[1]: x\n", datetime(2026, 1, 2, tzinfo=UTC), 2025),
        (b"heading\nDec 30 09:00:00 web x: y\n", datetime(2026, 1, 2, tzinfo=UTC), 2025),
        (b"Feb 29 09:00:00 web x: y\n", datetime(2025, 1, 2, tzinfo=UTC), 2024),
        (b"Feb 30 09:00:00 web x: y\n", datetime(2025, 1, 2, tzinfo=UTC), 2025),
        (b"2024-01-01T00:00:00Z web x: y\n", datetime(2026, 5, 2, tzinfo=UTC), 2026),
        (b"", datetime(2025, 12, 31, 23, 30, tzinfo=UTC), 2026),
    ],
)
def test_the_year_is_found(head: bytes, now: datetime, expected: int) -> None:
    """A log that is followed over New Year would be a year off, or refused as in the future."""
    assert first_year(head, ZONE, now) == expected
