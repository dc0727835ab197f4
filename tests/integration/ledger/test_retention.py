"""What is due on both databases, by rules that are read from the log itself."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ledger.events import Event, event_from_mapping
from ledger.ledger import Ledger
from ledger.retention.reading import DueValues, due_values, read_terms, rules_at
from ledger.retention.report import due_counts
from tests.histories import TestClock, day, event, new_ledger

_ZONE = ZoneInfo("Europe/Amsterdam")
_JAN = "data-subject:customer:1"
_PIET = "data-subject:customer:2"


@pytest.fixture
def ledger(database_url: str, tmp_path: Path) -> Iterator[Ledger]:
    made = new_ledger(database_url, tmp_path, "retention")
    yield made
    made.close()


def _rule(rule_id: str = "log", **fields: Any) -> Event:  # noqa: ANN401 - whatever the kind takes
    return event("retention.rule_set", 0, **{"rule_id": rule_id, "category": "any", **fields})


def _use(on: float, **fields: Any) -> Event:  # noqa: ANN401 - whatever the kind takes
    return event("access.used", on, **{"resource": "crm/mail", "actor": "person:op", **fields})


def _denied(on: float, **fields: Any) -> Event:  # noqa: ANN401 - whatever the kind takes
    return event("access.denied", on, **{"grant_id": "G-1", "resource": "files", **fields})


def _due(ledger: Ledger, on: float, *rules: str) -> list[DueValues]:
    clock = ledger.clock
    assert isinstance(clock, TestClock)
    clock.now = max(clock.now, day(on))
    terms = read_terms(ledger, ledger.clock(), _ZONE)
    return list(due_values(ledger, terms, day(on), only=rules or None))


def _indexes(ledger: Ledger, on: float, *rules: str) -> list[int]:
    return sorted({each.record.index for each in _due(ledger, on, *rules)})


def test_a_record_is_due_when_its_last_local_day_is_over(ledger: Ledger) -> None:
    """Data would be erased a day early, or kept an hour too long after a change of the clock."""
    ledger.record(_rule(kinds=["access.used"], period="P1M"))
    late = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)  # the first of March in Amsterdam
    ledger.record(_use(0).__class__(**{**_fields(_use(0)), "occurred_at": late}))
    (found,) = _due(ledger, 400)
    assert found.due.due_at == datetime(2026, 4, 1, 22, tzinfo=UTC)
    assert _due(ledger, 31 + 28 + 31 + 0.9) == []


def _fields(of: Event) -> dict[str, Any]:
    return {name: getattr(of, name) for name in of.__struct_fields__}


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, []),
        ({"kinds": ["access.used"]}, [1, 2]),
        ({"kinds": ["access.used.v1", "access.denied"]}, [1, 2, 3]),
        ({"category": "health"}, [2]),
        ({"category": "health", "kinds": ["access.denied"]}, []),
        ({"systems": ["crm"]}, [1, 3]),
        ({"systems": ["crm"], "kinds": ["access.used"], "trigger": "recorded"}, [1]),
        ({"systems": ["crm"], "trigger": "recorded"}, [1, 3]),
        ({"dataset": "crm"}, [1, 2]),
        ({"dataset": "crm/mail"}, [1, 2]),
        ({"dataset": "crm/ma"}, []),
        ({"organisation": "library-north"}, [2]),
        ({"kinds": ["log.read"]}, [5]),
        ({"trigger": "no-such-event", "kinds": ["access.used"]}, []),
    ],
)
def test_a_rule_concerns_what_meets_all_that_it_names(
    ledger: Ledger, fields: dict[str, Any], found: list[int]
) -> None:
    """A rule would erase what it is not about, or leave what it is about."""
    ledger.record(_rule(**{"period": "P1D", **fields}))
    ledger.record(_use(1, system="crm"))
    ledger.record(_use(1, system="web", data_categories=["health"], on_behalf_of="library-north"))
    ledger.record(_denied(1, resource="files", actor="person:x", system="crm"))
    ledger.record(
        event("system.registered", 1, system_id="crm", system="crm", organisation="south")
    )
    ledger.record(event("log.read", 1, actor="person:op", question="all", records=3, system="crm"))
    assert _indexes(ledger, 400) == found


def test_no_rule_means_nothing_is_due(ledger: Ledger) -> None:
    """Data would go that nobody decided about."""
    ledger.record(_use(1))
    assert _due(ledger, 4000) == []


def test_the_longest_rule_decides_unless_one_goes_before_it(ledger: Ledger) -> None:
    """A duty to keep for seven years would give way to a rule of three months."""
    ledger.record(_rule("short", kinds=["access.used"], period="P3M"))
    ledger.record(_rule("law", category="invoicing", period="P7Y", basis="awr-52"))
    ledger.record(_use(1, data_categories=["invoicing"]))
    ledger.record(_use(1))
    assert _indexes(ledger, 400) == [3]
    assert _indexes(ledger, 7 * 366, "law") == [2]
    assert _indexes(ledger, 7 * 366, "short") == [3]
    ledger.record(_rule("short", kinds=["access.used"], period="P3M", overrides=["law"]))
    assert _indexes(ledger, 400) == [2, 3]


def test_a_rule_that_cannot_be_computed_keeps_what_it_concerns(ledger: Ledger) -> None:
    """Data would go although a duty of unknown length stands on them."""
    ledger.record(_rule("short", kinds=["access.used"], period="P3M"))
    ledger.record(_rule("unclear", category="invoicing", period="P1D", trigger="irrevocable"))
    ledger.record(_use(1, data_categories=["invoicing"]))
    assert _indexes(ledger, 4000) == []
    assert [each.problem is None for each in rules_at(ledger, day(400))] == [True, False]


def test_a_newer_version_of_a_rule_takes_its_place(ledger: Ledger) -> None:
    """The period that was in force before would still erase."""
    ledger.record(_rule(kinds=["access.used"], period="P1D"))
    longer = ledger.record(_rule(kinds=["access.used"], period="P1Y"))
    ledger.record(_rule(kinds=["access.used"], period="P2D", effective_from=day(500).isoformat()))
    ledger.record(_use(1))
    assert _indexes(ledger, 300) == []
    assert _indexes(ledger, 400) == [3]
    (rule,) = rules_at(ledger, day(300), known_size=1)
    assert rule.term.period == "P1D"
    ledger.record(_rule("other", supersedes=str(longer.event_id), kinds=["log.read"], period="P9Y"))
    assert _indexes(ledger, 300) == [3]


def test_a_term_that_waits_for_an_event_starts_with_the_newest_one(ledger: Ledger) -> None:
    """What a contract needs would be erased while it runs, or kept after it ended."""
    ledger.record(
        _rule(kinds=["access.used", "contract.started"], period="P1M", trigger="contract.ended")
    )
    ledger.record(_contract("started", 1, "C-1", _JAN))
    ledger.record(_use(2, subjects=[_JAN]))
    ledger.record(_use(2, subjects=[_PIET]))
    ledger.record(_use(2, subjects=[_JAN, _PIET]))
    ledger.record(_use(60, subjects=[_JAN]))
    assert _indexes(ledger, 400) == []
    ledger.record(_contract("ended", 20, "C-1", _JAN))
    assert _indexes(ledger, 51) == []
    assert _indexes(ledger, 53) == [1, 2]
    # Piet's goes on: what names both stays, and so does what came after the end of Jan's.
    ledger.record(_contract("ended", 100, "C-2", _PIET))
    assert _indexes(ledger, 400) == [1, 2, 3, 4]
    wrong = ledger.record(_contract("ended", 300, "C-1", _JAN))
    assert _indexes(ledger, 320) == [3]
    ledger.record(_contract("ended", 21, "C-1", _JAN, supersedes=str(wrong.event_id)))
    assert _indexes(ledger, 320) == [1, 2, 3, 4]


def _contract(step: str, on: float, contract: str, customer: str, **fields: Any) -> Event:  # noqa: ANN401 - whatever the kind takes
    return event(
        f"contract.{step}",
        on,
        contract_id=contract,
        customer_id=customer,
        actor="person:op",
        **fields,
    )


def test_whoever_reported_an_end_is_not_linked_by_it(ledger: Ledger) -> None:
    """All that a clerk ever did would be due when one customer leaves."""
    ledger.record(_rule(kinds=["access.used"], period="P1D", trigger="contract.ended"))
    ledger.record(_use(1))
    ledger.record(_contract("ended", 2, "C-1", _JAN))
    assert _indexes(ledger, 400) == []


def test_an_event_that_others_count_from_is_kept_as_long(ledger: Ledger) -> None:
    """Without the end of the contract nobody could tell when the rest is due."""
    ledger.record(_rule(kinds=["access.used"], period="P1Y", trigger="contract.ended"))
    ledger.record(_rule("contracts", kinds=["contract.ended"], period="P1D"))
    ledger.record(_use(1, subjects=[_JAN]))
    ledger.record(_contract("ended", 2, "C-1", _JAN))
    assert _indexes(ledger, 300) == []
    assert _indexes(ledger, 400) == [2, 3]


def test_a_rule_about_a_customer_leaves_the_values_of_others(ledger: Ledger) -> None:
    """What one customer agreed to would erase what is recorded about another."""
    ledger.record(_rule(kinds=["access.used"], period="P1D", customer_id=_JAN))
    ledger.record(_use(1, subjects=[_JAN, _PIET]))
    (jan,) = ledger.subjects_matching(_JAN)
    assert [each.subject_id for each in _due(ledger, 400)] == [jan]


def test_a_hold_takes_away_from_what_is_due_and_nothing_else(ledger: Ledger) -> None:
    """A hold would not keep, or would make something due."""
    ledger.record(_rule(kinds=["access.used"], period="P1D"))
    ledger.record_many([_use(number, subjects=[(_JAN, _PIET)[number % 2]]) for number in range(6)])
    before = _due(ledger, 400)
    ledger.record(event("legal_hold.placed", 1, hold_id="H", customer_id=_JAN))
    after = _due(ledger, 400)
    assert [each._replace(hold=None) for each in after] == before
    assert sorted({each.record.index for each in after if each.hold}) == [1, 3, 5]
    counts = {each.state: (each.records, each.values) for each in due_counts(after, day(400))}
    assert counts == {"held": (3, 6), "overdue": (3, 6)}
    soon = {each.state for each in due_counts(after, day(0))}
    assert soon == {"held", "due"}


def test_what_is_due_stays_due_as_time_goes_on(ledger: Ledger) -> None:
    """A run that is a day late would erase something else than one that is in time."""
    ledger.record(_rule(kinds=["access.used"], period="P1M"))
    ledger.record(_rule("denials", kinds=["access.denied"], duration="PT36H", trigger="recorded"))
    for number in range(40):
        ledger.record(_use(number * 3.1))
        ledger.record(_denied(number, resource="crm", actor="person:op"))
    found = [set(_indexes(ledger, on)) for on in range(0, 300, 7)]
    assert all(earlier <= later for earlier, later in pairwise(found))
    assert len(found[-1]) == 80
    assert any(0 < len(each) < 80 for each in found)


def test_pages_join_without_gap_or_repetition(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record at the border of two pages would never be erased."""
    monkeypatch.setattr("ledger.retention.candidates.PAGE_ROWS", 3)
    monkeypatch.setattr("ledger.retention.reading.PAGE_RECORDS", 4)
    ledger.record(_rule(kinds=["access.used"], period="P1D"))
    ledger.record(_rule("recorded", category="health", period="P1D", trigger="recorded"))
    ledger.record(_rule("ended", kinds=["access.denied"], period="P1D", trigger="contract.ended"))
    same = [_use(1, subjects=[_JAN]) for _ in range(11)]
    others = [_use(number % 4) for number in range(10)]
    health = [
        event("ip.recorded", 1, ip="ip:203.0.113.7", data_categories=["health"], attempt_ids=[])
        for _ in range(8)
    ]
    denials = [_denied(1, resource="x", subjects=[_JAN]) for _ in range(8)]
    ledger.record_many([*same, *others, *health, *denials])
    ledger.record(_contract("ended", 2, "C-1", _JAN))
    found = _due(ledger, 400)
    assert sorted({each.record.index for each in found}) == list(range(3, 3 + 37))
    assert len({(each.record.index, each.subject_id) for each in found}) == len(found)


def test_the_store_is_asked_for_no_more_than_is_old_enough(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a run costs would grow with the whole log instead of with what is due."""
    ledger.record(_rule(kinds=["access.used"], period="P1M"))
    ledger.record_many([_use(number) for number in range(60)])
    asked: list[int] = []
    disclosures_of = ledger.log.disclosures_of

    def counted(indexes: Any) -> Any:  # noqa: ANN401 - passed on
        asked.extend(indexes)
        return disclosures_of(indexes)

    monkeypatch.setattr(ledger.log, "disclosures_of", counted)
    due = _indexes(ledger, 41)
    assert len(due) == 10
    assert sorted(set(asked)) == [0, *due]  # the rule is record 0


def test_a_span_of_elapsed_time_counts_seconds(ledger: Ledger) -> None:
    """A file that must go within an hour would stay until the day is over."""
    ledger.record(_rule(kinds=["access.used"], duration="PT3600S"))
    ledger.record(_use(1))
    assert _indexes(ledger, 1 + 3599 / 86_400) == []
    assert _indexes(ledger, 1 + 1 / 24) == [1]
    (found,) = _due(ledger, 2)
    assert found.due.due_at == day(1) + timedelta(hours=1)


def test_a_rule_from_elsewhere_is_read_as_well(ledger: Ledger) -> None:
    """A rule that another system recorded would be ignored without a word."""
    mapping = {
        "kind": "retention.rule_set",
        "occurred_at": day(0).isoformat(),
        "rule_id": "customer-file",
        "category": "customer-file",
        "system": "registry",
    }
    ledger.record(event_from_mapping(mapping))
    (rule,) = rules_at(ledger, day(1))
    assert rule.problem == "no period or duration"
    assert rule.systems == frozenset()
