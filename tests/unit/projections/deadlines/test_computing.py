"""Results lead with the right reading, show the others, and say from what they were computed."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from ledger.errors import BadRequest, FormatError
from projections.deadlines import (
    Anchor,
    DeadlineResult,
    Parameters,
    Refusal,
    compute,
    decode_result,
    encode_result,
)

AMSTERDAM = "Europe/Amsterdam"
EVENT = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


def at(text: str) -> Anchor:
    return Anchor(at=datetime.fromisoformat(text))


def on(text: str) -> Anchor:
    return Anchor(on=date.fromisoformat(text))


def result(rule: str, parameters: Parameters | None = None, /, **anchors: Anchor) -> DeadlineResult:
    answer = compute(rule, anchors, parameters=parameters)
    assert isinstance(answer, DeadlineResult), answer
    return answer


def refusal(rule: str, parameters: Parameters | None = None, /, **anchors: Anchor) -> Refusal:
    answer = compute(rule, anchors, parameters=parameters)
    assert isinstance(answer, Refusal), answer
    return answer


def due(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_a_result_says_from_what_and_under_which_rule() -> None:
    """Somebody would take a computed instant for the deadline itself."""
    aware = Anchor(at=due("2026-04-03T17:30:00+02:00"), event_id=EVENT)
    found = result("gdpr-33-1", aware=aware)
    assert found.words.startswith(
        f"computed from aware (event {EVENT}, Fri 2026-04-03 17:30:00+02:00) under rule gdpr-33-1 "
        "version 1 (GDPR art. 33(1)"
    )
    assert found.anchors[0].event_id == EVENT
    assert "disputed" in found.notes
    assert next(str(each) for each in found.calendars).startswith("NL-atw/holidays-")


def test_steps_carry_the_closed_days_as_data() -> None:
    """The explanation could be read by people only, and checked by nobody."""
    steps = result("gdpr-12-3", received=on("2026-03-05")).leading.steps
    assert [step.operation for step in steps] == ["add", "roll", "end-of-day"]
    assert [(day.on.isoformat(), day.why) for day in steps[1].passed_over] == [
        ("2026-04-05", "Sunday"),
        ("2026-04-06", "Tweede paasdag"),
    ]
    assert steps[1].on == date(2026, 4, 7)


def test_a_request_received_as_an_instant_counts_from_the_local_date() -> None:
    """Received at half past midnight, it would be counted from the day before."""
    found = result("gdpr-12-3", received=at("2026-06-14T22:30:00+00:00"))
    assert found.due_on == date(2026, 7, 15)


def test_an_extension_in_time_leads_with_the_earliest_reading() -> None:
    """The most comfortable of three readings would be planned by."""
    found = result("gdpr-12-3", received=on("2026-01-31"), extension_notified=on("2026-03-02"))
    assert (found.leading.name, found.due_on) == ("extended-a", date(2026, 4, 28))
    assert {each.name: each.standing for each in found.alternatives} == {
        "one-month": "information",
        "literal-month": "information",
        "planning": "information",
        "extended-b": "alternative",
        "extended-c": "alternative",
    }
    assert found.finding("extension-in-time") is not None


@pytest.mark.parametrize("notified", [on("2026-03-03"), at("2026-03-03T00:00:00+01:00")])
def test_an_extension_after_the_limit_does_not_hold(notified: Anchor) -> None:
    """A notice that came too late would still win two months."""
    found = result("gdpr-12-3", received=on("2026-01-31"), extension_notified=notified)
    assert (found.leading.name, found.due_on) == ("one-month", date(2026, 3, 2))
    assert found.finding("extension-late") is not None
    standings = {each.name: each.standing for each in found.alternatives}
    assert standings["extended-a"] == "conditional"


def test_an_identity_pause_stands_beside_the_reading_without_it() -> None:
    """A pause that no text gives a formula for would move the leading limit."""
    pause = {"identity_asked": on("2026-02-02"), "identity_confirmed": on("2026-02-12")}
    found = result("gdpr-12-3", received=on("2026-01-31"), **pause)
    assert found.due_on == date(2026, 3, 2)
    paused = found.reading("paused")
    assert paused is not None
    assert (paused.due_on, paused.standing) == (date(2026, 3, 10), "alternative")
    assert found.reading("paused-extended") is None


def test_an_extension_that_only_the_pause_makes_timely_stands_beside() -> None:
    """What holds under one reading only would be shown as certain, or not at all."""
    found = result(
        "gdpr-12-3",
        received=on("2026-01-31"),
        identity_asked=on("2026-02-02"),
        identity_confirmed=on("2026-02-12"),
        extension_notified=on("2026-03-05"),
    )
    assert found.leading.name == "one-month"
    extended = found.reading("paused-extended")
    assert extended is not None
    assert extended.due_on == date(2026, 5, 11)


def test_an_open_identity_question_is_said() -> None:
    """A reader would miss that another reading is about to appear."""
    found = result("gdpr-12-3", received=on("2026-01-31"), identity_asked=on("2026-02-02"))
    assert found.finding("identity-pause-open") is not None
    assert found.reading("paused") is None


def test_a_pause_that_ends_before_it_begins_is_refused_beside_the_leading_reading() -> None:
    """A limit would be moved back by a typing error."""
    found = result(
        "gdpr-12-3",
        received=on("2026-01-31"),
        identity_asked=on("2026-02-12"),
        identity_confirmed=on("2026-02-02"),
    )
    assert found.due_on == date(2026, 3, 2)
    assert [each.refusal.reason for each in found.refused] == ["anchors_out_of_order"]


def test_a_reading_whose_calendar_is_unknown_does_not_spoil_the_strict_one() -> None:
    """72 hours need no calendar, and would be refused for a contested reading's sake."""
    found = result("gdpr-33-1", aware=at("2019-01-13T12:00:00+01:00"))
    assert found.due_at == due("2019-01-16T12:00:00+01:00")
    assert [each.name for each in found.refused] == ["two-working-days-equated"]


def test_a_leading_reading_that_cannot_be_computed_is_a_refusal() -> None:
    """A guess would stand where the calendar ends."""
    answer = refusal("rag-03", contract_ended=on("2100-12-20"))
    assert answer.reason == "calendar_not_covered"
    assert (answer.rule_id, answer.rule_version) == ("rag-03", 1)


@pytest.mark.parametrize(
    ("classified", "expected", "leading"),
    [
        ("2026-04-03T20:00:00+02:00", "2026-04-04T00:00:00+02:00", "classification"),
        ("2026-04-04T15:00:00+02:00", "2026-04-04T17:30:00+02:00", "awareness"),
        ("2026-04-04T17:30:00+02:00", "2026-04-04T17:30:00+02:00", "awareness"),
        ("2026-04-04T17:30:01+02:00", "2026-04-04T21:30:01+02:00", "classification"),
    ],
)
def test_the_initial_notification_of_dora_leads_with_the_earlier_limit(
    classified: str, expected: str, leading: str
) -> None:
    """An incident classified late in its first day would get four hours that it does not have."""
    aware = at("2026-04-03T17:30:00+02:00")
    found = result("dora-initial", classified_major=at(classified), aware=aware)
    assert (found.due_at, found.leading.name) == (due(expected), leading)


@pytest.mark.parametrize(
    ("submitted", "expected"),
    [
        ("2026-04-03T23:30:00+02:00", "2026-04-07T12:00:00+02:00"),  # limit on Easter Monday
        ("2026-04-04T00:00:00+02:00", "2026-04-07T12:00:00+02:00"),  # 24:00 belongs to Monday
        ("2026-04-04T00:00:01+02:00", "2026-04-07T00:00:01+02:00"),
        ("2026-03-31T00:00:00+02:00", "2026-04-03T00:00:00+02:00"),  # 24:00 of a working day
    ],
)
def test_the_relief_of_dora_is_noon_of_the_next_working_day(submitted: str, expected: str) -> None:
    """An entity with the relief would be told it is late on a holiday, or get relief for none."""
    moment = at(submitted)
    found = result("dora-intermediate", {"weekend_relief": True}, initial_submitted=moment)
    assert found.due_at == due(expected)


def test_the_relief_is_shown_to_who_may_not_have_it() -> None:
    """An entity would never learn that its own case decides."""
    found = result("dora-intermediate", initial_submitted=at("2026-04-03T23:30:00+02:00"))
    relief = found.reading("relief")
    assert relief is not None
    assert relief.standing == "conditional"
    assert found.due_at == due("2026-04-06T23:30:00+02:00")


@pytest.mark.parametrize(("is_trust_service", "hours"), [(False, 72), (True, 24)])
def test_trust_services_notify_within_a_day(is_trust_service: bool, hours: int) -> None:  # noqa: FBT001 - a case
    """A trust service provider would be given two days that it does not have."""
    aware = at("2026-11-24T09:12:00+01:00")
    found = result("nis2-notification", {"trust_service_provider": is_trust_service}, aware=aware)
    assert found.remaining(due("2026-11-24T09:12:00+01:00")) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("handled", "due_on", "finding"),
    [
        (None, "2026-12-24", "handling-open"),
        ("2026-12-24T23:59:00+01:00", "2026-12-24", None),
        ("2026-12-25T00:00:00+01:00", "2027-01-25", "progress-report"),
    ],
)
def test_an_incident_that_runs_on_moves_the_final_report(
    handled: str | None, due_on: str, finding: str | None
) -> None:
    """The final report would be due while the incident runs, or a month after it in every case."""
    anchors = {"notification_submitted": at("2026-11-24T09:12:00+01:00")}
    if handled:
        anchors["incident_handled"] = at(handled)
    found = result("nis2-final-report", **anchors)
    assert found.due_on == date.fromisoformat(due_on)
    assert [each.code for each in found.findings] == [each for each in [finding] if each]


def test_the_promise_of_ingressus_shows_both_meanings_of_its_anchor() -> None:
    """The statement is ambiguous, and one meaning would pass for the only one."""
    found = result("ing-11", notice=on("2026-11-30"), contract_ended=on("2026-12-31"))
    assert found.due_on == date(2027, 2, 28)
    other = found.reading("contract-end")
    assert other is not None
    assert other.due_on == date(2027, 3, 31)


def test_the_numbers_of_a_promise_are_parameters() -> None:
    """A number that the data protection officer set would not be used."""
    suspected = at("2026-11-24T09:12:00+01:00")
    hours = {"broken_after_hours": 8, "warn_after_hours": 1}
    found = result("nxt-10", hours, suspected=suspected)
    assert found.due_at == due("2026-11-24T17:12:00+01:00")
    assert found.parameters == hours


def test_a_version_can_be_named_and_says_when_it_does_not_apply() -> None:
    """A rule as it was could not be compared with what it is, or pass for it."""
    aware = {"aware": at("2026-11-24T09:12:00+01:00")}
    old = compute("nis2-early-warning", aware, at_version=1)
    new = compute("nis2-early-warning", aware)
    assert isinstance(old, DeadlineResult)
    assert isinstance(new, DeadlineResult)
    assert (old.rule_version, new.rule_version) == (1, 2)
    assert old.finding("version-not-in-force") is not None
    assert new.finding("version-not-in-force") is None


@pytest.mark.parametrize(
    ("rule", "anchors", "parameters", "reason"),
    [
        ("gdpr-33-1", {}, {}, "missing_anchor"),
        ("gdpr-33-1", {"aware": at("2018-05-24T12:00:00+02:00")}, {}, "rule_not_in_force"),
        ("gdpr-33-1", {"aware": at("2026-11-24T09:12:00")}, {}, "missing_offset"),
        ("gdpr-33-1", {"aware": on("2026-11-24")}, {}, "time_of_day_missing"),
        ("gdpr-33-2", {"processor_aware": on("2026-11-24")}, {}, "no_period_in_law"),
        ("contract-days", {"started": on("2026-11-24")}, {}, "missing_parameter"),
        ("contract-days", {"started": on("9999-12-30")}, {"days": 9}, "out_of_range"),
        ("contract-months", {"started": on("9999-12-30")}, {"months": 9}, "out_of_range"),
        ("contract-hours", {"started": at("9999-12-31T00:00Z")}, {"hours": 99}, "out_of_range"),
        ("contract-hours", {"started": at("9999-12-31T20:00Z")}, {"hours": 3}, "out_of_range"),
        ("contract-hours", {"started": at("9999-12-31T23:30Z")}, {"hours": 1}, "out_of_range"),
        ("contract-days", {"started": on("2026-11-24")}, {"days": 10**30}, "out_of_range"),
        ("contract-weeks", {"started": on("2026-11-24")}, {"weeks": 10**30}, "out_of_range"),
        ("contract-months", {"started": on("2026-11-24")}, {"months": 10**30}, "out_of_range"),
        ("contract-hours", {"started": at("2026-11-24T00:00Z")}, {"hours": 10**30}, "out_of_range"),
        ("cra-incident-notification", {"aware": at("2026-09-10T12:00Z")}, {}, "rule_not_in_force"),
    ],
)
def test_what_cannot_be_said_is_refused_with_its_reason(
    rule: str, anchors: dict[str, Anchor], parameters: dict[str, int], reason: str
) -> None:
    """A guess, or a failure without a reason, would stand in place of an answer."""
    assert refusal(rule, parameters, **anchors).reason == reason


def test_a_national_act_is_not_applied_abroad() -> None:
    """A German entity would be judged by a Dutch act."""
    answer = compute("nis2-early-warning", {"aware": at("2026-11-24T09:12Z")}, country="DE")
    assert isinstance(answer, Refusal)
    assert answer.reason == "country_not_covered"


def test_another_country_counts_its_own_days_and_says_what_is_not_known() -> None:
    """A request to a German controller would be due on a German holiday."""
    received = {"received": on("2026-04-01")}
    german = compute("gdpr-12-3", received, zone="Europe/Berlin", country="DE")
    dutch = compute("gdpr-12-3", received)
    assert isinstance(german, DeadlineResult)
    assert isinstance(dutch, DeadlineResult)
    assert (german.due_on, dutch.due_on) == (date(2026, 5, 4), date(2026, 5, 1))
    assert german.finding("calendar-caveat") is not None
    assert dutch.finding("calendar-caveat") is None


@pytest.mark.parametrize(
    ("rule", "anchors", "parameters", "zone", "said"),
    [
        ("gdpr-33", {}, {}, AMSTERDAM, "rule"),
        ("gdpr-33-1", {"awaer": on("2026-11-24")}, {}, AMSTERDAM, "awaer"),
        (
            "gdpr-33-1",
            {"aware": at("2026-11-24T09:12Z")},
            {"hours": 3},
            AMSTERDAM,
            "hours",
        ),
        ("gdpr-33-1", {"aware": at("2026-11-24T09:12Z")}, {}, "Mars/Base", "zone"),
        (
            "contract-days",
            {"started": on("2026-11-24")},
            {"days": 0},
            AMSTERDAM,
            "from 1 on",
        ),
        (
            "contract-days",
            {"started": on("2026-11-24")},
            {"days": True},
            AMSTERDAM,
            "days",
        ),
        (
            "gdpr-12-3",
            {"received": on("2026-11-24")},
            {"include_equated_days": 1},
            AMSTERDAM,
            "true or false",
        ),
    ],
)
def test_a_question_that_means_nothing_is_refused(
    rule: str, anchors: dict[str, Anchor], parameters: dict[str, int], zone: str, said: str
) -> None:
    """A typing error would be computed as something else."""
    with pytest.raises(BadRequest, match=said):
        compute(rule, anchors, parameters=parameters, zone=zone)


def test_an_anchor_is_one_moment() -> None:
    """A clock would start from one of two moments, whichever is looked at first."""
    with pytest.raises(ValueError, match="either"):
        Anchor()
    with pytest.raises(ValueError, match="either"):
        Anchor(at=due("2026-11-24T09:12Z"), on=date(2026, 1, 1))


def test_in_time_means_before_the_limit() -> None:
    """What is done at midnight after the last day would count as done on it."""
    found = result("inf-09", received=on("2026-03-27"))
    assert found.is_in_time(due("2026-04-03T23:59:59.999999+02:00"))
    assert not found.is_in_time(due("2026-04-04T00:00:00+02:00"))


@pytest.mark.parametrize("document", [b"", b"{}", b"[]", b"\xff", b'{"rule_id": 3}'])
def test_what_is_no_result_is_not_decoded(document: bytes) -> None:
    """A broken result would be taken for one that was computed."""
    with pytest.raises(FormatError):
        decode_result(document)


def test_a_result_is_told_again_from_its_bytes() -> None:
    """A result that is handed on would lose a part of its explanation."""
    found = result("gdpr-12-3", received=on("2026-01-31"), extension_notified=on("2026-03-02"))
    assert decode_result(encode_result(found)) == found
