"""`zegel retention` as a person and a script use it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Answer, zegel_here


@pytest.fixture
def aged(home: Path) -> Path:
    """A home with an old access, a recent one, and a rule that keeps a year."""
    for occurred_at in ("2024-01-10T12:00", "-30d"):
        recorded = zegel_here(
            *("--home", home, "record", "access.used", "--resource", "crm", "--actor"),
            *("person:jan", "--occurred-at", occurred_at),
        )
        assert recorded.returncode == 0, recorded.stderr
    _set(home, "log", "--kind", "access.used", "--period", "P1Y", "--basis", "security")
    return home


def _retention(home: Path, *arguments: str) -> Answer:
    return zegel_here("--home", home, "retention", *arguments)


def _set(home: Path, *arguments: str) -> None:
    answer = _retention(home, "set", *arguments)
    assert answer.returncode == 0, answer.stderr


def _document(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_what_is_due_is_counted_and_ends_with_its_own_code(aged: Path) -> None:
    """A timer that watches over terms would never notice that one has passed."""
    now = _retention(aged, "due", "--json")
    assert now.returncode == 6
    document = _document(now)
    assert (document["overdue"], document["due"], document["held"]) == (1, 0, 0)
    (count,) = document["counts"]
    assert (count["rule"], count["kind"], count["records"]) == ("log", "access.used", 1)
    assert count["oldest"] == "2025-01-10T23:00:00Z"
    soon = _document(_retention(aged, "due", "--json", "--due-within", "365d"))
    assert (soon["overdue"], soon["due"]) == (1, 1)


def test_a_run_erases_what_is_due_and_says_what(aged: Path) -> None:
    """Nobody could tell what a run did, or it would do something else than it showed."""
    shown = _retention(aged, "run", "--dry-run", "--json")
    assert (shown.returncode, _document(shown)["overdue"]) == (0, 1)
    done = _retention(aged, "run", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    (executed,) = _document(done)["executed"]
    assert (executed["rule"], executed["disclosures_destroyed"]) == ("log", 1)
    assert _retention(aged, "due").returncode == 0
    lines = zegel_here("--home", aged, "log", "--table", "--kind", "access.used").stdout
    assert "erased (by event" in lines
    assert zegel_here("--home", aged, "verify").returncode == 0
    nothing = _retention(aged, "run", "--yes", "--json")
    assert _document(nothing)["executed"] == []
    assert "nothing was erased" in _retention(aged, "run", "--yes", "--ndjson").stderr


def test_a_run_that_cannot_ask_erases_nothing(aged: Path) -> None:
    """A script that was started by mistake would destroy data that nobody can bring back."""
    refused = _retention(aged, "run")
    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    assert _retention(aged, "due").returncode == 6


def test_a_hold_stops_a_run(aged: Path) -> None:
    """What a court asks for would be gone."""
    placed = zegel_here(
        "--home", aged, "hold", "place", "C", "--person", "person:jan", "--basis", "litigation"
    )
    assert placed.returncode == 0
    due = _retention(aged, "due", "--json")
    assert due.returncode == 0
    (count,) = _document(due)["counts"]
    assert count["state"] == "held"
    assert count["held_by"][0].startswith("hold#")
    assert _document(_retention(aged, "run", "--yes", "--json"))["executed"] == []
    assert zegel_here("--home", aged, "hold", "release", "C").returncode == 0
    assert _retention(aged, "due").returncode == 6


def test_rules_are_listed_as_of_a_date_and_as_known(aged: Path) -> None:
    """Nobody could tell by which rule something was erased last year."""
    _set(aged, "log", "--kind", "access.used", "--period", "P5Y", "--over", "other")
    listed = _document(_retention(aged, "list", "--json"))["rules"]
    assert [(each["keeps"], each["overrides"]) for each in listed] == [
        ("P5Y after it occurred", ["other"])
    ]
    assert _retention(aged, "due").returncode == 0
    known = _document(
        _retention(aged, "list", "--json", "--as-known", f"@{listed[0]['index'] - 1}")
    )
    assert [each["keeps"] for each in known["rules"]] == ["P1Y after it occurred"]
    past = _retention(aged, "list", "--table", "--as-of", "2020-01-01")
    assert "no rule is in force" in past.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["set", "x", "--period", "P1Y"], "expected what the rule concerns"),
        (["set", "x", "--kind", "access.used"], "expected --period or --duration"),
        (["set", "x", "--kind", "access.used", "--period", "1 year"], "period"),
        (["set", "x", "--kind", "acces.used", "--period", "P1Y"], "did you mean access.used"),
        (
            ["set", "x", "--kind", "access.used", "--period", "P1Y", "--trigger", "opzegging"],
            "--trigger: expected occurred, recorded or a kind",
        ),
        (["set", "Two Words", "--kind", "access.used", "--period", "P1Y"], "rule_id"),
        (["due", "--rule", "nosuch"], "expected one of log, found 'nosuch'"),
        (["due", "--due-within", "soon"], "--due-within"),
        (["run", "--rule", "nosuch", "--yes"], "expected one of log, found 'nosuch'"),
    ],
)
def test_what_cannot_be_computed_is_refused(aged: Path, arguments: list[str], said: str) -> None:
    """A rule would stand in the log that never erases anything, and nobody would know why."""
    answer = _retention(aged, *arguments)
    assert answer.returncode == 2
    assert said in answer.stderr
    assert len(_document(_retention(aged, "list", "--json"))["rules"]) == 1


def test_a_rule_about_the_log_itself_is_pointed_out(aged: Path) -> None:
    """Somebody would erase who looked at whom without meaning to."""
    answer = _retention(aged, "set", "readings", "--kind", "log.read", "--period", "P5Y")
    assert answer.returncode == 0
    assert "what the log says about itself: log.read" in answer.stderr


def test_who_has_no_role_sets_and_runs_nothing(aged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has a terminal could destroy data, or let a hold go."""
    monkeypatch.setattr("cli.reader.account", lambda: "person:somebody@else")
    for arguments in (
        ("retention", "set", "x", "--kind", "access.used", "--period", "P1D"),
        ("retention", "run", "--yes"),
        ("hold", "place", "C", "--everything", "--basis", "litigation"),
    ):
        answer = zegel_here("--home", aged, *arguments)
        assert answer.returncode == 5, answer.stderr
    assert _retention(aged, "due").returncode == 6
