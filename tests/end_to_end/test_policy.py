"""`zegel policy` as a DPO and a script use it."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from cli.reader import account
from cli.statement_source import shipped_names
from formats.statement_file.schema import statement_schema
from tests.command_line import Answer, zegel_here
from tests.statement_files import TEXT, as_yaml, plain_file

OTHER = TEXT.replace("week", "dag")
WHY = ("--reason", "agreed with the board")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with two versions of a statement and of its file."""
    folder = tmp_path / "desk"
    folder.mkdir()
    changed = {
        "statement/text_sha256": sha256(OTHER.encode()).hexdigest(),
        "promises/0/rules/0/where/0/values/0": "resale",
        "promises/1/parameters/0/default": 1,
    }
    in_both = {"promises/1/place/phrase": "Op een vraag reageren wij"}
    for name, text, changes in (("one", TEXT, {}), ("two", OTHER, changed)):
        (folder / f"{name}.txt").write_bytes(text.encode())
        (folder / f"{name}.yaml").write_bytes(as_yaml(plain_file({**in_both, **changes})))
    return folder


def policy(home: Path, *arguments: str | Path, **variables: str) -> Answer:
    """What a command of the group answered."""
    return zegel_here("--home", home, "policy", *arguments, **variables)


def document(home: Path, *arguments: str | Path) -> Any:  # noqa: ANN401 - JSON
    """The JSON of an answer that went well."""
    answer = policy(home, *arguments, "--json")
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def published(home: Path, *arguments: str | Path) -> list[dict[str, Any]]:
    """The receipts of a publication."""
    answer = policy(home, "publish", *arguments)
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


def size(home: Path) -> int:
    """How many records the log has."""
    return len(zegel_here("--home", home, "log").stdout.splitlines())


def test_a_statement_is_published_once(home: Path, desk: Path) -> None:
    """Every promise would stand in the log twice."""
    first = published(home, desk / "one.yaml", "--text", desk / "one.txt")
    assert [each["promise"] for each in first] == [None, "VBD-01", "VBD-02", "VBD-02"]
    assert not any(each["duplicate"] for each in first)
    again = published(home, desk / "one.yaml")
    assert [each["leaf_hash"] for each in again] == [each["leaf_hash"] for each in first]
    assert all(each["duplicate"] for each in again)


@pytest.mark.parametrize("name", shipped_names())
def test_a_statement_that_comes_along_needs_no_file(home: Path, name: str) -> None:
    """A newcomer would have to write a file before seeing a promise judged."""
    answer = policy(home, "publish", name, "--dry-run")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["promises"] > 10
    assert len(published(home, name)) > 10


def test_the_dry_run_records_nothing_and_needs_no_log(tmp_path: Path, desk: Path) -> None:
    """Checking a file would change the log, or ask for one."""
    answer = policy(
        tmp_path / "none", "publish", desk / "one.yaml", "--dry-run", "--text", desk / "one.txt"
    )
    assert json.loads(answer.stdout) == {
        "file": str(desk / "one.yaml"),
        "policy": "voorbeeld-privacy",
        "promises": 2,
        "rules": 3,
        "parameters": 1,
        "without_default": 0,
        "text_checked": True,
    }
    wrong = policy(
        tmp_path / "none", "publish", desk / "one.yaml", "--dry-run", "--text", desk / "two.txt"
    )
    assert wrong.returncode == 2
    assert sha256(OTHER.encode()).hexdigest() in wrong.stderr


def test_a_wrong_file_is_refused_with_all_that_is_wrong(home: Path, desk: Path) -> None:
    """Somebody would publish half a statement, or correct a file fault by fault."""
    before = size(home)
    bad = desk / "bad.yaml"
    bad.write_bytes(as_yaml(plain_file({"promises/0/anchors/0": "access.used"})))
    one = policy(home, "publish", bad)
    assert one.returncode == 2
    assert f"zegel: {bad}, line " in one.stderr
    changes = {"promises/0/anchors/0": "access.used", "promises/1/id": "VBD-01"}
    bad.write_bytes(as_yaml(plain_file(changes)))
    two = policy(home, "publish", bad)
    assert two.returncode == 2
    assert two.stderr.splitlines()[-1] == (f"zegel: {bad}: expected a file without faults, found 2")
    for missing, said in (
        ("infactor", "infactor-web"),
        (str(desk / "none.yaml"), "No such file"),
        (str(desk), "expected a file, or the name"),
    ):
        answer = policy(home, "publish", missing)
        assert answer.returncode == 2
        assert said in answer.stderr
    (desk / "latin.txt").write_bytes("é".encode("latin-1"))
    for text, said in ((desk / "latin.txt", "expected UTF-8"), (desk / "no.txt", "No such file")):
        answer = policy(home, "publish", desk / "one.yaml", "--text", text)
        assert answer.returncode == 2
        assert said in answer.stderr
    assert size(home) == before


def test_statements_are_listed_and_shown_as_they_stood(home: Path, desk: Path) -> None:
    """An investigator would see today's promises instead of those of the day that counts."""
    published(home, desk / "one.yaml", "--effective-from", "2026-01-01")
    published(home, desk / "two.yaml", "--effective-from", "2026-02-01")
    for moment, version in (("2026-01-15", TEXT), ("2026-02-15", OTHER)):
        (row,) = document(home, "list", "--as-of", moment)["policies"]
        assert row["text_sha256"] == sha256(version.encode()).hexdigest()
        assert (row["policy"], row["promises"], row["has_text"]) == ("voorbeeld-privacy", 2, False)
    assert document(home, "list", "--as-of", "2025-12-31")["policies"] == []
    shown = document(home, "show", "voorbeeld-privacy", "--as-of", "2026-02-15")
    assert [each["parameters"] for each in shown["promises"]] == [[], ["within=1 days"]]
    assert shown["promises"][1]["reading"] == "answer"
    line = policy(home, "show", "voorbeeld-privacy").stdout
    assert json.loads(line)["policy"] == "voorbeeld-privacy"
    assert policy(home, "show", "voorbeeld-privacy", "--csv").stdout.startswith("promise,class,")
    table = policy(home, "show", "voorbeeld-privacy", "--table").stdout
    assert "== voorbeeld-privacy · 2 promises ==" in table
    assert (
        "no statement is in force"
        in policy(home, "list", "--table", "--as-of", "2020-01-01").stderr
    )
    missing = policy(home, "show", "voorbeeld", "--as-of", "2026-02-15")
    assert missing.returncode == 2
    assert "voorbeeld-privacy" in missing.stderr


def test_the_text_comes_back_byte_for_byte_and_that_is_recorded(home: Path, desk: Path) -> None:
    """A court would be shown another text, or nobody would know who looked."""
    published(home, desk / "one.yaml")
    bare = policy(home, "show", "voorbeeld-privacy", "--text")
    assert bare.returncode == 2
    assert "its hash only" in bare.stderr
    published(home, desk / "one.yaml", "--text", desk / "one.txt")
    shown = policy(home, "show", "voorbeeld-privacy", "--text", "--purpose", "audit: yearly")
    assert shown.stdout == TEXT
    line = zegel_here("--home", home, "log", "--kind", "log.read").stdout.splitlines()[-1]
    read = json.loads(line)["event"]
    assert read["purpose"] == "audit"
    assert policy(home, "show", "voorbeeld-privacy", "--purpose", "audit").returncode == 2


def test_whoever_has_not_the_role_publishes_and_decides_nothing(home: Path, desk: Path) -> None:
    """Anybody could make a broken promise a kept one."""
    published(home, desk / "one.yaml", "--text", desk / "one.txt")
    gone = zegel_here("--home", home, "role", "revoke", account(), "decide", "resolve")
    assert gone.returncode == 0, gone.stderr
    attempts = (
        ("policy", "publish", str(desk / "two.yaml")),
        ("policy", "set", "VBD-02", "within=9", *WHY),
        ("policy", "interpret", "VBD-02", "none", *WHY),
        ("policy", "waive", "VBD-01", *WHY),
        ("policy", "show", "voorbeeld-privacy", "--text"),
        ("record", "promise.waived", "--promise-id", "VBD-01"),
        ("record", "policy.withdrawn", "--policy-id", "voorbeeld-privacy"),
    )
    for arguments in attempts:
        before = document(home, "show", "voorbeeld-privacy")["promises"]
        assert zegel_here("--home", home, *arguments).returncode == 5, arguments
        assert document(home, "show", "voorbeeld-privacy")["promises"] == before


def test_decisions_say_who_why_and_from_when(home: Path, desk: Path) -> None:
    """A number would decide what was broken, and nobody could say who chose it."""
    published(home, desk / "one.yaml", "--effective-from", "2026-01-01")
    decisions = (
        ("set", "VBD-02", "within=3 weeks", *WHY, "--effective-from", "2026-02-01"),
        ("interpret", "VBD-02", "none", *WHY, "--by", "person:dpo@voorbeeld.example"),
        ("waive", "VBD-01", *WHY, "--effective-from", "2026-03-01", "--until", "2026-04-01"),
    )
    for each in decisions:
        answer = policy(home, *each)
        assert answer.returncode == 0, answer.stderr
        assert json.loads(answer.stdout)["index"] > 0
    early, march = (
        document(home, "show", "voorbeeld-privacy", "--as-of", moment)["promises"]
        for moment in ("2026-01-15", "2026-03-15")
    )
    assert early[1]["parameters"] == ["within=7 days"]
    assert march[1]["parameters"] == ["within=3 weeks"]
    assert march[0]["waived_until"] == "2026-03-31T22:00:00Z"
    assert early[0]["waived_by"] is None
    now = document(home, "show", "voorbeeld-privacy")["promises"]
    assert now[1]["reading"] == "none"
    log = zegel_here("--home", home, "log", "--kind", "promise.interpretation_decided").stdout
    event = json.loads(log)["event"]
    assert event["decided_by"].startswith("person#")
    assert event["decided_by"] != event["actor"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("set", "VBD-03", "within=3"), "expected one that stands (VBD-01, VBD-02)"),
        (("set", "VBD-02", "hours=3"), "expected a parameter (within), found 'hours'"),
        (("set", "VBD-01", "within=3"), "it leaves nothing open"),
        (("set", "VBD-02", "within"), "expected NAME=VALUE"),
        (("set", "VBD-02", "within=soon"), "a whole number, 0 or more, found 'soon'"),
        (("set", "VBD-02", "within=-1"), "a whole number, 0 or more, found '-1'"),
        (("set", "VBD-02", "within=1,2"), "a whole number, 0 or more, found '1,2'"),
        (("set", "VBD-02", "within=3 bytes"), "expected within in seconds, minutes"),
        (("set", "VBD-02", "within=3", "within=4"), "expected within once"),
        (("set", "VBD-02", "within=3", "--effective-from", "2020-01-01"), "none stands"),
        (("interpret", "VBD-02", "other"), "expected a reading (answer, none), found 'other'"),
        (("interpret", "VBD-01", "other"), "it has one reading only"),
        (("waive", "VBD-09"), "expected one that stands"),
    ],
)
def test_a_decision_about_what_is_not_there_is_refused(
    home: Path, desk: Path, arguments: tuple[str, ...], said: str
) -> None:
    """A misspelt name would decide nothing, and nobody would notice."""
    published(home, desk / "one.yaml", "--effective-from", "2026-01-01")
    before = size(home)
    answer = policy(home, *arguments, *WHY)
    assert answer.returncode == 2
    assert said in answer.stderr
    assert size(home) == before


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (("--until", "2026-02-01"), "found 2026-02-01 00:00:00+01; --effective-from waives what"),
        (
            ("--effective-from", "2026-03-01", "--until", "2026-02-01"),
            "at or after its beginning, 2026-03-01 00:00:00+01, found 2026-02-01 00:00:00+01",
        ),
    ],
)
def test_a_waiver_that_ends_before_it_begins_is_refused(
    home: Path, desk: Path, span: tuple[str, ...], said: str
) -> None:
    """A waiver of nothing would be acknowledged, and February would be judged all the same."""
    published(home, desk / "one.yaml", "--effective-from", "2026-01-01")
    before = size(home)
    answer = policy(home, "waive", "VBD-01", *WHY, *span)
    assert answer.returncode == 2
    assert "--until: expected a time at or after its beginning" in answer.stderr
    assert said in answer.stderr
    assert size(home) == before
    for ends in ("2200-01-01", "now"):
        assert policy(home, "waive", "VBD-01", *WHY, "--until", ends).returncode == 0
    assert size(home) == before + 2


def test_a_promise_that_a_file_leaves_out_is_told(home: Path, desk: Path) -> None:
    """Somebody would believe that a promise of the same text is gone."""
    published(home, desk / "one.yaml")
    (desk / "less.yaml").write_bytes(as_yaml(plain_file({"promises/1": ...})))
    answer = policy(home, "publish", desk / "less.yaml")
    assert "VBD-02 stands in the log for this text" in answer.stderr
    assert document(home, "diff", desk / "less.yaml")["changes"] == []


def test_versions_are_compared(home: Path, desk: Path) -> None:
    """What a new version changes would be found out by its breaks."""
    files = document(
        home,
        *("diff", desk / "one.yaml", desk / "two.yaml"),
        *("--text", desk / "one.txt", "--text", desk / "two.txt"),
    )
    where = {"promise": "VBD-01", "what": "rule no-sale where[0].values"}
    assert {**where, "before": ["sale"], "after": ["resale"]} in files["changes"]
    assert files["text_diff"][-2:] == [
        "-Op een vraag reageren wij binnen een week.",
        "+Op een vraag reageren wij binnen een dag.",
    ]
    published(home, desk / "one.yaml", "--text", desk / "one.txt", "--effective-from", "2026-01-01")
    ahead = document(home, "diff", desk / "two.yaml")
    assert [each["what"] for each in ahead["changes"]] == [
        "text",
        "rule no-sale where[0].values",
        "parameter within",
    ]
    assert ahead["text_diff"] is None
    published(home, desk / "two.yaml", "--text", desk / "two.txt", "--effective-from", "2026-02-01")
    moments = ("--from", "2026-01-15", "--to", "2026-02-15")
    between = document(home, "diff", "voorbeeld-privacy", *moments, "--stored-text")
    assert between["text_diff"] == files["text_diff"]
    assert between["changes"] == ahead["changes"]
    table = policy(home, "diff", "voorbeeld-privacy", *moments, "--table")
    assert "the text changed" in table.stderr
    same = policy(home, "diff", desk / "two.yaml", "--table")
    assert "nothing differs" in same.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("voorbeeld-privacy",),
        ("voorbeeld-privacy", "xential"),
        ("xential", "xential", "xential"),
        ("xential", "--from", "2026-01-01"),
    ],
)
def test_a_comparison_of_nothing_is_refused(home: Path, arguments: tuple[str, ...]) -> None:
    """Somebody would take an answer about something else for theirs."""
    assert policy(home, "diff", *arguments).returncode == 2


def test_what_was_decided_is_not_told_as_a_change(home: Path, desk: Path) -> None:
    """Publishing would seem to undo what the DPO decided."""
    published(home, desk / "one.yaml")
    assert policy(home, "set", "VBD-02", "within=3", *WHY).returncode == 0
    assert document(home, "diff", desk / "one.yaml")["changes"] == []
    published(home, desk / "one.yaml")
    shown = document(home, "show", "voorbeeld-privacy")["promises"]
    assert shown[1]["parameters"] == ["within=3 days"]


def test_the_schema_is_printed(home: Path) -> None:
    """An editor could not be told what a statement file is."""
    answer = policy(home, "schema")
    assert json.loads(answer.stdout) == json.loads(json.dumps(statement_schema()))
