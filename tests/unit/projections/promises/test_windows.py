"""How far from a judged event something bears on it."""

import pytest

from ledger.events.promise import Limit, Need, Selector
from projections.bitemporal import FOREVER
from projections.promises.editions import Edition
from projections.promises.windows import EARLIEST, Reach, reach_of

_HOUR = 3_600_000_000
_DAY = 24 * _HOUR
_ATTEMPTS = (Selector(kinds=("intrusion.attempt_detected",)),)
_GRANTS = (Selector(kinds=("access.granted",)),)


def _edition() -> Edition:
    return Edition(
        promise_id="INF-08",
        declared_index=0,
        policy_index=None,
        parameters={},
        set_by={},
        reading=None,
        read_by=None,
        waived_by=None,
        zone="Europe/Amsterdam",
        valid_from=0,
        valid_to=FOREVER,
        known_from=0,
        known_to=FOREVER,
    )


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        (Need(role="answer", opens=_ATTEMPTS), Reach(0, FOREVER)),
        (Need(role="hold", opens=_ATTEMPTS), Reach(FOREVER, FOREVER)),
        (Need(role="required", opens=_ATTEMPTS), Reach(FOREVER, 0)),
        (
            Need(role="required", opens=_ATTEMPTS, lasting=Limit(amount=2, unit="hours")),
            Reach(2 * _HOUR, 0),
        ),
        (
            Need(
                role="required",
                opens=_ATTEMPTS,
                lasting=Limit(amount=2, unit="hours"),
                within=Limit(amount=1, unit="days"),
            ),
            Reach(_DAY + 2 * _HOUR, 0),
        ),
        (
            Need(role="required", opens=_GRANTS, lasting=Limit(amount=2, unit="hours")),
            Reach(FOREVER, 0),  # a grant may say itself until when it stands
        ),
        (
            Need(role="required", opens=_ATTEMPTS, lasting=Limit(parameter="window")),
            Reach(FOREVER, 0),  # nobody set it
        ),
    ],
)
def test_a_need_reaches_as_far_as_what_serves_it_may_stand(need: Need, expected: Reach) -> None:
    """An event would be judged without something that stood at its moment."""
    assert reach_of(need, [_edition()]) == expected


def test_months_reach_further_than_the_longest_of_them() -> None:
    """Two months in summer are longer than those that begin a year."""
    need = Need(role="required", opens=_ATTEMPTS, lasting=Limit(amount=2, unit="months"))
    assert reach_of(need, [_edition()]).back >= 62 * _DAY


@pytest.mark.parametrize("moment", [EARLIEST, -2, 0, 10])
def test_no_window_leaves_the_range_of_the_tables(moment: int) -> None:
    """An event of long ago would be asked for with a number that no database takes."""
    since, until = Reach(2**62, 0).around(moment)
    assert EARLIEST <= since <= until == moment
    assert Reach(FOREVER, FOREVER).around(moment) == (EARLIEST, FOREVER)
