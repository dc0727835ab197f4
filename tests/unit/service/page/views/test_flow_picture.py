"""Flows between parties as a picture."""

from typing import Any

from projections.row_changes import RowChange, row_changes
from service.page.views.flow_picture import MOST_BANDS, FlowPicture, flow_picture
from service.page.views.sheet import unchanged

PAIR = ("sender", "recipient", "system")


def flow(
    sender: str | None, recipient: str, performed: int = 1, **others: object
) -> dict[str, Any]:
    """One flow."""
    ends = {"sender": sender, "recipient": recipient, "system": "s"}
    return {**ends, "count": performed, "blocked": 0, "failed": 0, **others}


def drawn(changes: list[RowChange]) -> FlowPicture:
    """The picture, which there is."""
    picture = flow_picture(changes)
    assert picture is not None
    return picture


def test_nothing_is_drawn_of_nothing() -> None:
    """A page would show an empty frame."""
    assert flow_picture([]) is None


def test_flows_between_the_same_two_are_one_band() -> None:
    """Two systems would hide how much goes between two parties."""
    picture = drawn(
        unchanged([flow("a", "b", 2), flow("a", "b", 3, system="t", blocked=1), flow("a", "c")])
    )
    (busy, quiet) = picture.bands
    assert (busy.performed, busy.stopped) == (5, 1)
    assert busy.width > quiet.width
    assert [party.name for party in picture.senders] == ["a"]
    assert [party.name for party in picture.recipients] == ["b", "c"]


def test_a_band_begins_and_ends_at_its_parties() -> None:
    """A band would point at somebody who got nothing."""
    picture = drawn(unchanged([flow("a", "b", 9), flow("c", "d", 1)]))
    starts = {party.name: party.y for party in picture.senders}
    ends = {party.name: party.y for party in picture.recipients}
    for band in picture.bands:
        assert f" {starts[band.sender]} C " in band.path
        assert band.path.endswith(f" {ends[band.recipient]}")
    assert picture.height > max(*starts.values(), *ends.values())


def test_what_came_of_a_pair_is_told() -> None:
    """A flow to a new recipient would look like all others."""
    before, after = [flow("a", "b"), flow("a", "c")], [flow("a", "b"), flow("a", "d")]
    picture = drawn(row_changes(before, after, PAIR))
    whats = {(band.recipient, band.what) for band in picture.bands}
    assert whats == {("b", "same"), ("d", "came"), ("c", "went")}


def test_many_pairs_are_left_to_the_table() -> None:
    """A picture of hundreds of lines would tell nothing."""
    many = [flow("a", f"r{number:03}", 1 + number) for number in range(MOST_BANDS + 5)]
    picture = drawn(unchanged(many))
    assert len(picture.bands) == MOST_BANDS
    assert picture.left_out == 5
    assert picture.bands[0].recipient == f"r{MOST_BANDS + 4:03}"


def test_somebody_unnamed_is_drawn_too() -> None:
    """What went to or from an unknown party would be missing."""
    picture = drawn(unchanged([flow(None, "b")]))
    assert [party.name for party in picture.senders] == ["?"]
