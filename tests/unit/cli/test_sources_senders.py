"""Whether a sender counts over all its processes or each by itself is told by its numbers."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from cli.sources_numbers import Numbers
from cli.sources_senders import MOST_PARTS, Counting, Sender
from formats.reading import Numbered

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOST = "sequence-id-1"


def heard(*messages: tuple[str, int], kept: Numbers | None = None) -> Numbers:
    """What is known of one machine after messages of its processes."""
    found = kept or Numbers()
    for place, (process, number) in enumerate(messages):
        found.follow(
            Numbered(HOST, number, process),
            place=f"p{place}",
            now=NOW,
            before_at=None,
            after_at=None,
        )
        found = msgspec.json.decode(msgspec.json.encode(found), type=Numbers)
    return found


def missing(numbers: Numbers) -> list[tuple[str, int, int]]:
    return [(each.series, each.gap.first, each.gap.count) for each in numbers.to_tell(before=None)]


@pytest.mark.parametrize(
    ("messages", "gaps"),
    [
        ([("a 1", 500), ("b 2", 700), ("a 1", 501), ("b 2", 701), ("a 1", 502)], []),
        ([("a 1", 500), ("b 2", 1), ("a 1", 501), ("b 2", 2), ("a 1", 502)], []),
        ([("a 1", 500), ("b 2", 700)], []),
        ([("a 1", 7), ("a 2", 1), ("a 2", 2), ("a 2", 3)], []),
        ([("a 1", 7), ("a 1", 1), ("a 1", 2)], []),
        ([("a 1", 2_147_483_647), ("a 1", 1), ("a 1", 2)], []),
        (
            [("a 1", 500), ("b 2", 1), ("a 1", 501), ("b 2", 2), ("b 2", 4), ("a 1", 503)],
            [(f"{HOST} b 2", 3, 1), (f"{HOST} a 1", 502, 1)],
        ),
    ],
    ids=[
        "two processes that were joined",
        "one that begins later",
        "nothing is certain yet",
        "a process that starts again",
        "one that starts again under its number",
        "the largest number",
        "losses of each",
    ],
)
def test_a_program_counts_for_itself(
    messages: list[tuple[str, int]], gaps: list[tuple[str, int, int]]
) -> None:
    """Two programs with a library that counts by process would look like a lossy network."""
    assert sorted(missing(heard(*messages))) == sorted(gaps)


@pytest.mark.parametrize(
    ("messages", "gaps"),
    [
        ([("a 1", 1), ("b 2", 2), ("a 1", 3), ("c 3", 4)], []),
        ([("a 1", 1), ("b 2", 2), ("a 1", 4)], [(HOST, 3, 1)]),
        ([("a 1", 1), ("b 2", 3), ("a 1", 4)], [(HOST, 2, 1)]),
        ([("a 1", 5), ("b 2", 7), ("a 1", 6), ("c 3", 8), ("a 1", 9)], []),
        ([("a 1", 5), ("b 2", 6), ("a 1", 7), ("b 2", 1), ("a 1", 2), ("b 2", 3)], []),
    ],
    ids=["whole", "one that is lost", "one before a new process", "overtaken", "begun anew"],
)
def test_a_daemon_counts_over_all_programs(
    messages: list[tuple[str, int]], gaps: list[tuple[str, int, int]]
) -> None:
    """What a daemon lost would not be missed, or each change of program would look like a loss."""
    assert missing(heard(*messages)) == gaps


def test_what_is_in_doubt_waits_until_it_is_known() -> None:
    """A loss would be told of a network that lost nothing, or one be forgotten that happened."""
    doubtful = heard(("a 1", 1), ("b 2", 3))
    assert list(doubtful.to_tell(before=NOW + timedelta(hours=1))) == []
    assert missing(heard(("a 1", 4), kept=doubtful)) == [(HOST, 2, 1)]


def test_a_sender_that_changes_its_way_leaves_no_gap_of_the_other() -> None:
    """Losses would be told that follow from counting in the wrong way."""
    by_part = heard(("a 1", 500), ("b 2", 1), ("a 1", 501), ("b 2", 2), ("b 2", 4))
    assert missing(by_part) == [(f"{HOST} b 2", 3, 1)]
    together = heard(("c 3", 600), ("a 1", 601), ("b 2", 602), kept=by_part)
    assert missing(together) == []


def test_few_parts_of_a_sender_are_remembered() -> None:
    """A machine that starts a process for each message would fill the memory."""
    sender = Sender()
    for number in range(2 * MOST_PARTS):
        assert not sender.hear(f"a {number}", number, fills=True)
    assert len(sender.parts) == MOST_PARTS
    assert sender.counting is Counting.UNKNOWN
