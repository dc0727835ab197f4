"""`zegel promises` judges a published statement, explains it, and hands it to people."""

import csv
import io
import json
import re
import shlex
from pathlib import Path
from typing import Any, Final

import pytest

from cli.reader import account
from tests.browser import shown_page
from tests.command_line import Answer, zegel_here
from tests.house.tracked_files import PROJECT
from tests.page_transcripts import follow

ASKED: Final = ("--as-of", "2026-04-01 12:00")
_CUSTOMER: Final = "--customer-id data-subject:customer:1 --system ragiox-gold"
_FACTS: Final = (
    "log.source_coverage_declared --source ragiox-gold --covered-from 2026-01-05T00:00+01:00",
    (
        f"contract.ended --contract-id C-1 {_CUSTOMER} --ended-at 2026-03-02T17:00+01:00 "
        "--occurred-at 2026-03-02T17:00"
    ),
    (
        "exchange.performed --exchange-id E-1 --exchange-kind sync --direction out --recipient "
        """'{"role":"customer"}' --size-bytes 4100000 --content-classes status """
        "--system ragiox-gold --occurred-at 2026-03-13T08:00"
    ),
)
_FROM: Final = ("--effective-from", "2026-01-05")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with a shipped statement, one of its own, and three facts about the first."""
    folder = tmp_path_factory.mktemp("promises")
    made = folder / "home"
    _done(zegel_here("--home", made, "init", "--origin", "log.example/promises"))
    _done(zegel_here("--home", made, "policy", "publish", "ragiox-gold", *_FROM))
    _done(zegel_here("--home", made, "policy", "publish", _own_statement(folder), *_FROM))
    for fact in _FACTS:
        _done(zegel_here("--home", made, "record", *shlex.split(fact)))
    return made


def _own_statement(folder: Path) -> Path:
    """A statement that does not come with Zegel, so that only the log has its words."""
    path = folder / "own.yaml"
    path.write_text(
        """\
statement:
  policy_id: own-privacy
  organisation: own
  systems: [own-app]
  title: Own
  language: en
  text_sha256: "%s"
promises:
  - id: OWN-01
    class: hard
    subject_matter: sharing
    nl: Wij verkopen niets, echt niet.
    en: We sell nothing, really nothing.
    place: {heading: Sharing, line: 3, phrase: we sell nothing}
    anchors: [exchange.performed]
    rules:
      - rule_kind: never
        for_each: [{kinds: [exchange.performed]}]
        where: [{field: purpose, test: equals, values: [sale]}]
        needs_coverage: [own-app]
"""
        % ("ab" * 32)
    )
    return path


def _done(answer: Answer) -> Answer:
    assert answer.returncode == 0, answer.stderr
    return answer


def _asked(home: Path, *arguments: str | Path) -> dict[str, Any]:
    """The answer as JSON."""
    answer = _done(zegel_here("--home", home, "promises", *arguments, *ASKED, "--json"))
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_every_command_of_the_page_gives_what_it_shows(tmp_path: Path) -> None:
    """Whoever checks promises by the page would be misled by its answers."""
    made, folder = tmp_path / "home", tmp_path / "work"
    folder.mkdir()
    _done(zegel_here("--home", made, "init", "--origin", "log.example/promises"))
    page = PROJECT / "docs" / "how-to" / "check-promises.md"
    assert follow(page, folder, ZEGEL_HOME=str(made)) >= 15


def test_the_answer_counts_every_promise(home: Path) -> None:
    """A promise would be missing, or counted as what it is not."""
    told = _asked(home)
    found = {each["promise_id"]: each["verdict"] for each in told["promises"]}
    assert len(found) == 13
    assert {name for name, verdict in found.items() if verdict == "broken"} == {"RAG-03", "RAG-06"}
    assert found["OWN-01"] == "undeterminable"
    assert sum(told["counts"].values()) == 13
    assert told["known_size"] == told["size"]
    assert re.fullmatch(r"[0-9a-f]{64}", told["root"])


def test_a_system_and_an_organisation_narrow_the_answer(home: Path) -> None:
    """Somebody who asks about one system would be told about all."""
    of_system = _asked(home, "own-app")["promises"]
    of_owner = _asked(home, "--organisation", "ragiox")["promises"]
    assert [each["promise_id"] for each in of_system] == ["OWN-01"]
    assert len(of_owner) == 12


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("no-such",), "expected one with promises, own-app, ragiox-gold, found 'no-such'"),
        (("--organisation", "none"), "expected one with promises, own, ragiox, found 'none'"),
        (("--explain", "XYZ-01"), "expected OWN-01, RAG-01"),
        (("own-app", "--explain", "RAG-03"), "promise of own-app: expected OWN-01, RAG-01"),
        (("--all",), "--all: expected --explain PROMISE"),
        (("--identities",), "--identities: expected --purpose"),
    ],
)
def test_a_wrong_question_is_told_what_there_is(
    home: Path, arguments: tuple[str, ...], expected: str
) -> None:
    """Somebody who mistypes a name would take an empty answer for a clean one."""
    answer = zegel_here("--home", home, "promises", *arguments)
    assert answer.returncode == 2
    assert expected in answer.stderr
    assert answer.stdout == ""


def test_check_ends_with_a_code_of_its_own(home: Path) -> None:
    """A script that watches over promises would never hear of a broken one."""
    broken = zegel_here("--home", home, "promises", "--check", *ASKED)
    fine = zegel_here("--home", home, "promises", "own-app", "--check", *ASKED)
    unasked = zegel_here("--home", home, "promises", *ASKED)
    assert (broken.returncode, fine.returncode, unasked.returncode) == (7, 0, 0)


def test_a_spreadsheet_has_a_row_for_each_promise(home: Path) -> None:
    """A list in a spreadsheet would lose columns or promises."""
    answer = _done(zegel_here("--home", home, "promises", *ASKED, "--csv", "--lang", "nl"))
    rows = {row["promise"]: row for row in csv.DictReader(io.StringIO(answer.stdout))}
    assert len(rows) == 13
    assert rows["RAG-06"]["oldest_break_at"] == "2026-03-13T07:00:00Z"
    assert rows["RAG-03"]["what"].startswith("Is het contract afgelopen")


def test_a_pipe_gets_one_promise_a_line(home: Path) -> None:
    """A script that reads lines would get a table."""
    answer = _done(zegel_here("--home", home, "promises", *ASKED, "--verdict", "broken"))
    lines = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [line["promise_id"] for line in lines] == ["RAG-03", "RAG-06"]


def test_a_story_names_the_records_that_it_rests_on(home: Path) -> None:
    """Nobody could check a verdict against the sealed records."""
    told = _asked(home, "--explain", "rag-06")
    (item,) = told["items"]
    assert (item["verdict"], item["measure"], told["judged"]) == ("broken", 4_100_000, 1)
    events = {event["index"]: event for event in told["events"]}
    assert events[item["index"]]["kind"] == "exchange.performed"
    assert set(told["rests_on"]) <= set(events)
    assert told["place"].endswith("L23")
    assert told["by_reading"] == {"megabyte": "broken", "megabit": "broken", "mebibyte": "kept"}


def test_before_its_term_ends_a_promise_is_pending(home: Path) -> None:
    """A duty would count as broken while there is still time."""
    answer = _done(
        zegel_here(
            "--home", home, "promises", "--json", "--as-of", "2026-03-10", "--verdict", "pending"
        )
    )
    (promise,) = json.loads(answer.stdout)["promises"]
    assert promise["promise_id"] == "RAG-03"
    assert promise["due_at"] == "2026-03-20T23:00:00Z"


def test_the_words_of_the_log_are_opened_for_who_may_see_them(home: Path) -> None:
    """Words kept encrypted would be shown without a trace, or never."""
    (closed,) = _asked(home, "own-app")["promises"]
    assert closed["words_from"] == "rule"
    assert closed["words"]["en"].startswith("No exchange of data names “sale” as purpose.")
    assert closed["place"] is None
    (opened,) = _asked(home, "own-app", "--identities", "--purpose", "audit: yearly")["promises"]
    assert opened["words_from"] == "log"
    assert opened["words"] == {
        "nl": "Wij verkopen niets, echt niet.",
        "en": "We sell nothing, really nothing.",
    }
    assert opened["quote"] == "we sell nothing"
    (shipped,) = [each for each in _asked(home)["promises"] if each["promise_id"] == "RAG-03"]
    assert shipped["words_from"] == "statement-file"
    looks = _done(zegel_here("--home", home, "log", "--kind", "log.read", "--json")).stdout
    assert '"kind":"log.read.v1"' in looks


def test_who_may_not_see_words_is_shown_the_rule(tmp_path: Path) -> None:
    """A refusal would end the answer, or show what it refuses."""
    made = tmp_path / "home"
    _done(zegel_here("--home", made, "init", "--origin", "log.example/closed"))
    _done(zegel_here("--home", made, "policy", "publish", _own_statement(tmp_path), *_FROM))
    _done(zegel_here("--home", made, "role", "revoke", account(), "resolve"))
    answer = zegel_here(
        *("--home", made, "promises", "--identities", "--purpose", "audit", "--json", *ASKED)
    )
    assert answer.returncode == 5
    (promise,) = json.loads(answer.stdout)["promises"]
    assert promise["words_from"] == "rule"
    assert "really" not in answer.stdout


def test_a_log_without_statements_answers_nothing(tmp_path: Path) -> None:
    """A new log would end in a fault instead of an empty answer."""
    made = tmp_path / "home"
    _done(zegel_here("--home", made, "init", "--origin", "log.example/empty"))
    answer = _done(zegel_here("--home", made, "promises", "--check"))
    assert answer.stdout == ""
    assert answer.stderr.startswith("0 promises; as of ")


def _page(home: Path, target: Path, *options: str) -> Answer:
    return zegel_here("--home", home, "promises", "--html", target, *ASKED, *options)


def test_the_page_is_the_same_for_the_same_question(home: Path, tmp_path: Path) -> None:
    """Two people with the same log would hold different pages against each other."""
    first, second = tmp_path / "first.html", tmp_path / "second.html"
    known = ("--as-known", "2100-01-01")
    _done(_page(home, first, *known))
    _done(_page(home, second, *known))
    assert first.read_bytes() == second.read_bytes()


def test_a_page_never_writes_over_a_file_unasked(home: Path, tmp_path: Path) -> None:
    """A page of last month would be gone."""
    target = tmp_path / "page.html"
    target.write_text("mine")
    refused = _page(home, target)
    assert refused.returncode == 2
    assert target.read_text() == "mine"
    _done(_page(home, target, "--force", "--lang", "nl"))
    assert "Beloften uit privacyverklaringen" in target.read_text("utf-8")


def test_a_browser_opens_the_promise_that_a_tile_names(home: Path, tmp_path: Path) -> None:
    """A click on a tile would lead to a closed panel."""
    target = tmp_path / "page.html"
    _done(_page(home, target))
    # A page without script cannot be clicked from outside: it is sent to the place of the tile.
    sent = '<meta http-equiv="refresh" content="0;url=#promise-rag-03"></head>'
    shown = shown_page(target.read_text("utf-8").replace("</head>", sent), tmp_path)
    panels = re.findall(r"<details([^>]*)>.*?<span class=\"name\">([^<]*)<", shown, re.DOTALL)
    assert len(panels) == 13
    assert [
        name
        for attributes, name in panels
        if "open" in attributes.split("class")[-1][-10:] or " open" in attributes
    ] == ["RAG-03"]
