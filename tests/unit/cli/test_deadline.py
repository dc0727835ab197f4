"""`zegel deadline` answers anyone, without a log, and ends as its table of codes says."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest

from cli.app import app
from cli.deadline import MENDABLE, TABLE, deadline
from cli.deadline_drawn import draw_answer
from cli.exit_codes import ExitCode
from cli.lazy import LazyGroup
from projections.deadlines import Anchor, compute, rule_book
from tests.command_line import Answer, zegel_here
from tests.shared_data import shared

WRONG = {
    "id": "ours",
    "rule": "R4",
    "inputs": {"received_on": "2026-01-31"},
    "expected": {"due_date": "2026-02-28"},
}


@pytest.fixture
def nowhere(tmp_path: Path) -> str:
    """A home that does not exist."""
    return str(tmp_path / "absent")


def ask(nowhere: str, *arguments: str) -> Answer:
    return zegel_here("deadline", *arguments, "--home", nowhere)


def test_a_limit_is_computed_without_a_home(nowhere: str) -> None:
    """Somebody with a breach and no log would get no answer, or a log they did not ask for."""
    answer = ask(nowhere, "gdpr-33-1", "--from", "2026-04-03 17:30", "--json")
    assert answer.returncode == ExitCode.FINE, answer.stderr
    found = json.loads(answer.stdout)
    assert found["leading"]["due_at"] == "2026-04-06T15:30:00Z"
    assert {each["name"] for each in found["alternatives"]} == {
        "full-hour",
        "two-working-days",
        "two-working-days-equated",
    }
    assert not Path(nowhere).exists()


def test_all_options_reach_the_computation(nowhere: str) -> None:
    """An option would be accepted and not heard."""
    answer = ask(
        nowhere,
        *("dora-initial", "--from", "2026-04-03 20:00", "--anchor", "aware=2026-04-02 22:00"),
        *("--param", "weekend_relief=true", "--rule-version", "1", "--zone", "Europe/Berlin"),
        *("--country", "DE", "--ndjson"),
    )
    found = json.loads(answer.stdout)
    assert (found["zone"], found["country"]) == ("Europe/Berlin", "DE")
    assert found["leading"]["name"] == "classification-relief"
    assert found["leading"]["due_at"] == "2026-04-07T10:00:00Z"


def test_a_relative_moment_is_told_to_the_second(nowhere: str) -> None:
    """A limit would be told with microseconds that nobody typed."""
    found = json.loads(ask(nowhere, "gdpr-33-1", "--from", "-60h").stdout)
    assert "." not in found["leading"]["due_at"]


def test_an_extension_has_an_option_of_its_own(nowhere: str) -> None:
    """The one extension that the law knows would be asked for under an inner name only."""
    answer = ask(nowhere, "gdpr-12-3", "--from", "2026-01-31", "--extended-at", "2026-02-20")
    assert json.loads(answer.stdout)["leading"]["due_on"] == "2026-04-28"


def test_utc_reads_times_but_not_the_days_of_the_bearer(nowhere: str) -> None:
    """Showing times in UTC would change the local dates that a month is counted from."""
    arguments = ("gdpr-12-3", "--from", "2026-06-14 22:30", "--utc")
    assert json.loads(ask(nowhere, *arguments).stdout)["leading"]["due_on"] == "2026-07-15"


@pytest.mark.parametrize(
    ("arguments", "reason", "code"),
    [
        (("gdpr-33-1", "--from", "2026-10-25 02:30"), "ambiguous_local_time", ExitCode.USAGE),
        (("gdpr-33-1", "--from", "2026-03-29 02:30"), "nonexistent_local_time", ExitCode.USAGE),
        (("gdpr-33-1", "--from", "2026-03-29"), "time_of_day_missing", ExitCode.USAGE),
        (("dora-initial", "--from", "2026-04-03 20:00"), "missing_anchor", ExitCode.USAGE),
        (("gdpr-34", "--from", "2026-04-03"), "no_period_in_law", ExitCode.UNAVAILABLE),
        (("rag-03", "--from", "2101-04-03"), "calendar_not_covered", ExitCode.UNAVAILABLE),
    ],
)
def test_a_refusal_is_the_answer_with_a_code(
    nowhere: str, arguments: tuple[str, ...], reason: str, code: ExitCode
) -> None:
    """A script would take a refusal for a date, or could not tell whether to ask again."""
    for form in ("--json", "--csv", "--table"):
        answer = ask(nowhere, *arguments, form)
        assert answer.returncode == code
        assert reason in answer.stdout
    assert (reason in MENDABLE) is (code == ExitCode.USAGE)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("gdpr-33-9", "--from", "now"), "gdpr-33-1"),
        (("RULE", "--from", "now"), "No such command"),
        (("gdpr-33-1",), "--from"),
        (("gdpr-33-1", "--from", "blah"), "--from: time"),
        (("gdpr-33-1", "--from", "now", "--zone", "Mars/Base"), "IANA zone"),
        (("gdpr-33-1", "--from", "now", "--anchor", "x=now"), "expected an anchor of aware"),
        (("gdpr-33-1", "--from", "now", "--param", "x=1"), "no parameter"),
        (("gdpr-33-1", "--from", "now", "--extended-at", "now"), "extension_notified"),
        (("gdpr-33-1", "--from", "now", "--rule-version", "7"), "expected a version of 1"),
    ],
)
def test_a_wrong_question_is_told_and_ends_with_usage(
    nowhere: str, arguments: tuple[str, ...], said: str
) -> None:
    """A typing error would be computed as something else."""
    answer = ask(nowhere, *arguments)
    assert answer.returncode == ExitCode.USAGE
    assert said in answer.stderr
    assert answer.stdout == ""


def test_no_rule_is_named_like_a_command() -> None:
    """A rule could never be asked for, or would hide a command."""
    assert set(rule_book()) & set(TABLE) == set()


def test_every_rule_has_a_help_of_its_own(nowhere: str) -> None:
    """The options of a rule could not be looked up under its name."""
    answer = ask(nowhere, "gdpr-12-3", "--help")
    assert answer.returncode == ExitCode.FINE
    assert "zegel deadline gdpr-12-3 [OPTIONS]" in answer.stdout
    assert "received (--from)" in answer.stdout
    assert "extension_notified" in answer.stdout
    assert "include_equated_days" in answer.stdout


def completed(group: LazyGroup, typed: str) -> list[str]:
    context = click.Context(group, parent=click.Context(app), info_name="deadline")
    return [each.value for each in group.shell_complete(context, typed)]


def test_rules_and_commands_are_completed() -> None:
    """Nobody remembers the names of rules."""
    assert isinstance(deadline, LazyGroup)
    assert completed(deadline, "gdpr-33") == ["gdpr-33-1", "gdpr-33-2", "gdpr-33-4"]
    assert completed(deadline, "li") == ["list"]
    assert "RULE" not in completed(deadline, "")


@pytest.mark.parametrize(
    ("option", "words"),
    [("parameters", ["weekend_relief="]), ("others", ["aware="])],
)
def test_anchors_and_parameters_of_a_rule_are_completed(option: str, words: list[str]) -> None:
    """The inner names of a rule could be found in its data only."""
    parent = click.Context(deadline)
    command = deadline.get_command(parent, "RULE")
    assert command is not None
    context = click.Context(command, parent=parent, info_name="dora-initial")
    (parameter,) = [each for each in command.params if each.name == option]
    assert [each.value for each in parameter.shell_complete(context, "")] == words


def test_csv_has_a_row_for_each_reading(nowhere: str) -> None:
    """A spreadsheet would show one reading, and not which of them leads."""
    answer = ask(nowhere, "gdpr-33-1", "--from", "2019-01-13T12:00", "--csv")
    rows = list(csv.DictReader(io.StringIO(answer.stdout)))
    assert [(row["reading"], row["standing"], row["refused"]) for row in rows] == [
        ("strict", "leading", ""),
        ("full-hour", "alternative", ""),
        ("two-working-days", "contested", ""),
        ("two-working-days-equated", "", "calendar_not_covered"),
    ]


def test_the_drawing_says_when_how_long_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    """A person would see an instant without its weekday, its zone, its reason or what is left."""
    answer = compute("gdpr-33-1", {"aware": Anchor(at=datetime(2026, 4, 3, 15, 30, tzinfo=UTC))})
    zone = ZoneInfo("Europe/Amsterdam")
    draw_answer(answer, datetime(2026, 4, 5, 14, 0, tzinfo=UTC), zone)
    shown = capsys.readouterr().out
    assert "due before  Mon 2026-04-06 17:30:00+02:00" in shown
    assert "1 d 1 h left" in shown
    assert "1. 72 hours after Fri 2026-04-03 17:30:00+02:00" in shown
    assert "contested" in shown
    assert "Computed from aware" in shown
    draw_answer(answer, datetime(2026, 4, 6, 17, 30, tzinfo=UTC), zone)
    assert "passed 2 h 0 min ago" in capsys.readouterr().out


def test_the_list_has_every_version_with_source_and_term(nowhere: str) -> None:
    """Nobody could see by which rule, and since when, a limit is computed."""
    lines = ask(nowhere, "list").stdout.splitlines()
    rows = [json.loads(line) for line in lines]
    assert len(rows) == sum(map(len, rule_book().values()))
    nis2 = [row for row in rows if row["rule"] == "nis2-notification"]
    assert [(row["effective_from"], row["effective_until"]) for row in nis2] == [
        ("2024-10-18", "2026-08-15"),
        ("2026-08-15", None),
    ]
    only = ask(nowhere, "list", "--regime", "cra").stdout.splitlines()
    assert len(only) == 6


@pytest.mark.parametrize(
    ("examples", "code", "said"),
    [
        ([{**WRONG, "expected": {"due_date": "2026-03-02"}}], ExitCode.FINE, "1 example: 1 agree"),
        ([WRONG], ExitCode.EVIDENCE_BROKEN, "1 differ"),
        ([WRONG, {**WRONG, "rule": "R0"}], ExitCode.USAGE, "1 differ, 1 malformed"),
    ],
)
def test_a_check_ends_as_its_examples_do(
    nowhere: str, examples: list[object], code: ExitCode, said: str
) -> None:
    """A difference would pass unseen through a script."""
    answer = zegel_here(
        "deadline", "check", "-", "--home", nowhere, stdin=json.dumps(examples).encode()
    )
    assert answer.returncode == code
    assert said in answer.stderr
    assert len(answer.stdout.splitlines()) == len(examples) - (code == ExitCode.FINE)


def test_a_check_lists_what_differs_and_where(nowhere: str, tmp_path: Path) -> None:
    """A lawyer would know that something is wrong, but not what."""
    file = tmp_path / "ours.json"
    file.write_text(json.dumps([WRONG]))
    row = json.loads(ask(nowhere, "check", str(file)).stdout)
    assert (row["place"], row["expected"], row["found"]) == ("due_date", "2026-02-28", "2026-03-02")
    assert "ours" in ask(nowhere, "check", str(file), "--table").stdout


def test_the_published_examples_agree(nowhere: str) -> None:
    """The command would judge a file of examples otherwise than the engine does."""
    answer = ask(nowhere, "check", str(shared("reference/deadlines.json")))
    assert (answer.returncode, answer.stdout) == (ExitCode.FINE, "")
    assert ": 0 agree" not in answer.stderr


def test_a_file_that_is_no_list_is_refused(nowhere: str) -> None:
    """An empty file would agree on everything."""
    answer = zegel_here("deadline", "check", "-", "--home", nowhere, stdin=b"[]")
    assert answer.returncode == ExitCode.USAGE
    assert "worked examples" in answer.stderr
