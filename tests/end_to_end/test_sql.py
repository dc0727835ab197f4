"""`zegel sql` as people type it: what it shows, what it says beside it, what it leaves behind."""

import json
from pathlib import Path

import pytest

from tests.command_line import Answer, zegel_here
from tests.end_to_end.test_roles import as_account

_WHY = ("--identities", "--purpose", "audit: yearly")
_GRANTS = "select grantee, resource from access"


def run(home: Path, *arguments: str, stdin: str = "") -> Answer:
    """What a command answered."""
    return zegel_here("--home", home, *arguments, stdin=stdin)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with two grants; `person:maker@desk` made it."""
    place = tmp_path_factory.mktemp("sql") / "home"
    with as_account("person:maker@desk"):
        assert run(place, "init", "--origin", "log.example/sql").returncode == 0
    for name in ("anna", "bram"):
        fact = ("--grant-id", name, "--grantee", f"person:{name}@example.nl", "--resource", "files")
        assert run(place, "record", "access.granted", *fact).returncode == 0
    return place


def test_an_answer_is_lines_of_json_in_a_pipe(home: Path) -> None:
    """A script could not read an answer."""
    answer = run(home, "sql", "select kind, count(*) n from events group by 1 order by 1")
    kinds = {json.loads(line)["kind"]: json.loads(line)["n"] for line in answer.stdout.splitlines()}
    assert kinds["access.granted.v1"] == 3  # the roles of the maker are one
    assert "sql: by " in answer.stderr
    assert answer.returncode == 0


def test_a_statement_comes_from_standard_input(home: Path) -> None:
    """A long statement would have to fit on the command line."""
    answer = run(home, "sql", "-", stdin="select 1 as one\n")
    assert json.loads(answer.stdout) == {"one": 1}


def test_a_cut_answer_says_so(home: Path) -> None:
    """An answer would look complete though it is not."""
    answer = run(home, "sql", "select index from events", "-n", "1", "--json")
    assert json.loads(answer.stdout)["truncated_at"] == 1
    assert "truncated at 1 rows" in answer.stderr
    whole = run(home, "sql", "select 1 as a", "--json")
    assert json.loads(whole.stdout)["truncated_at"] is None
    assert "truncated" not in whole.stderr


def test_names_are_shown_to_the_role_and_the_reading_is_recorded(home: Path) -> None:
    """Names would be shown without a trace, or the trace name others than those who were shown."""
    with as_account("person:maker@desk"):
        answer = run(home, "sql", f"{_GRANTS} where resource = 'files' limit 1", *_WHY)
        (row,) = map(json.loads, answer.stdout.splitlines())
        reading = json.loads(
            run(home, "log", "--kind", "log.read", "-r", "-n", "1", *_WHY).stdout.splitlines()[0]
        )
    assert row["grantee"] in {"person:anna@example.nl", "person:bram@example.nl"}
    event = reading["event"]
    assert event["question"] == "sql: " + f"{_GRANTS} where resource = … limit 1".replace(",", " ,")
    assert (event["purpose"], event["identities"], event["shown_exactly"]) == ("audit", 1, True)
    assert len(event["shown_subjects"].split()) == 1


def test_without_the_role_tokens_are_shown(home: Path) -> None:
    """Anybody with an account would see names."""
    with as_account("person:other@desk"):
        answer = run(home, "sql", _GRANTS, *_WHY)
    assert answer.returncode == 5
    assert "example.nl" not in answer.stdout
    assert "person#" in answer.stdout


def test_somebody_is_asked_about_by_name(home: Path) -> None:
    """Nobody could ask about one person without typing a token by hand."""
    statement = "select resource from access where grantee = $who"
    for who, expected in (("anna", 1), ("nobody", 0)):
        answer = run(home, "sql", statement, "--token", f"who=person:{who}@example.nl")
        assert len(answer.stdout.splitlines()) == expected
        assert answer.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "expected one, or --tables"),
        (("select 1", "--token", "who"), "expected NAME=IDENTITY"),
        (("select 1", "--identities"), "--purpose"),
        (("drop table events",), "found DROP; nothing was run"),
        (("select x from events",), "line 1, column 8"),
        (("select $who",), "who"),
        (("select 1", "--seconds", "1e300"), "is not in the range 0.001<=x<=8640000"),
        (("select 1", "--memory", "9" * 30), "is not in the range 64<=x<="),
    ],
)
def test_a_mistake_is_a_usage_error(home: Path, arguments: tuple[str, ...], said: str) -> None:
    """A script could not tell a mistyped statement from a database out of reach."""
    answer = run(home, "sql", *arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert said in answer.stderr


def test_too_slow_is_out_of_reach(home: Path) -> None:
    """A script could not tell an answer that takes too long from a mistyped statement."""
    endless = "select count(*) from range(1000000000000) where random() < 2"
    answer = run(home, "sql", endless, "--seconds", "0.2")
    assert (answer.returncode, answer.stdout) == (4, "")
    assert "within 0.2 s" in answer.stderr


def test_tables_are_listed_without_a_log(tmp_path: Path) -> None:
    """Nobody would know what can be asked."""
    answer = run(tmp_path / "none", "sql", "--tables")
    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    assert {"events", "access", "access_unused", "promises"} <= {row["table"] for row in rows}
    assert answer.returncode == 0
