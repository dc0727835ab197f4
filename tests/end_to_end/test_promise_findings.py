"""`zegel promises --findings` tells what is wrong inside a statement, and whether it is open."""

import csv
import io
import json
import re
import shlex
from pathlib import Path
from typing import Any, Final

import pytest

from tests.command_line import Answer, zegel_here
from tests.statement_files import as_yaml, plain_file

ASKED: Final = ("--as-of", "2026-04-01 12:00")
_FACTS: Final = (
    "log.source_coverage_declared --source ingressus-xref --covered-from 2026-01-05T00:00+01:00",
    (
        "access.used --resource x-ref --purpose book-lending --system ingressus-xref "
        "--occurred-at 2026-02-02T09:00"
    ),
)
_PHRASE: Final = {"promises/1/place/phrase": "Op een vraag reageren wij"}
_DECIDED: Final = ("--reason", "lending is what the library is for", "--effective-from")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with a statement that contradicts itself twice, and a loan."""
    made = tmp_path_factory.mktemp("findings") / "home"
    _done(zegel_here("--home", made, "init", "--origin", "log.example/findings"))
    published = ("policy", "publish", "ingressus-xref", "--effective-from", "2026-01-05")
    _done(zegel_here("--home", made, *published))
    for fact in _FACTS:
        _done(zegel_here("--home", made, "record", *shlex.split(fact)))
    return made


def _drawn(home: Path, *options: str) -> Answer:
    """The answer as people get it."""
    return _done(zegel_here("--home", home, "promises", *options, *ASKED, ZEGEL_OUTPUT="table"))


def _done(answer: Answer) -> Answer:
    assert answer.returncode == 0, answer.stderr
    return answer


def _told(home: Path, *options: str) -> Answer:
    return _done(zegel_here("--home", home, "promises", "--findings", *ASKED, *options))


def _by_promise(home: Path, *options: str) -> dict[str, dict[str, Any]]:
    """The findings by the first promise that each is about."""
    (statement,) = json.loads(_told(home, "--json", *options).stdout)["statements"]
    return {each["promises"][0]: each for each in statement["findings"]}


def test_the_contradictions_of_a_shipped_statement_are_told(home: Path) -> None:
    """A statement that excludes what it promises would pass as merely undecided."""
    told = json.loads(_told(home, "--json").stdout)
    assert told["contradictions"] == {"found": 2, "open": 1}
    found = _by_promise(home)
    assert {name: (each["kind"], each["state"]) for name, each in found.items()} == {
        "ING-02": ("contradiction", "assumed"),
        "ING-04": ("contradiction", "open"),
        "ING-11": ("flaw", "assumed"),
    }
    loan = told["size"] - 1
    assert {each["index"] for each in found["ING-04"]["caught"]} == {loan}
    assert found["ING-04"]["words"]["en"].endswith(
        f"Record {loan} is a breach by one reading and not by another."
    )
    assert found["ING-02"]["promises"] == ["ING-02", "ING-06"]


def test_people_get_a_table_in_their_language(home: Path) -> None:
    """A DPO would have to read JSON, or English."""
    lines = _drawn(home, "ingressus-xref", "--findings", "--lang", "nl").stdout.splitlines()
    assert lines[0] == ("== ingressus-privacy · 13 beloften: 2 tegenspraken, 1 onduidelijke zin ==")
    assert any(
        line.startswith("! open") and "niet allebei na te komen" in line for line in lines[2:]
    )


def test_the_ordinary_table_points_at_them(home: Path) -> None:
    """Nobody would think of asking for findings."""
    line = "2 contradictions inside statements, 1 open: zegel promises --findings"
    answer = _drawn(home)
    assert answer.stderr.splitlines()[-1] == line
    as_json = _done(zegel_here("--home", home, "promises", *ASKED, "--json"))
    assert json.loads(as_json.stdout)["contradictions"] == {"found": 2, "open": 1}


def test_a_promise_is_explained_with_what_contradicts_it(home: Path) -> None:
    """Whoever reads one promise would not learn of the other."""
    asked = ("--home", home, "promises", "--explain", "ING-05", *ASKED)
    (found,) = json.loads(_done(zegel_here(*asked, "--json")).stdout)["findings"]
    assert found["promises"] == ["ING-04", "ING-05"]
    told = _drawn(home, "--explain", "ING-05").stdout
    assert "== What is wrong with the statement ==\n  ! ING-04 and ING-05 cannot both be" in told


def test_the_page_tells_them_at_both_promises(home: Path, tmp_path: Path) -> None:
    """The page for people would be silent about what the terminal tells."""
    target = tmp_path / "page.html"
    _done(zegel_here("--home", home, "promises", "--html", target, "--lang", "nl", *ASKED))
    text = target.read_text("utf-8")
    assert "2 tegenspraken binnen verklaringen, 1 open" in text
    told = re.findall(r"ING-04 en ING-05 zijn zoals ze er staan niet allebei na te komen", text)
    assert len(told) == 2


def test_a_spreadsheet_and_a_pipe_get_each_finding(home: Path) -> None:
    """A list of findings could not be handed on."""
    rows = list(csv.DictReader(io.StringIO(_told(home, "--csv").stdout)))
    assert [row["promises"] for row in rows] == ["ING-02; ING-06", "ING-04; ING-05", "ING-11"]
    lines = [json.loads(line) for line in _told(home).stdout.splitlines()]
    assert [line["gravity"] for line in lines] == ["medium", "high", "medium"]


def test_a_decision_settles_a_contradiction_from_its_record_on(home: Path, tmp_path: Path) -> None:
    """A decision would change nothing, or what was open before it would look decided."""
    own = tmp_path / "home"
    _done(zegel_here("--home", own, "init", "--origin", "log.example/decided"))
    published = ("policy", "publish", "ingressus-xref", "--effective-from", "2026-01-05")
    size = json.loads(_done(zegel_here("--home", own, *published)).stdout.splitlines()[-1])["index"]
    for promise, reading in (("ING-04", "lending-too"), ("ING-05", "access-only")):
        decided = ("policy", "interpret", promise, reading, *_DECIDED, "2026-01-05")
        _done(zegel_here("--home", own, *decided))
    assert _by_promise(own)["ING-04"]["state"] == "at-odds"
    mended = ("policy", "interpret", "ING-05", "lending-too", *_DECIDED, "2026-01-05")
    _done(zegel_here("--home", own, *mended))
    found = _by_promise(own)["ING-04"]
    assert (found["state"], found["gravity"], found["settle"]) == ("decided", "low", [])
    assert [each["reading"] for each in found["read_as"]] == ["lending-too"] * 2
    assert all(each["decided_index"] > size for each in found["read_as"])
    assert _by_promise(own, "--as-known", f"@{size}")["ING-04"]["state"] == "open"
    assert _by_promise(home)["ING-04"]["state"] == "open"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--explain", "ING-04"), "--findings: expected it without --explain, found both"),
        (("--html", "page.html"), "--findings: expected it without --html, found both"),
        (("--check",), "--findings: expected it without --check, found both"),
        (("no-such",), "expected one with promises, ingressus-xref, found 'no-such'"),
    ],
)
def test_a_wrong_question_is_refused(home: Path, arguments: tuple[str, ...], expected: str) -> None:
    """Half of what was asked would be left out without a word."""
    answer = zegel_here("--home", home, "promises", "--findings", *arguments)
    assert answer.returncode == 2
    assert expected in answer.stderr
    assert answer.stdout == ""
    assert not Path("page.html").exists()


def test_a_break_that_disappeared_afterwards_leaves_findings(tmp_path: Path) -> None:
    """Laxer rules with an old date, or a correction, would turn a break into nothing at all."""
    own = tmp_path / "home"
    _done(zegel_here("--home", own, "init", "--origin", "log.example/afterwards"))
    lax = {"promises/0/rules/0/where/0/values/0": "resale"}
    for name, changes in (("strict", {}), ("lax", lax)):
        (tmp_path / f"{name}.yaml").write_bytes(as_yaml(plain_file({**changes, **_PHRASE})))
    publish = ("--home", own, "policy", "publish", "--effective-from", "2026-01-05")
    _done(zegel_here(*publish, tmp_path / "strict.yaml"))
    exchange = (
        "record exchange.performed --exchange-id E-1 --exchange-kind sync --direction out "
        "--system voorbeeld-web --occurred-at 2026-02-02T09:00"
    )
    sale = _done(zegel_here("--home", own, *shlex.split(exchange), "--purpose", "sale"))
    wrong = json.loads(sale.stdout)
    mended = ("--purpose", "support", "--supersedes", wrong["event_id"])
    _done(zegel_here("--home", own, *shlex.split(exchange), *mended))
    _done(zegel_here(*publish, tmp_path / "lax.yaml"))
    (statement,) = json.loads(_told(own, "--json").stdout)["statements"]
    found = {each["kind"]: each for each in statement["findings"] if "VBD-01" in each["promises"]}
    changed, taken = found["rules-changed-afterwards"], found["judged-events-taken-back"]
    assert changed["changed"]["since"] == "2026-01-04T23:00:00Z"
    assert changed["changed"]["later_index"] > wrong["index"] > changed["changed"]["earlier_index"]
    assert taken["taken_back"] == [
        {"index": wrong["index"], "taken_by_index": wrong["index"] + 1, "was_broken": True}
    ]
    assert "~ afterwards" in _drawn(own, "--findings").stdout
    explained = _drawn(own, "--explain", "VBD-01").stdout
    assert f"{wrong['index']} (by {wrong['index'] + 1}); it was a breach until then" in explained
    assert "is now judged by other rules" in explained
    target = tmp_path / "page.html"
    _done(zegel_here("--home", own, "promises", "--html", target, "--lang", "nl", *ASKED))
    page = target.read_text("utf-8")
    assert "met terugwerkende kracht vanaf ma 5 jan 2026" in page
    assert "het was tot dan een schending" in page
