"""What xential promises about keeping data no longer than needed, in histories."""

from pathlib import Path
from typing import Any

from ledger.events import Event
from projections.erasing import erase_subject
from tests.histories import day, event
from tests.promises.judging import parameter_set, statement_log, tell, verdicts
from tests.promises.xential_events import STATEMENT, asked, reported, stored

CUSTOMER = "data-subject:customer:4711"
BACKUP = {"dataset": "backup-2026-01-02", "scope": "backup"}


def copied(on: float) -> Event:
    """A backup was made."""
    return stored(on, **BACKUP)


def expired(on: float) -> Event:
    """That backup was destroyed."""
    return reported("backup.expired", on, **BACKUP)


def rule(on: float, trigger: str | None = "data.stored") -> Event:
    """Documents are kept for thirty days."""
    counted = {} if trigger is None else {"trigger": trigger}
    return event(
        "retention.rule_set",
        on,
        rule_id="documents",
        category="documents",
        period="P30D",
        organisation="interaction-next",
        **counted,
    )


def documents(kind: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - whatever the kind takes
    """Documents of the one customer were stored, or deleted."""
    return reported(
        kind,
        on,
        dataset="xential-documents",
        customer_id=CUSTOMER,
        data_categories=["documents"],
        **fields,
    )


def contract_ended(on: float) -> Event:
    """The contract with the one customer ended."""
    return event(
        "contract.ended",
        on,
        contract_id="C-4711",
        customer_id=CUSTOMER,
        parties=[{"role": "processor", "organisation": "interaction-next"}],
    )


def held(on: float, kind: str = "legal_hold.placed", **fields: str) -> Event:
    """A step of the legal hold on the customer's data."""
    return event(kind, on, hold_id="H-1", customer_id=CUSTOMER, **fields)


def test_nxt_05_open_while_nobody_set_the_days(tmp_path: Path) -> None:
    """A number that the statement does not give would be invented."""
    found = asked(tmp_path, "NXT-05", copied(1), expired(5))
    assert found.verdict == "undeterminable"
    assert any("days" in reason for reason in found.reasons)
    assert [(each.name, each.value) for each in found.parameters] == [("days", None)]


def test_nxt_05_open_without_any_copy_while_nobody_set_the_days(tmp_path: Path) -> None:
    """A promise without a number would pass as long as nothing is reported."""
    assert asked(tmp_path, "NXT-05").verdict == "undeterminable"


def test_nxt_05_kept_by_copies_gone_in_time(tmp_path: Path) -> None:
    """A backup destroyed within the days that the officer set would be held against xential."""
    found = asked(
        tmp_path,
        "NXT-05",
        copied(1),
        expired(20),
        stored(2, dataset="log-2026-01", scope="logs"),
        reported("data.deleted", 30, dataset="log-2026-01", scope="logs"),
        decisions=[parameter_set("NXT-05", days=30)],
    )
    assert (found.verdict, found.kept) == ("kept", 2)
    (days,) = found.parameters
    assert days.value == 30
    assert days.set_by_index is not None
    assert days.set_by_index in found.rests_on


def test_nxt_05_broken_by_copies_that_stay(tmp_path: Path) -> None:
    """A backup that lives longer than the officer allows would pass."""
    found = asked(
        tmp_path,
        "NXT-05",
        copied(1),
        expired(40),
        decisions=[parameter_set("NXT-05", days=30)],
    )
    assert (found.verdict, found.broken) == ("broken", 1)


def test_nxt_05_the_end_of_one_copy_is_not_the_end_of_another(tmp_path: Path) -> None:
    """The destruction of any backup would answer for all of them."""
    found = asked(
        tmp_path,
        "NXT-05",
        copied(1),
        reported("backup.expired", 5, dataset="backup-2026-01-01", scope="backup"),
        decisions=[parameter_set("NXT-05", days=30)],
    )
    assert found.verdict == "broken"


def test_nxt_05_pending_until_the_last_day_ends(tmp_path: Path) -> None:
    """A term that still runs would count as a break, or its end would not be told."""
    found = asked(
        tmp_path, "NXT-05", copied(1), on=10, decisions=[parameter_set("NXT-05", days=30)]
    )
    assert found.verdict == "pending"
    assert found.due_at is not None
    assert found.due_at.isoformat() == "2026-02-01T23:00:00+00:00"


def test_nxt_05_judged_by_the_number_in_force_when_the_copy_was_made(tmp_path: Path) -> None:
    """A stricter number would be held against copies made before it was set."""
    ledger = statement_log(tmp_path, STATEMENT, decisions=[parameter_set("NXT-05", days=30)])
    tell(ledger, [copied(1), expired(20), parameter_set("NXT-05", on=50, days=10)])
    assert verdicts(ledger, day(100))["NXT-05"].verdict == "kept"


def test_nxt_08_kept_by_deletion_within_the_term(tmp_path: Path) -> None:
    """Data deleted when their rule says so would be held against xential."""
    found = asked(
        tmp_path,
        "NXT-08",
        rule(0),
        documents("data.stored", 1),
        documents("data.deleted", 20),
    )
    assert found.verdict == "kept"


def test_nxt_08_broken_by_data_that_stay(tmp_path: Path) -> None:
    """Data kept after their term would pass."""
    found = asked(tmp_path, "NXT-08", rule(0), documents("data.stored", 1))
    assert (found.verdict, found.broken) == ("broken", 1)


def test_nxt_08_pending_while_the_term_runs(tmp_path: Path) -> None:
    """Data within their term would count as overdue."""
    found = asked(tmp_path, "NXT-08", rule(0), documents("data.stored", 1), on=10)
    assert found.verdict == "pending"
    assert found.due_at is not None


def test_nxt_08_broken_by_a_category_without_a_rule(tmp_path: Path) -> None:
    """Data for which nobody said how long they are needed would pass."""
    found = asked(tmp_path, "NXT-08", documents("data.stored", 1), documents("data.deleted", 2))
    assert found.verdict == "broken"


def _of_both(kind: str, on: float) -> Event:
    """Documents and photos of the one customer were stored together, or deleted."""
    both = ["documents", "photos"]
    return reported(
        kind, on, dataset="xential-documents", customer_id=CUSTOMER, data_categories=both
    )


def test_nxt_08_broken_by_one_category_of_two_without_a_rule(tmp_path: Path) -> None:
    """A rule for one category would stand for whatever is stored along with it."""
    told = (rule(0), _of_both("data.stored", 1), _of_both("data.deleted", 20))
    found = asked(tmp_path, "NXT-08", *told)
    assert (found.verdict, found.broken) == ("broken", 1)


def test_nxt_08_kept_where_each_category_has_a_rule(tmp_path: Path) -> None:
    """Two categories with a rule each would pass for one without."""
    fields = {"rule_id": "photos", "category": "photos", "organisation": "interaction-next"}
    photos = event("retention.rule_set", 0, period="P60D", **fields)
    told = (rule(0), photos, _of_both("data.stored", 1), _of_both("data.deleted", 20))
    assert asked(tmp_path, "NXT-08", *told).verdict == "kept"


def test_nxt_08_a_rule_recorded_late_opens_the_verdict_again(tmp_path: Path) -> None:
    """A rule that was in force but recorded late would leave a break that there was not."""
    ledger = statement_log(tmp_path, STATEMENT)
    before = tell(ledger, [documents("data.stored", 1), documents("data.deleted", 2)])
    tell(ledger, [rule(0)])
    assert verdicts(ledger, day(100), before)["NXT-08"].verdict == "broken"
    assert verdicts(ledger, day(100))["NXT-08"].verdict == "kept"


def test_nxt_08_pending_while_a_hold_with_a_basis_stands(tmp_path: Path) -> None:
    """Data that the law says to keep would count as overdue."""
    found = asked(tmp_path, "NXT-08", rule(0), documents("data.stored", 1), held(5, basis="awr-52"))
    assert found.verdict == "pending"


def test_nxt_08_broken_after_the_hold_was_released(tmp_path: Path) -> None:
    """A hold that ended would excuse for ever."""
    found = asked(
        tmp_path,
        "NXT-08",
        rule(0),
        documents("data.stored", 1),
        held(5, basis="awr-52"),
        held(60, "legal_hold.released"),
    )
    assert found.verdict == "broken"


def test_nxt_08_a_hold_without_a_legal_basis_excuses_nothing(tmp_path: Path) -> None:
    """Anybody's wish to keep data would count as a legal term."""
    found = asked(tmp_path, "NXT-08", rule(0), documents("data.stored", 1), held(5))
    assert found.verdict == "broken"


def test_nxt_08_kept_by_deletion_after_the_contract(tmp_path: Path) -> None:
    """A rule counted from the end of the contract would be counted from storage."""
    found = asked(
        tmp_path,
        "NXT-08",
        rule(0, "contract.ended"),
        documents("data.stored", 1),
        contract_ended(60),
        documents("data.deleted", 80),
    )
    assert found.verdict == "kept"


def test_nxt_08_broken_by_data_that_outlive_the_contract(tmp_path: Path) -> None:
    """Data of a customer who left would stay unremarked."""
    found = asked(
        tmp_path,
        "NXT-08",
        rule(0, "contract.ended"),
        documents("data.stored", 1),
        contract_ended(20),
    )
    assert found.verdict == "broken"


def test_nxt_08_a_rule_without_a_trigger_counts_from_storage(tmp_path: Path) -> None:
    """A rule that names no trigger would give no term."""
    found = asked(tmp_path, "NXT-08", rule(0, None), documents("data.stored", 1))
    assert found.verdict == "broken"


def test_nxt_08_an_erased_customer_turns_nothing_into_a_break(tmp_path: Path) -> None:
    """Erasing a customer whose data went in time would make it look as if they had stayed."""
    ledger = statement_log(tmp_path, STATEMENT)
    tell(ledger, [rule(0), documents("data.stored", 1), documents("data.deleted", 20)])
    assert verdicts(ledger, day(100))["NXT-08"].verdict == "kept"
    erase_subject(ledger, CUSTOMER, requested_by="person:dpo@xential.example", reason="a request")
    found = verdicts(ledger, day(100))["NXT-08"]
    assert (found.verdict, found.broken) == ("undeterminable", 0)
    assert found.settle
