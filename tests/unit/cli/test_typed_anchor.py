"""Anchors are read as typed: a date stays a date, and no local time is guessed."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from cli.typed_anchor import AnchorReader, read_parameters
from ledger.errors import BadRequest
from projections.deadlines import Anchor, newest_of
from projections.deadlines.refusals import Uncomputable

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
READER = AnchorReader(NOW, AMSTERDAM)


def instant(text: str) -> Anchor:
    return Anchor(at=datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("typed", "anchor"),
    [
        ("2026-01-31", Anchor(on=date(2026, 1, 31))),
        (" 2026-01-31 ", Anchor(on=date(2026, 1, 31))),
        ("20260131", Anchor(on=date(2026, 1, 31))),
        ("yesterday", Anchor(on=date(2026, 11, 19))),
        ("gisteren", Anchor(on=date(2026, 11, 19))),
        ("3 maart 2026", Anchor(on=date(2026, 3, 3))),
        ("2026-04-03 17:30", instant("2026-04-03T15:30:00+00:00")),
        ("2026-04-03T17:30:00+02:00", instant("2026-04-03T15:30:00+00:00")),
        ("2026-10-25T02:30+01:00", instant("2026-10-25T01:30:00+00:00")),
        ("gisteren 14:00", instant("2026-11-19T13:00:00+00:00")),
        ("yesterday 00:00", instant("2026-11-18T23:00:00+00:00")),
        ("3 maart 2026 09:00", instant("2026-03-03T08:00:00+00:00")),
        ("-2h", instant("2026-11-20T13:30:00+00:00")),
        ("now", instant("2026-11-20T15:30:00+00:00")),
    ],
)
def test_a_typed_moment_is_an_instant_only_with_a_time_of_day(typed: str, anchor: Anchor) -> None:
    """72 hours would run from a midnight that nobody named, or a day from another date."""
    assert READER.read(typed, "--from") == anchor


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("2026-10-25 02:30", "ambiguous_local_time"),
        ("2026-03-29T02:30", "nonexistent_local_time"),
    ],
)
def test_a_local_time_that_is_no_single_instant_is_refused(typed: str, reason: str) -> None:
    """One of two instants would be taken without a word."""
    with pytest.raises(Uncomputable) as refused:
        READER.read(typed, "--from")
    assert refused.value.reason == reason


def test_a_worded_time_in_the_repeated_hour_is_refused() -> None:
    """What is refused as a date and time would pass as `yesterday` with the same time."""
    day_after = AnchorReader(datetime(2026, 10, 26, 9, tzinfo=UTC), AMSTERDAM)
    with pytest.raises(Uncomputable, match="occurs twice"):
        day_after.read("yesterday 02:30", "--from")


def test_elapsed_time_into_the_repeated_hour_is_an_instant() -> None:
    """Three hours ago is one instant, whatever the clock of a wall said."""
    reader = AnchorReader(datetime(2026, 10, 25, 4, 0, tzinfo=UTC), AMSTERDAM)
    assert reader.read("-3h", "--from") == instant("2026-10-25T01:00:00+00:00")


@pytest.mark.parametrize("typed", ["", "blah", "2026-13-01", "2026-02-30", "@3"])
def test_what_means_no_moment_is_refused_with_its_place(typed: str) -> None:
    """A typing error would become some moment."""
    with pytest.raises(BadRequest, match="--from: time"):
        READER.read(typed, "--from")


def test_named_anchors_are_read_once_each() -> None:
    """One of two values would win silently."""
    found = READER.read_named(["aware=2026-04-03", "other=-2h"], taken=set())
    assert found["aware"] == Anchor(on=date(2026, 4, 3))
    for pairs in (["a=now", "a=now"], ["received=now"], ["a"], ["a="], ["=now"]):
        with pytest.raises(BadRequest, match="--anchor"):
            READER.read_named(pairs, taken={"received"})


def test_parameters_have_the_type_of_their_rule() -> None:
    """A switch would be read as a number, or a misspelt one be passed over."""
    contract, request = newest_of("contract-days"), newest_of("gdpr-12-3")
    assert read_parameters(["days=14"], contract) == {"days": 14}
    assert read_parameters(["include_equated_days=Yes"], request) == {"include_equated_days": True}
    for wrong in (["days=x"], ["days=-1"], ["dayz=1"], ["days"], ["days=1", "days=2"]):
        with pytest.raises(BadRequest, match="--param"):
            read_parameters(wrong, contract)
    with pytest.raises(BadRequest, match="from 0 to 999999, found '99999999999'"):
        read_parameters(["days=99999999999"], contract)
    with pytest.raises(BadRequest, match="true or false"):
        read_parameters(["include_equated_days=1"], request)
