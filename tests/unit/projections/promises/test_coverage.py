"""When sources were declared connected, and by which declarations."""

from ledger.opening import instant_of
from projections.bitemporal import FOREVER
from projections.promises.coverage import Covered, Lost, gaps_of, losses_of, relied_on

HOUR = 3_600_000_000


def covered(index: int, since: int, until: int = FOREVER, *kinds: str) -> Covered:
    """A declaration about the portal, in hours."""
    end = until if until == FOREVER else until * HOUR
    return Covered(index, "portal", since * HOUR, end, frozenset(kinds))


def gaps(declared: list[Covered], *kinds: str) -> list[tuple[float, float | None]]:
    """The gaps of hours 0 to 10."""
    found = gaps_of(declared, ["portal"], kinds or ("access.used",), 0, 10 * HOUR)
    zero = instant_of(0)
    return [
        (
            (gap.since - zero).total_seconds() / 3600,
            None if gap.until is None else (gap.until - zero).total_seconds() / 3600,
        )
        for gap in found
    ]


def test_nothing_declared_is_one_gap_up_to_the_moment_asked() -> None:
    """Silence of a source that nobody connected would be taken for good conduct."""
    assert gaps([]) == [(0, None)]
    assert gaps([Covered(1, "other", 0, FOREVER, frozenset())]) == [(0, None)]


def test_declarations_that_overlap_or_touch_leave_no_gap() -> None:
    """Two declarations one after the other would never cover a year."""
    assert gaps([covered(1, -1, 4), covered(2, 4, 7), covered(3, 6)]) == []


def test_one_declaration_within_another_takes_nothing_away() -> None:
    """A short declaration would end a long one."""
    assert gaps([covered(1, -1, 12), covered(2, 2, 3)]) == []


def test_gaps_at_both_ends_and_between_are_told() -> None:
    """A time in which nobody listened would not be named."""
    assert gaps([covered(1, 1, 3), covered(2, 5, 8)]) == [(0, 1), (3, 5), (8, None)]


def test_kinds_may_be_declared_apart() -> None:
    """What two connections tell together would count as half told by each."""
    apart = [covered(1, 0, 10, "access.used"), covered(2, 0, FOREVER, "data.stored")]
    assert gaps(apart, "access.used.v1", "data.stored") == []


def test_a_kind_that_was_not_declared_is_a_gap() -> None:
    """A source that tells of logins alone would prove that nothing was stored."""
    some = [covered(1, 0, FOREVER, "access.used"), covered(2, 4, FOREVER, "data.stored")]
    assert gaps(some, "access.used", "data.stored") == [(0, 4)]


def test_each_source_is_asked_for_itself() -> None:
    """One connected system would stand for another."""
    found = gaps_of([covered(1, 0)], ["portal", "mail", "portal"], ["access.used"], 0, HOUR)
    assert [gap.system for gap in found] == ["mail"]


def test_only_declarations_that_count_are_relied_on() -> None:
    """A verdict would name a record that has nothing to do with it."""
    declared = [
        covered(1, -9, -1),
        covered(2, 0, 5),
        covered(3, 5, FOREVER, "data.stored"),
        covered(4, 11),
        Covered(5, "mail", 0, FOREVER, frozenset()),
    ]
    assert relied_on(declared, ["portal"], ["access.used"], 0, 10 * HOUR) == [2]
    assert relied_on(declared, ["portal"], ["data.stored.v1"], 0, 10 * HOUR) == [2, 3]


def test_losses_are_those_of_the_sources_within_the_time_asked() -> None:
    """A line that another source lost, or that was lost before, would count against a promise."""
    lost = [
        Lost(5, "portal", 3 * HOUR, 4 * HOUR),
        Lost(4, "portal", -2 * HOUR, HOUR),
        Lost(3, "portal", -2 * HOUR, -HOUR),
        Lost(2, "mail", 3 * HOUR, 4 * HOUR),
        Lost(6, "portal", 9 * HOUR, 12 * HOUR),
        Lost(7, "portal", 11 * HOUR, 12 * HOUR),
    ]
    found = losses_of(lost, {"portal"}, 0, 10 * HOUR)
    assert [gap.lost_index for gap in found] == [4, 5, 6]
    assert found[0].since == instant_of(0)
    assert found[-1].until == instant_of(10 * HOUR)
