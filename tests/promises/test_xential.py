"""What xential promises about purposes, data, parties, security and access, in histories."""

from pathlib import Path

from ledger.events import Event
from tests.histories import day, event
from tests.promises.judging import covered, items, statement_log, tell, verdicts
from tests.promises.xential_events import (
    HOST,
    LEADINFO,
    OWN,
    STATEMENT,
    VENDOR,
    agreement,
    asked,
    came,
    reported,
    sent,
    stored,
)

FIRST_DAY_OF_STATEMENT = "2020-03-18T23:00:00Z"
CALLER = {"role": "calling-party", "organisation": "zaaksysteem"}
ENCRYPTION = {
    "measure_id": "nxt-encryption",
    "measure": "encryption-at-rest",
    "scope": "xential-database",
}


def encrypted() -> Event:
    """The declaration that the database was encrypted when the statement began to count."""
    return event(
        "measure.declared", 1, state="active", valid_from=FIRST_DAY_OF_STATEMENT, **ENCRYPTION
    )


def test_what_is_open_where_nothing_happened(tmp_path: Path) -> None:
    """Silence of a connected source would prove too little, or prove what nobody measured."""
    found = verdicts(statement_log(tmp_path, STATEMENT), day(100))
    still_open = {"NXT-04", "NXT-05", "NXT-14"}
    assert {name for name, each in found.items() if each.verdict != "kept"} == still_open
    assert {found[name].verdict for name in still_open} == {"undeterminable"}
    assert all(found[name].settle for name in still_open)


def test_nxt_01_kept_by_the_four_purposes(tmp_path: Path) -> None:
    """Use for a purpose of the statement would be held against xential."""
    found = asked(
        tmp_path,
        "NXT-01",
        reported("access.used", 1, resource="documents", purpose="application-use"),
        reported("access.used", 2, resource="invoices", purpose="contract"),
        sent(3, VENDOR),
        came(4, LEADINFO, purpose="website-use"),
    )
    assert (found.verdict, found.kept) == ("kept", 4)


def test_nxt_01_broken_by_another_purpose(tmp_path: Path) -> None:
    """Data used for marketing would pass."""
    found = asked(
        tmp_path, "NXT-01", reported("access.used", 1, resource="documents", purpose="marketing")
    )
    assert found.verdict == "broken"
    assert found.oldest_break is not None
    assert found.oldest_break.occurred_at == day(1)
    assert found.oldest_break.index in found.rests_on


def test_nxt_01_open_where_no_purpose_is_said(tmp_path: Path) -> None:
    """Use without a purpose would count as use for one of the four."""
    found = asked(tmp_path, "NXT-01", reported("access.used", 1, resource="documents"))
    assert found.verdict == "undeterminable"
    assert any("purpose" in reason for reason in found.reasons)


def test_nxt_01_open_without_coverage(tmp_path: Path) -> None:
    """The silence of a source that nobody declared connected would prove good conduct."""
    found = asked(tmp_path, "NXT-01", sent(1, VENDOR), coverage=False)
    assert found.verdict == "undeterminable"
    assert [gap.system for gap in found.coverage_gaps] == ["xential"]


def test_nxt_01_open_while_coverage_has_a_gap(tmp_path: Path) -> None:
    """A source that was away for a month would pass as one that had nothing to say."""
    ledger = statement_log(tmp_path, STATEMENT, coverage=False)
    tell(ledger, [covered("xential", until=day(10)), covered("xential", since=day(40))])
    found = verdicts(ledger, day(100))["NXT-01"]
    assert found.verdict == "undeterminable"
    assert [(gap.since, gap.until) for gap in found.coverage_gaps] == [(day(10), day(40))]


def test_nxt_01_a_correction_opens_the_verdict_again(tmp_path: Path) -> None:
    """A purpose that was reported wrongly would stay a break, or the report would be forgotten."""
    wrong = "0192f5a4-7c1e-7b3a-9d2e-5f6a7b8c9d0e"
    used = {"resource": "documents", "purpose": "marketing"}
    right = {**used, "purpose": "contract", "supersedes": wrong}
    ledger = statement_log(tmp_path, STATEMENT)
    before = tell(ledger, [reported("access.used", 1, event_id=wrong, **used)])
    tell(ledger, [reported("access.used", 1, **right)])
    assert verdicts(ledger, day(100), before)["NXT-01"].verdict == "broken"
    assert verdicts(ledger, day(100))["NXT-01"].verdict == "kept"


def test_nxt_02_kept_by_the_three_kinds_of_data(tmp_path: Path) -> None:
    """The three kinds of data of the statement would be refused in a vendor's application."""
    found = asked(
        tmp_path,
        "NXT-02",
        stored(1, purpose="customer-relation", content_classes=["contact", "invoicing"]),
        stored(2, purpose="customer-relation", data_categories=["incident-registration"]),
        sent(3, VENDOR, content_classes=["contact", "invoicing"]),
        stored(4, purpose="application-use", data_categories=["health"]),
    )
    assert (found.verdict, found.kept) == ("kept", 3)


def test_nxt_02_broken_by_other_data(tmp_path: Path) -> None:
    """Health data in the vendor's application would pass among contact data."""
    found = asked(
        tmp_path,
        "NXT-02",
        stored(1, purpose="customer-relation", content_classes=["contact", "health"]),
        sent(2, VENDOR, content_classes=["health"]),
        stored(3, purpose="customer-relation", data_categories=["health"]),
    )
    assert (found.verdict, found.broken) == ("broken", 3)


def test_nxt_02_open_where_no_kind_is_said(tmp_path: Path) -> None:
    """Storing without saying what would count as storing what is allowed."""
    found = asked(tmp_path, "NXT-02", stored(1, purpose="customer-relation"))
    assert found.verdict == "undeterminable"


def test_nxt_03_kept_while_the_agreement_stands(tmp_path: Path) -> None:
    """An exchange under an agreement would be held against xential."""
    found = asked(
        tmp_path,
        "NXT-03",
        agreement(1, VENDOR),
        sent(2, VENDOR),
        came(3, VENDOR, purpose="customer-relation"),
    )
    assert (found.verdict, found.kept) == ("kept", 2)


def test_nxt_03_broken_before_and_after_the_agreement(tmp_path: Path) -> None:
    """Data sent before the agreement or after its end would pass."""
    found = asked(
        tmp_path,
        "NXT-03",
        sent(1, VENDOR),
        agreement(2, VENDOR),
        sent(3, VENDOR),
        agreement(4, VENDOR, "dpa.ended"),
        sent(5, VENDOR),
    )
    assert (found.verdict, found.kept, found.broken) == ("broken", 1, 2)


def test_nxt_03_the_agreement_of_one_vendor_serves_no_other(tmp_path: Path) -> None:
    """Our own name in every agreement would make one agreement serve all vendors."""
    found = asked(tmp_path, "NXT-03", agreement(1, VENDOR), sent(2, HOST))
    assert found.verdict == "broken"


def test_nxt_03_an_agreement_recorded_late_opens_the_verdict_again(tmp_path: Path) -> None:
    """What was concluded in time but recorded late would stay a break, or change what was known."""
    ledger = statement_log(tmp_path, STATEMENT)
    before = tell(ledger, [sent(5, VENDOR)])
    tell(ledger, [agreement(1, VENDOR)])
    assert verdicts(ledger, day(100), before)["NXT-03"].verdict == "broken"
    assert verdicts(ledger, day(100))["NXT-03"].verdict == "kept"
    (item,) = items(ledger, "NXT-03", day(100))
    assert len(item.rests_on) > 0


def test_nxt_04_kept_by_encryption_from_the_start(tmp_path: Path) -> None:
    """An encrypted database would count as an open one."""
    found = asked(
        tmp_path,
        "NXT-04",
        encrypted(),
        stored(2, location="xential-database", encrypted=True),
    )
    assert found.verdict == "kept"


def test_nxt_04_broken_when_the_measure_stops(tmp_path: Path) -> None:
    """Encryption that was switched off would go unnoticed."""
    found = asked(
        tmp_path, "NXT-04", encrypted(), event("measure.changed", 9, state="inactive", **ENCRYPTION)
    )
    assert found.verdict == "broken"
    assert found.oldest_break is not None


def test_nxt_04_broken_by_a_failure_that_was_mended(tmp_path: Path) -> None:
    """An interruption would be forgotten once the measure works again."""
    failure = event(
        "measure.failed",
        12,
        valid_from=day(10).isoformat(),
        valid_until=day(11).isoformat(),
        **ENCRYPTION,
    )
    ledger = statement_log(tmp_path, STATEMENT)
    tell(ledger, [encrypted(), failure])
    assert verdicts(ledger, day(9))["NXT-04"].verdict == "kept"
    found = verdicts(ledger, day(100))["NXT-04"]
    assert found.verdict == "broken"
    assert found.oldest_break is not None
    assert found.oldest_break.index in found.rests_on


def test_nxt_04_broken_by_data_stored_in_the_clear(tmp_path: Path) -> None:
    """A row in the clear would pass because a measure is declared."""
    found = asked(
        tmp_path, "NXT-04", encrypted(), stored(2, location="xential-database", encrypted=False)
    )
    assert (found.verdict, found.broken) == ("broken", 1)


def test_nxt_04_open_where_nobody_declared_it(tmp_path: Path) -> None:
    """Silence about encryption would count as encryption, or as its absence."""
    assert asked(tmp_path, "NXT-04").verdict == "undeterminable"


def test_nxt_04_another_scope_says_nothing(tmp_path: Path) -> None:
    """Encrypted laptops would stand in for an encrypted database."""
    laptops = {**ENCRYPTION, "measure_id": "laptops", "scope": "laptops"}
    declared = event(
        "measure.declared", 1, state="active", valid_from=FIRST_DAY_OF_STATEMENT, **laptops
    )
    assert asked(tmp_path, "NXT-04", declared).verdict == "undeterminable"


def test_nxt_09_kept_by_a_grant_that_nobody_uses(tmp_path: Path) -> None:
    """The means that the statement admits would count as their use."""
    found = asked(
        tmp_path,
        "NXT-09",
        agreement(1, HOST),
        reported(
            "access.granted",
            2,
            grant_id="NXT-HOST",
            grantee="person:beheer@hosting-oost.example",
            resource="xential-database",
        ),
        reported("access.used", 3, resource="documents", actor_organisation="interaction-next"),
        reported(
            "access.used",
            4,
            resource="xential-database",
            actor_organisation="hosting-oost",
            actor_role="host",
            outcome="denied",
        ),
    )
    assert found.verdict == "kept"
    assert found.kept > 0


def test_nxt_09_broken_by_use_in_the_role_of_host(tmp_path: Path) -> None:
    """The host looking into the data would pass where no agreement names it."""
    used = reported("access.used", 3, resource="xential-database", actor_role="host")
    assert asked(tmp_path, "NXT-09", used).verdict == "broken"


def test_nxt_09_an_agreement_recorded_late_shows_who_the_host_is(tmp_path: Path) -> None:
    """Use by an organisation that turns out to be the host would stay unremarked."""
    ledger = statement_log(tmp_path, STATEMENT)
    used = reported("access.used", 5, resource="documents", actor_organisation="hosting-oost")
    before = tell(ledger, [used])
    tell(ledger, [agreement(1, HOST)])
    assert verdicts(ledger, day(100), before)["NXT-09"].verdict == "kept"
    assert verdicts(ledger, day(100))["NXT-09"].verdict == "broken"


def test_nxt_09_open_where_nobody_says_who_it_was(tmp_path: Path) -> None:
    """Use by somebody of an unknown organisation would count as use by our own staff."""
    used = reported("access.used", 3, resource="documents")
    assert asked(tmp_path, "NXT-09", used).verdict == "undeterminable"


def test_nxt_16_kept_by_users_and_known_callers(tmp_path: Path) -> None:
    """What users and registered callers give would be held against xential."""
    found = asked(
        tmp_path,
        "NXT-16",
        event("organisation.registered", 1, organisation="zaaksysteem"),
        came(2, {"role": "user"}),
        came(3, CALLER),
        came(4, LEADINFO, purpose="website-use"),
    )
    assert found.verdict == "kept"


def test_nxt_16_broken_by_other_senders_and_unknown_callers(tmp_path: Path) -> None:
    """Data bought from a third party, or sent by an unknown caller, would pass."""
    found = asked(tmp_path, "NXT-16", came(1, LEADINFO), came(2, CALLER))
    assert (found.verdict, found.broken) == ("broken", 2)


def test_nxt_16_open_where_nobody_says_who_sent(tmp_path: Path) -> None:
    """Data of unknown origin would count as given by the user."""
    assert asked(tmp_path, "NXT-16", came(1, None)).verdict == "undeterminable"


def test_the_own_organisation_needs_no_agreement_with_itself(tmp_path: Path) -> None:
    """Use by our own staff would count as use by the host, because both sign the agreement."""
    used = reported("access.used", 2, resource="documents", actor_organisation=OWN["organisation"])
    assert asked(tmp_path, "NXT-09", agreement(1, HOST), used).verdict == "kept"
