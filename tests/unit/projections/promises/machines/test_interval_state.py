"""The rule `interval-state`: something stands without a gap while the promise does."""

from pathlib import Path
from typing import Any, Final

from ledger.events import Event
from tests.histories import day, event
from tests.small_promises import Rule, asked, declared, small_log

TLS: Final[Rule] = {
    "rule_kind": "interval-state",
    "needs": [
        {
            "role": "state",
            "name": "encryption",
            "opens": [{"kinds": ["measure.declared"]}],
            "closes": [{"kinds": ["measure.failed"]}],
        }
    ],
}


def measure(kind: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - of the event
    """A step of the measure."""
    told = {"measure_id": "tls", "measure": "tls", "scope": "website", **fields}
    if kind == "declared":
        told |= {"organisation": "abc", "state": "active"}
    return event(f"measure.{kind}", on, **told)


def verdicts(folder: Path, events: list[Event], *moments: float) -> list[str]:
    """How the promise of day 2 stands at some moments."""
    ledger = small_log(folder)
    ledger.record_many([declared(TLS, on=2), *events])
    return [asked(ledger, on).verdict for on in moments]


def test_it_is_kept_while_it_stands_and_broken_from_the_gap_on(tmp_path: Path) -> None:
    """A gap would heal once it was over, or break what was before it."""
    told = [measure("declared", 1), measure("failed", 5), measure("declared", 7)]
    assert verdicts(tmp_path, told, 2, 5 - 1e-6, 5, 8) == ["kept", "kept", "broken", "broken"]


def test_what_began_with_the_promise_stood_from_the_start(tmp_path: Path) -> None:
    """Both taking effect at one moment would leave a doubt of no length."""
    assert verdicts(tmp_path, [measure("declared", 2)], 3) == ["kept"]


def test_what_began_later_tells_nothing_of_the_time_before(tmp_path: Path) -> None:
    """A measure declared this year would prove the years before."""
    assert verdicts(tmp_path, [measure("declared", 3)], 4) == ["undeterminable"]


def test_another_declaration_in_time_leaves_no_gap(tmp_path: Path) -> None:
    """A new version of a measure would count as the end of the old one."""
    told = [measure("declared", 1), measure("declared", 4), measure("failed", 6)]
    assert verdicts(tmp_path, told, 5, 7) == ["kept", "broken"]


def waiver(since: float, until: float) -> Event:
    """The promise was not to be checked for some days."""
    told = {"effective_from": day(since).isoformat(), "effective_until": day(until).isoformat()}
    return event("promise.waived", 2, promise_id="ABC-01", **told)


def broken_by(folder: Path, *events: Event) -> int:
    """How often the promise is broken on day 20."""
    ledger = small_log(folder)
    ledger.record_many([declared(TLS, on=2), *events])
    return asked(ledger, 20).broken


def test_a_gap_in_a_waived_time_breaks_nothing(tmp_path: Path) -> None:
    """A migration that the officer allowed would be a broken promise."""
    gap = [measure("declared", 1), measure("failed", 5), measure("declared", 7)]
    assert broken_by(tmp_path, *gap, waiver(4, 8)) == 0


def test_a_gap_that_outlasts_the_waiver_breaks_it(tmp_path: Path) -> None:
    """A waiver of a day would excuse for ever."""
    gap = [measure("declared", 1), measure("failed", 5), measure("declared", 7)]
    assert broken_by(tmp_path, *gap, waiver(4, 6)) == 1


def test_a_promise_that_begins_waived_is_followed_afterwards(tmp_path: Path) -> None:
    """A waiver at the beginning would end the checking for good."""
    told = [measure("declared", 3), measure("failed", 9)]
    assert broken_by(tmp_path, *told, waiver(2, 4)) == 1


def test_a_late_end_of_the_statement_opens_the_verdict_again(tmp_path: Path) -> None:
    """A gap after the statement was withdrawn would break what nobody promised any more."""
    ledger = small_log(tmp_path)
    policy = {"policy_id": "abc-privacy", "policy_sha256": "a" * 64}
    published = event(
        "policy.published", 1, policy_id="abc-privacy", text_sha256="a" * 64, title="ABC"
    )
    ledger.record_many([published, declared(TLS, on=2, **policy)])
    ledger.record_many([measure("declared", 1), measure("failed", 9)])
    params = [{"name": "x", "value": 1}]
    ledger.record(event("promise.parameter_set", 4, promise_id="ABC-01", params=params))
    known = ledger.head().size
    assert asked(ledger, 10).broken == 1
    ledger.record(event("policy.withdrawn", 8, policy_id="abc-privacy"))
    assert asked(ledger, 7).broken == 0
    assert asked(ledger, 7.5).until == day(8)
    assert asked(ledger, 10, size=known).broken == 1
