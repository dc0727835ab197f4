"""A told block fits a ban as far as is known when it happened."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from projections.investigation.told_bans import ToldBlock

BEGINS = datetime(2026, 11, 22, 9, tzinfo=UTC)
ENDS = BEGINS + timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def _told(at: datetime, uncertainty: timedelta) -> ToldBlock:
    return ToldBlock(
        index=3,
        event_id=None,
        stream=UUID(int=7),
        scope="sshd",
        ip="ip#1",
        occurred_at=at,
        uncertainty=uncertainty,
        is_erased=False,
    )


@pytest.mark.parametrize(
    ("at", "uncertainty", "fits"),
    [
        (BEGINS, timedelta(), True),
        (ENDS, timedelta(), True),
        (BEGINS - MINUTE, timedelta(), False),
        (ENDS + MINUTE, timedelta(), False),
        (BEGINS - MINUTE, MINUTE, True),
        (ENDS + MINUTE, MINUTE, True),
        (BEGINS - 2 * MINUTE, MINUTE, False),
        (BEGINS, timedelta.max, True),
    ],
)
def test_a_block_fits_as_far_as_its_time_is_known(
    at: datetime, uncertainty: timedelta, *, fits: bool
) -> None:
    """A ban would be told as missing, or the comparison end on an uncertainty of ages."""
    assert _told(at, uncertainty).fits(BEGINS, ENDS) is fits
    open_end = datetime.max.replace(tzinfo=UTC)
    assert _told(BEGINS, uncertainty).fits(BEGINS, open_end)
