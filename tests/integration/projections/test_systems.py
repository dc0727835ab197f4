"""The systems view: who reports, last heard when, covered when."""

from datetime import timedelta

import pytest

from ledger.ledger import Ledger
from projections import heard, state
from tests.histories import day, event, shown, told


def test_a_system_is_shown_with_what_it_reported(ledger: Ledger) -> None:
    """Nobody would notice that a source fell silent, or that silence proves nothing there."""
    told(
        ledger,
        event("system.registered", 1, system_id="crm", organisation="acme"),
        event("contact.requested", 3, channel="phone", system="crm"),
        event("contact.requested", 2, channel="phone", system="crm"),
        event(
            "log.source_coverage_declared",
            4,
            source="crm",
            covered_from=day(2).isoformat(),
            covered_until=day(8).isoformat(),
        ),
    )
    (row,) = state(ledger, "systems", as_of=day(6)).rows
    assert (row["system"], row["organisation"], row["status"]) == ("crm", "acme", "registered")
    assert (row["since"], row["records"]) == (day(1), 2)
    assert (row["last_heard"], row["last_heard_index"]) == (day(3), 1)
    assert row["silent_for"] == timedelta(days=3)
    assert (row["covered"], row["covered_from"]) == (True, day(2))
    assert (row["indexes"], row["coverage_indexes"]) == ([0], [3])
    (later,) = state(ledger, "systems", as_of=day(9)).rows
    assert (later["covered"], later["coverage_indexes"]) == (False, [])
    declared = state(ledger, "systems", as_of=day(9), only="coverage").rows
    assert shown(declared, "system", "covered_from", "covered_until", "index") == [
        ("crm", day(2), day(8), 3)
    ]


def test_systems_that_report_without_being_registered_are_found(ledger: Ledger) -> None:
    """A source that nobody knows would pass for a known one."""
    told(
        ledger,
        event("system.registered", 1, system_id="crm", organisation="acme"),
        event("system.registered", 1, system_id="idle", organisation="acme"),
        event("system.retired", 5, system_id="crm"),
        event("contact.requested", 3, channel="phone", system="stray"),
        event("contact.requested", 3, channel="phone", system="crm"),
    )
    unregistered = state(ledger, "systems", as_of=day(9), only="unregistered").rows
    assert shown(unregistered, "system", "status") == [("stray", "not registered")]
    assert shown(state(ledger, "systems", as_of=day(9), only="unheard").rows, "system") == [
        ("idle",)
    ]
    told(ledger, event("contact.requested", 6, channel="phone", system="crm"))
    unregistered = state(ledger, "systems", as_of=day(9), only="unregistered").rows
    assert shown(unregistered, "system", "organisation") == [("crm", "acme"), ("stray", None)]


@pytest.mark.parametrize("bucket_bits", [0, 1, 2, 10])
def test_buckets_give_what_counting_the_records_gives(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, bucket_bits: int
) -> None:
    """The number of records or the last one would be wrong where a question cuts a bucket."""
    monkeypatch.setattr(heard, "_BUCKET_BITS", bucket_bits)
    monkeypatch.setattr(heard, "BUCKET_RECORDS", 1 << bucket_bits)
    days = [3, 1, 4, 1, 5, 9, 2, 6]
    times = told(
        ledger,
        *(
            event("contact.requested", on, channel="phone", system="ab"[place % 2])
            for place, on in enumerate(days)
        ),
    )
    for size, known in enumerate(times, 1):
        for moment in (0, 1, 3, 5, 9):
            expected = [
                (system, len(found), *max(found))
                for system, start in (("a", 0), ("b", 1))
                if (
                    found := [
                        (day(days[index]), index)
                        for index in range(start, size, 2)
                        if days[index] <= moment
                    ]
                )
            ]
            rows = state(ledger, "systems", as_of=day(moment), as_known=known).rows
            names = ("system", "records", "last_heard", "last_heard_index")
            assert shown(rows, *names) == expected
