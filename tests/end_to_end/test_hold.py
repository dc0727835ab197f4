"""`zegel hold` as a person and a script use it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Answer, zegel_here


def _hold(home: Path, *arguments: str) -> Answer:
    return zegel_here("--home", home, "hold", *arguments)


def _placed(home: Path, *arguments: str) -> list[dict[str, Any]]:
    answer = _hold(home, "place", *arguments)
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


def _listed(home: Path, *arguments: str) -> list[dict[str, Any]]:
    answer = _hold(home, "list", "--json", *arguments)
    assert answer.returncode == 0, answer.stderr
    holds: list[dict[str, Any]] = json.loads(answer.stdout)["holds"]
    return holds


def _use(home: Path) -> None:
    recorded = zegel_here(
        *("--home", home, "record", "access.used", "--resource", "crm", "--system", "crm"),
        *("--actor", "person:jan"),
    )
    assert recorded.returncode == 0, recorded.stderr


def test_a_hold_is_listed_with_tokens_alone(home: Path) -> None:
    """A list of holds would tell who is under suspicion, and leave no trace of who read it."""
    _use(home)
    _placed(
        *(home, "CASE-7", "--person", "person:jan", "--system", "crm", "--kind", "access.used"),
        *("--basis", "litigation", "--reason", "Jan sued", "--by", "person:dpo"),
    )
    answer = _hold(home, "list", "--json")
    (found,) = json.loads(answer.stdout)["holds"]
    token, *rest = found["covers"]
    assert token.startswith("person#")
    assert rest == ["kind access.used", "system crm"]
    assert (found["state"], found["basis"]) == ("standing", "litigation")
    assert not [name for name in ("jan", "Jan", "CASE-7", "dpo") if name in answer.stdout]


def test_several_people_are_each_held(home: Path) -> None:
    """A second person would narrow the hold on the first one."""
    receipts = _placed(
        *(home, "CASE-7", "--person", "person:jan", "--person", "person:piet", "--ip"),
        *("ip:203.0.113.7", "--basis", "litigation"),
    )
    assert len({each["stream"] for each in receipts}) == 1
    assert [len(each["covers"]) for each in _listed(home)] == [2, 1]


def test_a_hold_on_nobody_known_warns_and_is_recorded(home: Path) -> None:
    """A misspelt name would hold nobody, and nobody would know."""
    answer = _hold(
        home, "place", "C", "--person", "person:jan", "--system", "crm", "--basis", "litigation"
    )
    assert answer.returncode == 0
    assert "no record names person:jan" in answer.stderr
    assert "no record of system crm" in answer.stderr
    _use(home)
    refused = zegel_here("--home", home, "erase", "person:jan", "--yes")
    assert refused.returncode == 5
    assert "expected no legal hold, found hold#" in refused.stderr
    _use(home)
    known = _hold(home, "place", "D", "--person", "person:jan", "--basis", "litigation")
    assert "no record names" not in known.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["C", "--basis", "x"], "expected what to hold"),
        (["C", "--person", "person:jan"], "expected why"),
        (["C", "--everything", "--system", "crm", "--basis", "x"], "expected nothing named"),
        (["C", "--person", "jan", "--basis", "x"], "expected a person by account"),
        (["C", "--kind", "acces.used", "--basis", "x"], "did you mean access.used"),
        (["C", "--everything", "--basis", "x", "--until", "2020-01-01"], "a time to come"),
        (["C", "--everything", "--basis", "Two Words"], "basis"),
    ],
)
def test_a_hold_that_says_too_little_is_refused(
    home: Path, arguments: list[str], said: str
) -> None:
    """Something else would be held than was meant, or nothing."""
    answer = _hold(home, "place", *arguments)
    assert answer.returncode == 2
    assert said in answer.stderr
    assert _listed(home, "--all") == []


def test_a_hold_ends_by_its_id_its_token_or_its_index(home: Path) -> None:
    """A hold whose id nobody knows any more would stand for ever."""
    for name in ("A", "B", "C"):
        _placed(home, name, "--everything", "--basis", "litigation")
    first, second, third = _listed(home)
    known = ", ".join(each["hold"] for each in (first, second, third))
    assert f"stands ({known}), found none" in _hold(home, "release", "Z").stderr
    for typed in ("A", second["hold"], f"@{third['index']}"):
        released = _hold(home, "release", typed, "--reason", "settled")
        assert released.returncode == 0, released.stderr
    assert _listed(home) == []
    assert [each["state"] for each in _listed(home, "--all")] == ["released"] * 3
    assert len(_listed(home, "--as-known", f"@{third['index']}")) == 3
    assert _listed(home, "--as-of", "2020-01-01") == []
    again = _hold(home, "release", "A")
    assert again.returncode == 2
    assert "found one that is released" in again.stderr
    assert "stands (there is none), found none" in _hold(home, "release", "Z").stderr
    assert first["index"] < second["index"]


def test_a_list_of_people_is_a_table(home: Path) -> None:
    """A person would have to read JSON to see what stands."""
    _placed(home, "A", "--everything", "--basis", "litigation")
    shown = _hold(home, "list", "--table").stdout
    assert "everything" in shown
    assert "litigation" in shown


def _without_the_role(home: Path) -> None:
    """A hold on everything, placed by somebody who then has the role `hold` no more."""
    _use(home)
    _placed(home, "CASE-7", "--everything", "--basis", "litigation")
    (row,) = json.loads(zegel_here("--home", home, "role", "list", "--json").stdout)["roles"]
    for role in ("hold", "erase"):
        taken = zegel_here("--home", home, "role", "revoke", row["person"], role)
        assert taken.returncode == 0, taken.stderr


def test_nobody_ends_a_hold_by_recording_it(home: Path) -> None:
    """Whoever may not release a hold would end it with `zegel record`, and have people erased."""
    _without_the_role(home)
    placed = json.loads(
        zegel_here(
            "--home", home, "log", "--kind", "legal_hold.placed", "--json"
        ).stdout.splitlines()[0]
    )
    for arguments in (
        ("legal_hold.released", "--hold-id", "CASE-7"),
        ("legal_hold.placed", "--hold-id", "CASE-8"),
        ("log.correction_recorded", "--corrected-event-id", placed["event"]["event_id"]),
    ):
        answer = zegel_here("--home", home, "record", *arguments)
        assert (answer.returncode, answer.stdout) == (5, "")
        assert "role: expected hold" in answer.stderr
    rule = zegel_here(
        *("--home", home, "record", "retention.rule_set", "--rule-id", "r", "--category", "any"),
        *("--duration", "PT1H", "--trigger", "occurred", "--basis", "none"),
    )
    assert (rule.returncode, "role: expected erase" in rule.stderr) == (5, True)
    assert [each["state"] for each in _listed(home)] == ["standing"]


def test_no_import_ends_a_hold_without_the_role(home: Path, tmp_path: Path) -> None:
    """One line of a source would lift every hold, while the rest of the file looks harmless."""
    _without_the_role(home)
    source = tmp_path / "events.ndjson"
    when = {"occurred_at": "2026-03-01T10:00:00Z", "system": "crm"}
    lines = (
        {"kind": "access.used", "resource": "crm", "actor": "person:piet", **when},
        {"kind": "legal_hold.released", "hold_id": "CASE-7", **when},
    )
    source.write_text("\n".join(map(json.dumps, lines)) + "\n")
    answer = zegel_here("--home", home, "import", source, "--json")
    summary = json.loads(answer.stdout)
    assert (summary["recorded"], summary["unreadable"]) == (1, 1), answer.stderr
    assert "role: expected hold" in answer.stderr
    assert [each["state"] for each in _listed(home)] == ["standing"]
