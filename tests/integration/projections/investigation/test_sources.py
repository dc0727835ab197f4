"""Which sources were silent in a window, and which clocks were off."""

from datetime import timedelta

from ledger.events import Event
from ledger.ledger import Ledger
from ledger.own_records import SOURCES
from projections.investigation.sources import SourceWindow, sources_within
from tests.histories import day, event, told


def _heard(on: float, system: str = "web", **more: str) -> Event:
    return event("access.used", on, system=system, resource="x", **more)


def _covered(start: float, end: float | None, **more: object) -> Event:
    until = {} if end is None else {"covered_until": day(end).isoformat()}
    return event(
        "log.source_coverage_declared",
        9,
        source="web",
        covered_from=day(start).isoformat(),
        **until,
        **more,
    )


def _web(ledger: Ledger, since: float = 1, until: float = 9) -> SourceWindow:
    found = {each.system: each for each in sources_within(ledger, day(since), day(until))}
    return found["web"]


def test_the_longest_silence_is_found_with_the_records_beside_it(ledger: Ledger) -> None:
    """A source that fell silent while something happened would not be noticed."""
    told(ledger, _heard(0), _heard(2), _heard(6), _heard(7), _heard(20))
    web = _web(ledger)
    assert (web.records, web.first_heard, web.last_heard) == (3, day(2), day(7))
    assert (web.silent_from, web.silent_until) == (day(2), day(6))
    assert web.silence == timedelta(days=4)
    assert (web.covered, web.rests_on) == (False, (1, 2))


def test_a_source_that_was_never_heard_is_silent_all_the_time(ledger: Ledger) -> None:
    """The quietest source would be missing from the list of the silent."""
    told(ledger, event("system.registered", 0, system_id="web", organisation="acme"))
    web = _web(ledger)
    assert (web.records, web.silent_from, web.silent_until) == (0, day(1), day(9))
    assert web.organisation == "acme"


def test_silence_is_covered_only_by_declarations_without_a_gap(ledger: Ledger) -> None:
    """A source that was off for an hour would prove that nothing happened."""
    told(ledger, _heard(2), _heard(6), _covered(0, 4), _covered(5, None))
    assert not _web(ledger).covered
    told(ledger, _covered(3.5, 5))
    web = _web(ledger)
    assert web.covered
    assert web.rests_on == (0, 1, 2, 4, 3)


def test_a_silence_with_a_gap_in_it_is_not_covered(ledger: Ledger) -> None:
    """Lines that were lost would prove that nothing happened."""
    told(ledger, _heard(2), _heard(6), _covered(0, None))
    gap = {
        "source": "web",
        "source_format": "pgaudit",
        "series_id": "0192f5a4-7c1e-7b3a-9d2e-5f6a7b8c9d0e",
        "first_missing": 8,
        "missing": 2,
    }
    for system, start, end in (("crm", 2, 6), (SOURCES, 6, 7), (SOURCES, 0, 2)):
        times = {"missing_from": day(start).isoformat(), "missing_until": day(end).isoformat()}
        ledger.record_own(event("log.source_gap_detected", 7, system=system, **gap, **times))
    assert _web(ledger, until=7).covered
    times = {"missing_from": day(2).isoformat(), "missing_until": day(6).isoformat()}
    ledger.record_own(event("log.source_gap_detected", 7, system=SOURCES, **gap, **times))
    web = _web(ledger, until=7)
    assert (web.covered, web.rests_on) == (False, (0, 1, 2, 6))


def test_a_declaration_about_some_kinds_covers_no_silence(ledger: Ledger) -> None:
    """Whoever reports logins only would vouch for exchanges too."""
    told(ledger, _heard(2), _heard(6), _covered(0, None, kinds=["access.used"]))
    assert not _web(ledger).covered


def test_clocks_that_were_off_are_told(ledger: Ledger) -> None:
    """The order of events would rest on a clock that was known to be wrong."""
    told(
        ledger,
        _heard(2, clock_offset="PT5S"),
        event(
            "log.clock_skew_recorded",
            8,
            source="web",
            offset="-PT160S",
            skew_from=day(3).isoformat(),
            skew_until=day(4).isoformat(),
        ),
        event("log.clock_skew_recorded", 12, source="web", offset="PT1S"),
        event("log.clock_skew_recorded", 5, source="other", offset="PT1S"),
    )
    assert [(each.offset.total_seconds(), each.index) for each in _web(ledger).skews] == [
        (-160, 1),
        (5, 0),
    ]
    assert [each.index for each in _web(ledger, since=5).skews] == []


def test_the_log_itself_is_no_source(ledger: Ledger) -> None:
    """What the log records of its own work would be blamed for silence."""
    told(ledger, _heard(2), _heard(3, "other"))
    assert {each.system for each in sources_within(ledger, day(1), day(9))} == {"web", "other"}
