"""What xential promises to tell, and to whom: breaches, requests, letters and changes."""

from pathlib import Path

from msgspec.structs import replace

from formats.statement_file import publication_events
from formats.statement_file.publishing import Earlier
from ledger.events import Event
from tests.histories import day, event
from tests.promises.judging import (
    instant,
    parameter_set,
    reading_decided,
    statement_file,
    statement_log,
    tell,
    verdicts,
)
from tests.promises.xential_events import STATEMENT, asked, breach, reported, request

HOUR = 1 / 24
NEW_TEXT = "ab" * 32
NEW_VERSION = "revision-2026-02-01"
REQUESTER = "person:m.devries@klant.example"


def controller_told(on: float) -> Event:
    """The controller heard of the breach."""
    return breach("controller_notified", on, controller="gemeente-holten", notice_kind="initial")


def subjects_decided(on: float, *, notify: bool, ground: str | None) -> Event:
    """It was decided whether the people concerned hear of the breach."""
    told = {} if ground is None else {"ground": ground}
    return breach("notification_decided", on, addressee="subjects", notify=notify, **told)


def new_version(on: float) -> list[Event]:
    """Another text of the statement was published, in force from 1 February.

    The number of days that somebody set before stays set.
    """
    file = statement_file(STATEMENT)
    changed = replace(
        file.statement,
        text_sha256=NEW_TEXT,
        version=NEW_VERSION,
        revision_date="2026-02-01",
        effective_from="2026-02-01",
    )
    known = Earlier(decided=frozenset({("NXT-15", "notice-days")}))
    return publication_events(
        replace(file, statement=changed), None, occurred_at=day(on), earlier=known
    )


def communicated(on: float, **fields: str) -> Event:
    """Customers were told of a change of the statement."""
    return event(
        "policy.change_communicated",
        on,
        policy_id="xential-privacy",
        channel="newsletter",
        **(fields or {"version": NEW_VERSION}),
    )


def test_nxt_10_kept_by_a_report_within_hours(tmp_path: Path) -> None:
    """A report three hours after the suspicion would not count as direct."""
    found = asked(tmp_path, "NXT-10", breach("suspected", 1), controller_told(1 + 3 * HOUR))
    assert (found.verdict, found.kept, found.reading) == ("kept", 1, "suspicion")
    assert {each.name: each.value for each in found.parameters} == {
        "broken_after_hours": 24,
        "warn_after_hours": 4,
    }


def test_nxt_10_broken_by_a_report_after_a_day(tmp_path: Path) -> None:
    """A report thirty hours after the suspicion would count as direct."""
    found = asked(tmp_path, "NXT-10", breach("suspected", 1), controller_told(1 + 30 * HOUR))
    assert found.verdict == "broken"
    assert found.oldest_break is not None
    assert found.oldest_break.due_at == day(2)


def test_nxt_10_the_moment_of_telling_counts_and_not_of_writing_down(tmp_path: Path) -> None:
    """A report given in time but written down the next week would be late."""
    told = breach(
        "authority_notified",
        9,
        authority="autoriteit-persoonsgegevens",
        notice_kind="initial",
        notified_at=instant(1, 5),
    )
    assert asked(tmp_path, "NXT-10", breach("suspected", 1), told).verdict == "kept"


def test_nxt_10_pending_within_the_hours(tmp_path: Path) -> None:
    """A clock that runs would not be shown with its end."""
    found = asked(tmp_path, "NXT-10", breach("suspected", 1), on=1.5)
    assert (found.verdict, found.due_at) == ("pending", day(2))


def test_nxt_10_the_officer_may_set_other_hours(tmp_path: Path) -> None:
    """What the officer decided about "direct" would not count."""
    two_days = event(
        "promise.parameter_set",
        0,
        promise_id="NXT-10",
        params=[{"name": "broken_after_hours", "value": 48, "unit": "hours"}],
        reason="the controller agreed to two days",
    )
    found = asked(
        tmp_path,
        "NXT-10",
        breach("suspected", 1),
        controller_told(1 + 30 * HOUR),
        decisions=[two_days],
    )
    assert found.verdict == "kept"


def test_nxt_10_a_suspicion_that_came_to_nothing_is_a_matter_of_reading(tmp_path: Path) -> None:
    """The words about the suspicion would be read in one way only, whatever the officer decides."""
    ledger = statement_log(tmp_path, STATEMENT)
    tell(ledger, [breach("suspected", 1), breach("ruled_out", 1 + 6 * HOUR)])
    found = verdicts(ledger, day(100))["NXT-10"]
    assert found.verdict == "broken"
    assert dict(found.by_reading) == {"suspicion": "broken", "unless-ruled-out": "kept"}
    tell(ledger, [reading_decided("NXT-10", "unless-ruled-out", 0)])
    assert verdicts(ledger, day(100))["NXT-10"].verdict == "kept"


def test_nxt_11_kept_by_a_decision_and_a_notice(tmp_path: Path) -> None:
    """Telling the people concerned at high risk would not be enough."""
    found = asked(
        tmp_path,
        "NXT-11",
        breach("suspected", 1),
        breach("assessed", 2, risk="high"),
        subjects_decided(3, notify=True, ground="required"),
        breach("subjects_notified", 4, manner="direct"),
        breach("closed", 9),
    )
    assert (found.verdict, found.kept) == ("kept", 2)


def test_nxt_11_broken_by_a_breach_closed_without_a_decision(tmp_path: Path) -> None:
    """A breach could be closed without a word about the people concerned."""
    found = asked(tmp_path, "NXT-11", breach("suspected", 1), breach("closed", 9))
    assert found.verdict == "broken"


def test_nxt_11_a_decision_without_a_ground_is_none(tmp_path: Path) -> None:
    """A decision that nobody can check would do."""
    found = asked(
        tmp_path,
        "NXT-11",
        breach("suspected", 1),
        subjects_decided(2, notify=False, ground=None),
        breach("closed", 9),
    )
    assert found.verdict == "broken"


def test_nxt_11_broken_by_silence_at_high_risk(tmp_path: Path) -> None:
    """A high risk could be kept from the people concerned."""
    found = asked(
        tmp_path,
        "NXT-11",
        breach("suspected", 1),
        breach("assessed", 2, risk="high"),
        subjects_decided(3, notify=True, ground="required"),
        breach("closed", 9),
    )
    assert (found.verdict, found.broken) == ("broken", 1)


def test_nxt_11_kept_without_a_notice_where_the_data_are_unintelligible(tmp_path: Path) -> None:
    """An exception that the law makes would count as silence."""
    found = asked(
        tmp_path,
        "NXT-11",
        breach("suspected", 1),
        breach("assessed", 2, risk="high"),
        subjects_decided(3, notify=False, ground="unintelligible"),
        breach("closed", 9),
    )
    assert found.verdict == "kept"


def test_nxt_11_pending_while_the_breach_is_open(tmp_path: Path) -> None:
    """A breach under investigation would count as kept from the people concerned."""
    found = asked(tmp_path, "NXT-11", breach("suspected", 1))
    assert (found.verdict, found.due_at) == ("pending", None)


def test_nxt_11_kept_by_ruling_the_breach_out(tmp_path: Path) -> None:
    """A false alarm would need a decision about people whom it does not concern."""
    found = asked(
        tmp_path, "NXT-11", breach("suspected", 1), breach("ruled_out", 2), breach("closed", 3)
    )
    assert found.verdict == "kept"


def test_nxt_12_kept_by_an_answer_within_the_month(tmp_path: Path) -> None:
    """A request that was granted in time would be held against xential."""
    found = asked(tmp_path, "NXT-12", request("received", 1), request("fulfilled", 20))
    assert (found.verdict, found.kept) == ("kept", 1)


def test_nxt_12_kept_by_a_refusal_with_reasons(tmp_path: Path) -> None:
    """A refusal that says why, and where to complain, would be held against xential."""
    refused = request(
        "refused",
        20,
        reasons="the data are those of somebody else",
        remedies_named=["complaint", "judicial-remedy"],
    )
    assert asked(tmp_path, "NXT-12", request("received", 1), refused).verdict == "kept"


def test_nxt_12_broken_by_a_late_answer(tmp_path: Path) -> None:
    """An answer after the statutory month would pass."""
    found = asked(tmp_path, "NXT-12", request("received", 1), request("fulfilled", 50))
    assert found.verdict == "broken"
    assert found.oldest_break is not None
    assert found.oldest_break.due_at is not None
    assert found.oldest_break.due_at.isoformat() == "2026-02-02T23:00:00+00:00"


def test_nxt_12_broken_by_a_refusal_without_reasons(tmp_path: Path) -> None:
    """A bare no would count as an answer."""
    refused = request("refused", 20, remedies_named=["complaint"])
    found = asked(tmp_path, "NXT-12", request("received", 1), refused, on=25)
    assert (found.verdict, found.broken) == ("broken", 1)


def test_nxt_12_broken_by_a_refusal_that_names_no_complaint(tmp_path: Path) -> None:
    """A requester could be left without knowing where to complain."""
    refused = request("refused", 20, reasons="too many", remedies_named=["judicial-remedy"])
    assert asked(tmp_path, "NXT-12", request("received", 1), refused).verdict == "broken"


def test_nxt_12_an_extension_with_reasons_gives_two_months_more(tmp_path: Path) -> None:
    """A request that was extended in time would be late after the first month."""
    extended = request("extended", 20, reasons="many documents")
    events = (request("received", 1), extended, request("fulfilled", 60))
    assert asked(tmp_path, "NXT-12", *events).verdict == "kept"


def test_nxt_12_broken_by_an_extension_without_reasons(tmp_path: Path) -> None:
    """A term could be extended without a word why."""
    events = (request("received", 1), request("extended", 20), request("fulfilled", 25))
    assert asked(tmp_path, "NXT-12", *events).verdict == "broken"


def test_nxt_12_pending_within_the_month(tmp_path: Path) -> None:
    """A request that is being answered would count as late."""
    found = asked(tmp_path, "NXT-12", request("received", 1), on=10)
    assert found.verdict == "pending"
    assert found.due_at is not None


def test_nxt_13_kept_by_refusals_of_people(tmp_path: Path) -> None:
    """A refusal that somebody decided would count as one by a machine."""
    found = asked(
        tmp_path,
        "NXT-13",
        request("received", 1),
        request("refused", 9, automatic=False),
        request("refused", 10, decided_by="person:dpo@xential.example"),
    )
    assert (found.verdict, found.kept) == ("kept", 2)


def test_nxt_13_broken_by_a_refusal_of_a_machine(tmp_path: Path) -> None:
    """A machine could turn down a request for access."""
    found = asked(tmp_path, "NXT-13", request("received", 1), request("refused", 1, automatic=True))
    assert found.verdict == "broken"


def test_nxt_13_says_nothing_about_rights_that_are_not_listed(tmp_path: Path) -> None:
    """A right that the statement does not mention would be promised."""
    asked_for = request("received", 1, right="A22", right_name="human-decision")
    found = asked(tmp_path, "NXT-13", asked_for, request("refused", 2, automatic=True))
    assert found.verdict == "kept"


def test_nxt_13_open_where_nobody_says_who_refused(tmp_path: Path) -> None:
    """A refusal of unknown origin would count as decided by a person."""
    found = asked(tmp_path, "NXT-13", request("received", 1), request("refused", 2))
    assert found.verdict == "undeterminable"


def test_nxt_14_kept_by_a_letter_given(tmp_path: Path) -> None:
    """A letter that was given would not be found with the question for it."""
    found = asked(
        tmp_path,
        "NXT-14",
        reported("contact.requested", 1, channel="e-mail", topic="sample-letter", person=REQUESTER),
        reported("dsr.template_provided", 2, person=REQUESTER),
    )
    assert (found.verdict, found.kept) == ("kept", 1)


def test_nxt_14_pending_until_the_letter_is_given(tmp_path: Path) -> None:
    """A letter given to somebody else, or before the question, would do.

    The statement gives no time for it, so nothing breaks this promise: it stays open.
    """
    found = asked(
        tmp_path,
        "NXT-14",
        reported("dsr.template_provided", 1, person=REQUESTER),
        reported("contact.requested", 2, channel="e-mail", topic="sample-letter", person=REQUESTER),
        reported("dsr.template_provided", 3, person="person:a.bakker@klant.example"),
    )
    assert (found.verdict, found.due_at) == ("pending", None)


def test_nxt_15_kept_by_telling_before_it_counts(tmp_path: Path) -> None:
    """A change that was told in time would be held against xential."""
    found = asked(tmp_path, "NXT-15", *new_version(20), communicated(25))
    assert found.verdict == "kept"


def test_nxt_15_kept_by_telling_with_the_text(tmp_path: Path) -> None:
    """Telling that names the text and not the version would not be found."""
    found = asked(tmp_path, "NXT-15", *new_version(20), communicated(25, text_sha256=NEW_TEXT))
    assert found.verdict == "kept"


def test_nxt_15_broken_by_telling_afterwards(tmp_path: Path) -> None:
    """A change could be told when it has long been in force."""
    found = asked(tmp_path, "NXT-15", *new_version(20), communicated(40))
    assert (found.verdict, found.broken) == ("broken", 1)


def test_nxt_15_not_judged_before_the_change_takes_effect(tmp_path: Path) -> None:
    """A change for which there is still time to tell would count as untold."""
    assert asked(tmp_path, "NXT-15", *new_version(20), on=25).verdict == "kept"


def test_nxt_15_the_officer_may_ask_for_more_notice(tmp_path: Path) -> None:
    """The number of days that the officer set would not count."""
    longer = [parameter_set("NXT-15", notice_days=14)]
    ledger = statement_log(tmp_path, STATEMENT, decisions=longer)
    tell(ledger, [*new_version(10), communicated(20)])
    assert verdicts(ledger, day(100))["NXT-15"].verdict == "broken"
    tell(ledger, [communicated(15)])
    assert verdicts(ledger, day(100))["NXT-15"].verdict == "kept"


def test_nxt_15_broken_by_another_date_than_that_of_the_text(tmp_path: Path) -> None:
    """The text could be published under a date that it does not carry."""
    again = event(
        "policy.published",
        5,
        policy_id="xential-privacy",
        organisation="interaction-next",
        text_sha256=statement_file(STATEMENT).statement.text_sha256,
        revision_date="2025-12-31",
    )
    assert asked(tmp_path, "NXT-15", again).verdict == "broken"
