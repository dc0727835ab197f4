"""What would settle a promise that cannot be determined."""

import pytest

from projections.promises.answers import CoverageGap
from projections.promises.settling import settle_gap, settle_of, settle_reading
from tests.histories import day


@pytest.mark.parametrize(
    ("reason", "settles"),
    [
        (
            "parameter days is not set",
            "set it: zegel policy set ABC-01 days=VALUE --reason WHY",
        ),
        (
            "parameter days: expected a whole number from 1 on, found -5",
            "set it: zegel policy set ABC-01 days=VALUE --reason WHY",
        ),
        ("who or what it is about was erased", "nothing: the value was erased"),
        (
            "the event gives no purpose",
            "record the event again with that field, superseding this one",
        ),
        (
            "no retention-rule on record that gives a term",
            "record what was agreed or declared, with the moment from which it holds",
        ),
        (
            "2000 months after 2026-01-04 lie outside years 1-9999",
            "read the rule: it names no term that can be computed",
        ),
        (None, None),
    ],
)
def test_each_reason_has_its_cure(reason: str | None, settles: str | None) -> None:
    """Whoever reads a verdict would not know what to do, or would do what cannot help."""
    assert settle_of("ABC-01", reason) == settles


def test_a_gap_is_closed_by_a_declaration_of_its_time() -> None:
    """A declaration would leave a part of the gap."""
    assert settle_gap(CoverageGap(system="portal", since=day(0), until=day(1))) == (
        "declare that portal was connected from 2026-01-01 00:00 UTC until 2026-01-02 00:00 UTC: "
        "zegel record log.source_coverage_declared"
    )
    assert " until " not in settle_gap(CoverageGap(system="portal", since=day(0)))


def test_a_reading_is_decided_among_those_there_are() -> None:
    """Somebody would have to guess what the readings are called."""
    told = settle_reading("ABC-01", ("wide", "narrow"))
    assert told == "decide: zegel policy interpret ABC-01 wide|narrow --reason WHY"
