"""What a step contradicts in its breach."""

from typing import Any

import pytest

from projections.cases.breach import fold_breach
from projections.cases.breach_warnings import warnings_of
from projections.cases.reading import Step
from tests.case_steps import aware, hours, step

RISK = step(1, "breach.assessed", hour=5, risk="high")
TOLD = step(
    2,
    "breach.authority_notified",
    hour=6,
    authority="ap",
    notice_kind="initial",
    content=["nature"],
)


def _decided(addressee: str, *, notify: bool, ground: str | None = None) -> Step:
    more: dict[str, Any] = {} if ground is None else {"ground": ground}
    return step(
        3, "breach.notification_decided", hour=7, addressee=addressee, notify=notify, **more
    )


def _said(before: list[Step], new: Step, due: float | None = None) -> str:
    case = fold_breach(before)
    found = warnings_of(case, new.event, None if due is None else hours(due))
    return "; ".join(each.text for each in found)


@pytest.mark.parametrize(
    ("before", "new", "words"),
    [
        (
            [RISK],
            _decided("authority", notify=False, ground="risk-unlikely"),
            "contradicts the assessed risk",
        ),
        (
            [aware(0, 1)],
            _decided("authority", notify=False, ground="risk-unlikely"),
            "no assessment",
        ),
        ([RISK], _decided("authority", notify=False), "needs its ground"),
        ([RISK], _decided("subjects", notify=False, ground="risk-unlikely"), "high risk"),
        ([RISK], _decided("subjects", notify=True, ground="unintelligible"), "excuses"),
        (
            [_decided("authority", notify=False, ground="risk-unlikely")],
            RISK,
            "contradicts the decision",
        ),
        ([step(0, "breach.suspected", hour=-9)], aware(1, 3), "earlier moments stand in the log"),
        ([], aware(1, 9, hour=3), "later than the decision"),
        ([TOLD], step(4, "breach.ruled_out", hour=9), "should hear that there was none"),
        ([], step(4, "breach.closed", hour=9), "nobody decided"),
        ([aware(0, 1)], step(4, "breach.closed", hour=9), "neither a notice"),
        ([aware(0, 1), TOLD], step(4, "breach.closed", hour=9), "not told of: contact-point"),
        ([aware(0, 1), RISK, TOLD], step(4, "breach.closed", hour=9), "people were not told"),
        (
            [TOLD],
            step(4, "breach.authority_notified", hour=9, authority="ap", notice_kind="initial"),
            "initial notice is recorded already",
        ),
        (
            [],
            step(4, "breach.authority_notified", hour=9, authority="ap", notice_kind="final"),
            "without an initial notice",
        ),
        (
            [_decided("subjects", notify=False, ground="unintelligible")],
            step(4, "breach.subjects_notified", hour=9, manner="direct"),
            "decided not to tell the people",
        ),
        ([step(0, "breach.closed")], RISK, "closed before this step"),
    ],
)  # fmt: skip - one contradiction a line
def test_a_contradiction_is_named(before: list[Step], new: Step, words: str) -> None:
    """Somebody would record what contradicts the case and never hear of it."""
    assert words in _said(before, new)


def test_a_late_notice_without_reasons_is_named() -> None:
    """Art. 33(1) asks for reasons; a late notice without them would pass in silence."""
    late: dict[str, Any] = {"authority": "ap", "notice_kind": "initial"}
    notice = step(4, "breach.authority_notified", hour=80, **late)
    reasoned = step(4, "breach.authority_notified", hour=80, reasons_for_delay="x", **late)
    assert "no reasons for the delay" in _said([aware(0, 1)], notice, due=73)
    assert "delay" not in _said([aware(0, 1)], reasoned, due=73)
    early = step(4, "breach.authority_notified", hour=70, **late)
    assert "delay" not in _said([aware(0, 1)], early, due=73)


def test_what_fits_is_not_warned_about() -> None:
    """Warnings that say nothing would teach people to pass them over."""
    based = aware(0, 1, hour=2, basis="seen")
    assert _said([], based) == ""
    assert _said([based, RISK], _decided("authority", notify=True, ground="required")) == ""
    public = step(4, "breach.subjects_notified", hour=9, manner="public")
    effort = _decided("subjects", notify=False, ground="disproportionate-effort")
    assert _said([effort], public) == ""  # art. 34(3)(c): a public communication instead


def test_the_first_notice_of_any_kind_explains_its_delay() -> None:
    """A late notice that is complete at once would owe no reasons."""
    late = step(4, "breach.authority_notified", hour=90, authority="ap", notice_kind="final")
    assert "gives no reasons for the delay" in _said([aware(0, 0)], late, due=72)
    assert "gives no reasons for the delay" not in _said([aware(0, 0), TOLD], late, due=72)


def test_a_withdrawal_says_that_there_was_no_breach() -> None:
    """A notice would be taken back while the breach stands."""
    taken = step(4, "breach.authority_notified", hour=9, authority="ap", notice_kind="withdrawal")
    words = "no decision says that there was no breach"
    assert words in _said([aware(0, 0), TOLD], taken)
    assert words not in _said([aware(0, 0), TOLD, step(3, "breach.ruled_out", hour=8)], taken)


def test_a_case_that_was_opened_again_is_not_closed() -> None:
    """Every step after a reopening would be warned about."""
    closed, again = step(1, "breach.closed", hour=5), step(2, "breach.suspected", hour=9)
    facts = step(3, "breach.facts_updated", hour=10, records=3)
    assert "was closed before this step" in _said([aware(0, 0), closed], facts)
    assert "was closed" not in _said([aware(0, 0), closed], again)
    assert "was closed" not in _said([aware(0, 0), closed, again], facts)
