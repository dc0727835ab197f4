"""What messages of many programs on many machines become."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from formats import FORMATS, openssh
from formats.reading import Numbered, Outcome, Read, SettingMissing, Skipped, Translated, Unreadable
from formats.syslog import looks_like, read
from formats.syslog_receipt import refused
from tests.shared_data import shared
from tests.syslog_messages import modern, older
from tests.unit.formats.sources import context_of, facts, outcomes, reasons, skipped, warnings

FAILED = "Failed password for root from 203.0.113.45 port 40112 ssh2"


def told(*lines: str, programs: dict[str, Read] | None = None) -> list[Outcome]:
    context = replace(context_of(), programs=programs or {}, systems={"desk": "customer-desk"})
    return list(read(io.BytesIO("\n".join(lines).encode()), context))


def test_a_message_says_the_same_in_both_forms() -> None:
    """A machine that sends the newer form would not be seen, or seen as something else."""
    time = "2026-03-12T05:17:02Z"
    newer, by_rsyslog, before = facts(
        told(modern(FAILED, time=time), modern(f" {FAILED}", time=time), older(FAILED))
    )
    assert newer | {"event_id": None} == by_rsyslog | {"event_id": None}
    differing = {"event_id", "occurred_zone"}
    assert {name: newer[name] for name in newer.keys() - differing} == {
        name: before[name] for name in before.keys() - differing
    }
    assert newer["kind"] == "intrusion.attempt_detected.v1"
    assert (newer["host"], newer["target"]) == ("gateway", "ssh/gateway")


def test_a_log_of_sshd_gives_the_facts_that_its_own_reader_gives() -> None:
    """The same log would be recorded twice when it was read once as each."""
    with shared("vectors/samples/sftp-syslog.log").open("rb") as stream:
        raw = stream.read()
    whole = outcomes(read, raw, zone="UTC")
    assert whole == outcomes(openssh.read, raw, zone="UTC")
    assert len(facts(whole)) >= 2


def test_fail2ban_is_read_as_it_writes_to_the_socket() -> None:
    """Bans that fail2ban reports by syslog would be passed over."""
    found = told(
        older("INFO [sshd] Found 203.0.113.77 - 2026-03-12 06:17:01", program="fail2ban.filter"),
        older("NOTICE [sshd] Ban 203.0.113.77", program="fail2ban.actions"),
    )
    attempt, ban = facts(found)
    assert attempt["occurred_at"] == datetime(2026, 3, 12, 5, 17, 1, tzinfo=UTC)
    assert (ban["kind"], ban["scope"], ban["ip"]) == ("ip.blocked.v1", "sshd", "ip:203.0.113.77")
    assert ban["attempt_ids"] == (attempt["event_id"],)
    assert ban["host"] == "gateway"


def test_fail2ban_is_read_as_it_writes_to_the_journal() -> None:
    """Bans would be passed over where fail2ban logs to the journal."""
    line = "2026-03-12 06:17:01,741 fail2ban.actions        [8]: NOTICE  [sshd] Ban 203.0.113.77"
    (ban,) = facts(told(older(line, program="fail2ban", time="2026-03-12T06:17:02+01:00")))
    assert (ban["kind"], ban["ip"]) == ("ip.blocked.v1", "ip:203.0.113.77")
    assert ban["occurred_at"] == datetime(2026, 3, 12, 5, 17, 2, tzinfo=UTC)


def test_documents_of_a_named_program_are_read_in_their_language() -> None:
    """A program that writes JSON to syslog could not be connected."""
    event = '{"kind":"access.used","occurred_at":"2026-03-01T12:00:00Z","resource":"x"}'
    lines = [
        modern(event, program="portal", host="desk"),
        modern(f"@cee: {event}", program="portal", host="desk"),
        modern("", program="portal", host="desk"),
        modern("{", program="portal", host="desk"),
    ]
    found = told(*lines, programs={"portal": FORMATS["ndjson"].read})
    first, second = facts(found)
    assert first["event_id"] != second["event_id"]
    assert (first["host"], first["parser"]) == ("desk", "zegel-syslog/1")
    assert first["system"] == second["system"] == "customer-desk"
    assert [outcome.place for outcome in found] == ["line 1", "line 2", "line 3", "line 4"]
    assert skipped(found) == ["an empty message"]
    (unreadable,) = (outcome for outcome in found if isinstance(outcome, Unreadable))
    assert unreadable.raw == lines[3].encode()
    assert facts(told(*lines, programs={"portal": FORMATS["ndjson"].read})) == [first, second]


def test_a_session_of_postgresql_goes_on_over_messages() -> None:
    """Which of several grants of one call a message tells of could not be told."""
    with shared("vectors/samples/pgaudit.jsonl").open("rb") as stream:
        raw = stream.read()
    alone = facts(outcomes(FORMATS["pgaudit"].read, raw))
    lines = raw.decode().splitlines()
    for program, programs in (("postgres", {}), ("db", {"db": FORMATS["pgaudit"].read})):
        found = facts(told(*(modern(line, program=program) for line in lines), programs=programs))
        assert [fact | {"host": None} for fact in found] == [
            fact | {"host": None} for fact in alone
        ]
    plain = told(older("LOG:  connection received", program="postgres"))
    assert skipped(plain) == ["a line of PostgreSQL that is not in JSON"]


def test_other_programs_are_counted_and_nothing_else() -> None:
    """A line would vanish, or one that nobody understands be reported as damage."""
    found = told(
        older("session opened for user root", program="CRON"),
        older("x", program="-").replace("-[4101]: ", ""),
        modern("x", program="-"),
        modern("Failed", program="portal"),
    )
    other, none = "a line of another program", "a message that names no program"
    assert skipped(found) == [other, none, none, other]


def test_what_machines_said_before_does_not_mix() -> None:
    """A repetition on one machine would repeat what another one said."""
    found = told(
        older(FAILED, host="one"),
        older(FAILED.replace("203.0.113.45", "203.0.113.46"), host="two"),
        "Mar 12 06:17:09 one last message repeated 2 times",
        older("x", host="two", program="CRON"),
        "Mar 12 06:17:09 two last message repeated 2 times",
    )
    assert [(fact["ip"], fact["attempts"]) for fact in facts(found)] == [
        ("ip:203.0.113.45", 1),
        ("ip:203.0.113.46", 1),
        ("ip:203.0.113.45", 2),
    ]
    assert skipped(found) == ["a line of another program"] * 2


def test_a_repeated_message_of_other_programs_is_recorded_once_with_a_warning() -> None:
    """A ban would be lost because syslog folded it, or a second one be invented."""
    found = told(
        older("message repeated 2 times: [ NOTICE [sshd] Ban 203.0.113.77]", program="fail2ban.a"),
        "Mar 12 06:17:09 gateway last message repeated 2 times",
    )
    (ban,) = facts(found)
    assert ban["kind"] == "ip.blocked.v1"
    assert warnings(found) == ["repeated, recorded once"]
    assert skipped(found) == ["a repetition of the line before"]


def test_numbers_of_the_sender_are_given_per_machine_and_name_none() -> None:
    """A message lost on the way would not be missed, or a name of a machine be sealed in public."""
    elements = [("meta", [("sequenceId", "29")])]
    found = told(
        modern(FAILED, elements=elements),
        modern("x", program="CRON", elements=[("meta", [("sequenceId", "30")])]),
        modern(FAILED, host="two", elements=elements),
        modern(FAILED, time="-", elements=elements),
        modern(FAILED, elements=[("meta", [("sequenceId", "0")])]),
        modern(FAILED),
    )
    numbers = [outcome.numbered for outcome in found]
    series = {each.series for each in numbers if each}
    assert [each and each.number for each in numbers] == [29, 30, 29, 29, None, None]
    assert numbers[0] is not None
    assert numbers[1] == Numbered(numbers[0].series, 30, "CRON 4101")
    assert len(series) == 2
    assert not any("gateway" in each or "two" in each for each in series)
    assert isinstance(found[1], Skipped)
    assert isinstance(found[3], Unreadable)


def test_the_accuracy_of_a_clock_is_kept() -> None:
    """An instant would look exact whose clock says that it may be off."""
    elements = [("timeQuality", [("tzKnown", "1"), ("syncAccuracy", "60000000")])]
    (fact,) = facts(told(modern(FAILED, elements=elements)))
    assert fact["occurred_uncertainty"] == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (modern(FAILED, time="-"), "expected a time, found none: its sender had no clock"),
        (modern(FAILED, time="2926-03-12T06:17:02Z"), "a time that is not in the future"),
        (modern(FAILED, priority=192), "expected a priority of 0 to 191"),
        (older(FAILED, priority=192), "expected a priority of 0 to 191"),
        ("<038>" + older(FAILED, priority=None), "expected a priority of 0 to 191"),
        (modern(FAILED).replace("<38>1", "<38>2"), "expected a header of RFC 5424"),
        (modern(FAILED).replace(" - - ", " - [x "), "expected structured data as in RFC 5424"),
        ("nothing", "expected a syslog line that begins with a time"),
        (refused(b"<38>x", "expected 9 octets").decode(), "expected 9 octets"),
    ],
)
def test_damage_is_unreadable_and_stops_nothing(line: str, reason: str) -> None:
    """One strange message from the network would end the reading of all, or pass in silence."""
    found = told(line, older(FAILED))
    assert reason in reasons(found)[0]
    assert len(facts(found)) == 1


def test_a_time_without_a_year_needs_one() -> None:
    """Facts would get an invented year."""
    with pytest.raises(SettingMissing, match="--year"):
        outcomes(read, older(FAILED), year=None)


@pytest.mark.parametrize(
    ("head", "name", "likely"),
    [
        (modern(FAILED), "x", 92),
        (older(FAILED) + "\n" + older("x", program="fail2ban.actions"), "auth.log", 91),
        (older("x", program="CRON"), "/var/log/syslog", 20),
        (older("x", program="CRON"), "auth.log", 5),
        ("hello", "syslog", 0),
    ],
)
def test_syslog_is_recognised(head: str, name: str, likely: int) -> None:
    """People would have to name the format, or another language be taken for syslog."""
    assert looks_like(head.encode(), name) == likely


def test_memory_stays_bounded_whatever_machines_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A peer that invents names of machines would use up all memory."""
    monkeypatch.setattr("formats.syslog._KEPT_MACHINES", 2)
    found = told(*(older(FAILED, host=f"m{number % 3}") for number in range(9)))
    assert len([outcome for outcome in found if isinstance(outcome, Translated)]) == 9


def test_a_cookie_stands_at_the_begin_of_a_message_only() -> None:
    """A text inside a document would be taken out of it, and a long message never be read."""
    known = '"kind":"access.used","occurred_at":"2026-03-01T12:00:00Z","resource":"x"'
    event = f'{{{known},"note":"  @cee: x"}}'
    blanks = f"{{{' ' * 100_000}}}"
    found = told(
        modern(f" @cee:  {event.replace('  @cee: x', 'y')}", program="portal"),
        modern(event, program="portal"),
        modern(blanks, program="portal"),
        programs={"portal": FORMATS["ndjson"].read},
    )
    assert [fact["note"] for fact in facts(found)] == ["y", "  @cee: x"]
    assert len(reasons(found)) == 1
