"""A system is declared covered while all its sources are read to their end, and never longer."""

from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest

from cli.watching.coverage import LAG, Coverage
from cli.watching.running import Watch
from ledger.errors import StoreUnavailable
from ledger.events.log_integrity import LogSourceCoverageDeclared
from ledger.ledger import Ledger
from tests.watched import WatchedHome, wait_until

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def coverage(home: WatchedHome, *sources: str) -> Coverage:
    return Coverage(home.ledger, home.home, "gateway", sources or ("one",))


def declared(home: WatchedHome) -> list[tuple[datetime, datetime | None]]:
    found = []
    for record in home.records():
        event = record.event
        assert isinstance(event, LogSourceCoverageDeclared)
        assert (event.source, event.kinds) == ("gateway", ())
        found.append((event.covered_from, event.covered_until))
    return found


def test_a_stretch_is_declared_when_it_ends(home: WatchedHome) -> None:
    """Silence would be said to mean something while nobody listened."""
    covered = coverage(home)
    covered.reached("one", AT)
    covered.reached("one", AT + 2 * MINUTE)
    assert declared(home) == []
    covered.reached("one", None)
    covered.reached("one", AT + 5 * MINUTE)
    covered.reached("one", AT + 6 * MINUTE)
    covered.end()
    covered.end()
    assert declared(home) == [
        (AT, AT + 2 * MINUTE - LAG),
        (AT + 5 * MINUTE, AT + 6 * MINUTE - LAG),
    ]


def test_a_long_stretch_is_declared_every_hour(home: WatchedHome) -> None:
    """What is covered would be told only when the watch ends, months later."""
    covered = coverage(home)
    for minute in range(0, 150, 10):
        covered.reached("one", AT + minute * MINUTE)
    assert len(declared(home)) == 2
    covered.end()
    found = declared(home)
    assert found[0][0] == AT
    assert found[-1][1] == AT + 140 * MINUTE - LAG
    assert [until for _, until in found[:-1]] == [begins for begins, _ in found[1:]]


def test_a_system_is_covered_while_all_its_sources_are(home: WatchedHome) -> None:
    """The log of the one program would vouch for the silence of the other."""
    covered = coverage(home, "one", "two")
    covered.reached("one", AT)
    covered.reached("two", AT + 3 * MINUTE)
    covered.reached("one", AT + 4 * MINUTE)
    covered.reached("two", AT + 9 * MINUTE)
    covered.reached("one", None)
    covered.reached("two", AT + 20 * MINUTE)
    covered.end()
    assert declared(home) == [(AT, AT + 4 * MINUTE - LAG)]


def test_after_a_kill_a_stretch_ends_where_it_was_noted(home: WatchedHome) -> None:
    """The time between a kill and the next start would be declared covered."""
    covered = coverage(home)
    covered.reached("one", AT)
    covered.reached("one", AT + 10 * MINUTE)
    covered.reached("one", AT + 10 * MINUTE + timedelta(seconds=1))
    again = coverage(home)
    again.reached("one", AT + 30 * MINUTE)
    assert declared(home) == [(AT, AT + 10 * MINUTE - LAG)]
    again.reached("one", AT + 31 * MINUTE)
    again.end()
    assert declared(home)[1:] == [(AT + 30 * MINUTE, AT + 31 * MINUTE - LAG)]


@pytest.mark.parametrize("is_recorded", [False, True])
def test_a_kill_while_it_is_declared_tells_it_once(home: WatchedHome, *, is_recorded: bool) -> None:
    """A stretch would be declared twice, or not at all."""
    covered = coverage(home)
    covered.reached("one", AT)
    covered.reached("one", AT + 10 * MINUTE)
    record = Ledger.record_own_once

    def killed(ledger: Ledger, event: LogSourceCoverageDeclared) -> int:
        if is_recorded:
            record(ledger, event)
        message = "killed"
        raise StoreUnavailable(message)

    with (
        mock.patch.object(Ledger, "record_own_once", killed),
        pytest.raises(StoreUnavailable, match="killed"),
    ):
        covered.end()
    coverage(home).reached("one", AT + 20 * MINUTE)
    assert declared(home) == [(AT, AT + 10 * MINUTE - LAG)]


def test_a_watch_declares_what_it_watched(home: WatchedHome) -> None:
    """No watch would ever declare anything."""
    home.write_config('[[source]]\nsystem = "gateway"\nformat = "openssh"\nfile = "a.log"\n')
    (home.folder / "a.log").write_text("a line of something else\n")
    with mock.patch("cli.watching.coverage.LAG", timedelta()), home.watching() as watch:
        wait_until(lambda: _is_covered(watch))
    events = [
        each.event for each in home.records() if isinstance(each.event, LogSourceCoverageDeclared)
    ]
    assert [each.source for each in events] == ["gateway"]


def _is_covered(watch: Watch) -> bool:
    stretch = watch._coverages["gateway"]._stretch
    return None not in {stretch.begins, stretch.until} and stretch.begins != stretch.until
