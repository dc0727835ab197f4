"""`zegel breach dossier`: a document with its evidence, reproducible, without people by default."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from cli.exit_codes import ExitCode
from ledger.home import Home
from projections.erasing import erase_subject
from tests.command_line import ZEGEL, clean_environment, zegel_here
from tests.handled_breach import (
    Options,
    attached_to,
    fine,
    handle_breach,
    key_of,
    personal_values,
    text_of,
    verified,
)

SECRETS: Final = (
    *("jansen", "dpo@example", "soc@example", "Karel Bakker", "AP-2026-991", "naam en adres"),
    *("beheer@example", "betaalgedrag", "was ziek"),
)
"""Words and people that the records hold."""
MOMENT: Final = ("--as-of", "2026-11-20T12:00+01:00")


@pytest.fixture(scope="module")
def handled(tmp_path_factory: pytest.TempPathFactory) -> Options:
    """A home with a breach under a checkpoint, for tests that only read."""
    home: Options = ("--home", tmp_path_factory.mktemp("breach") / "home")
    fine(zegel_here(*home, "init", "--origin", "log.example/test"))
    handle_breach(home)
    fine(zegel_here(*home, "seal"))
    return home


def _dossier(home: Options, target: Path, *more: str) -> dict[str, Any]:
    answer = fine(zegel_here(*home, "breach", "dossier", "B-7", "--to", target, *MOMENT, *more))
    facts: dict[str, Any] = json.loads(answer.stdout)
    return facts


def test_whoever_has_the_pdf_alone_can_verify_it(
    database_url: str, tmp_path: Path
) -> None:  # fmt: skip - as its neighbours
    """The dossier would have to be believed, or the log be there to check it."""
    home: Options = ("--home", tmp_path / "home", "--database", database_url)
    fine(zegel_here(*home, "init", "--origin", "log.example/test"))
    handle_breach(home)
    fine(zegel_here(*home, "seal"))
    key = key_of(home)
    facts = _dossier(home, tmp_path / "b7.pdf")
    shutil.rmtree(tmp_path / "home")
    files = attached_to((tmp_path / "b7.pdf").read_bytes())
    assert sorted(files) == ["case.json", "evidence.json"]
    (tmp_path / "evidence.json").write_bytes(files["evidence.json"])
    report = verified(tmp_path / "evidence.json", key)
    assert report["outcome"] == "valid"
    assert report["records_checked"] == facts["records"] == 7
    assert report["disclosures_checked"] == 0
    told = text_of((tmp_path / "b7.pdf").read_bytes())
    case = json.loads(files["case.json"])
    for record in json.loads(files["evidence.json"])["records"]:
        assert any(str(record["index"]) == word for word in told.split())
    clocks = {clock["rule_id"]: clock for clock in case["clocks"] if clock["leads"]}
    assert clocks["gdpr-33-1"]["state"] == "late"
    assert clocks["gdpr-33-1"]["computed"]["leading"]["steps"][0]["amount"] == 72


def test_changed_evidence_is_found(handled: Options, tmp_path: Path) -> None:
    """A record could be rewritten inside the PDF and still count as proven."""
    _dossier(handled, tmp_path / "b7.pdf")
    raw = attached_to((tmp_path / "b7.pdf").read_bytes())["evidence.json"]
    document = json.loads(raw)
    first, second = document["records"][0], document["records"][1]
    forged = raw.replace(first["sealed"].encode(), second["sealed"].encode())
    (tmp_path / "forged.json").write_bytes(forged)
    assert verified(tmp_path / "forged.json", key_of(handled))["outcome"] == "broken"


def test_the_page_has_its_evidence_beside_it(handled: Options, tmp_path: Path) -> None:
    """Who opens the page could not reach what proves it."""
    facts = _dossier(handled, tmp_path / "b 7.html", "--language", "en")
    assert facts["beside"] == [
        str(tmp_path / "b 7.case.json"),
        str(tmp_path / "b 7.evidence.json"),
    ]
    page = (tmp_path / "b 7.html").read_text()
    assert 'href="./b%207.evidence.json"' in page
    assert verified(tmp_path / "b 7.evidence.json", key_of(handled))["outcome"] == "valid"
    assert "zegel verify --disclosures b 7.evidence.json" in page
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("b 7*"))


_AGAIN: Final = """
import sys
from cli.main import run
sys.exit(run(sys.argv[1:]))
"""


def test_the_same_moment_gives_the_same_bytes(handled: Options, tmp_path: Path) -> None:
    """Two people with the same log could not tell whether they hold the same dossier."""
    first = _dossier(handled, tmp_path / "a.pdf")
    elsewhere = tmp_path / "elsewhere"
    for name in ("cli", "formats", "ledger", "projections"):
        shutil.copytree(Path(__file__).parents[2] / name, elsewhere / name)
    moved = tmp_path / "moved home"
    shutil.copytree(Path(handled[1]), moved)
    environment = clean_environment(
        TZ="Asia/Kathmandu", LANG="tr_TR.UTF-8", LC_ALL="C", PYTHONPATH=str(elsewhere)
    )
    typed: list[str | Path] = [
        "--home",
        moved,
        "breach",
        "dossier",
        "B-7",
        "--to",
        tmp_path / "b.pdf",
        *MOMENT,
    ]
    script = elsewhere / "again.py"
    script.write_text(_AGAIN)
    done = subprocess.run(
        [sys.executable, script, *typed],
        env=environment,
        cwd=elsewhere,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert ZEGEL.exists()
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    assert json.loads(done.stdout)["sha256"] == first["sha256"]


def test_an_earlier_dossier_shows_what_was_known(
    handled: Options, tmp_path: Path
) -> None:  # fmt: skip - as its neighbours
    """What became known later would make it look as if it had been known in time."""
    listed = fine(zegel_here(*handled, "log", "--kind", "breach.facts_updated"))
    recorded_at = json.loads(listed.stdout.splitlines()[0])["recorded_at"]
    fine(
        zegel_here(
            *(*handled, "breach", "dossier", "B-7", "--to", tmp_path / "then.pdf"),
            *("--as-known", recorded_at, *MOMENT),
        )
    )
    pdf = (tmp_path / "then.pdf").read_bytes()
    told = text_of(pdf)
    assert "phishing" in told
    assert "Er is nog niets gemeld." in told
    assert "ENISA" not in told
    case = json.loads(attached_to(pdf)["case.json"])
    assert case["aware_at"] is None
    assert {step["event"]["kind"] for step in case["steps"]} <= {
        "breach.suspected.v1",
        "breach.facts_updated.v1",
    }
    evidence = json.loads(attached_to(pdf)["evidence.json"])
    assert len(evidence["records"]) == 3


def test_an_earlier_dossier_stays_the_same_while_the_log_grows(
    tmp_path: Path,
) -> None:
    """What was handed out could not be made again to compare it."""
    home: Options = ("--home", tmp_path / "home")
    fine(zegel_here(*home, "init", "--origin", "log.example/test"))
    handle_breach(home)
    fine(zegel_here(*home, "seal"))
    logged = fine(zegel_here(*home, "log", "--reverse", "-n", "1")).stdout
    known = ("--as-known", json.loads(logged)["recorded_at"])
    first = _dossier(home, tmp_path / "first.pdf", *known)
    fine(zegel_here(*home, "record", "data.stored", "--dataset", "x"))
    fine(zegel_here(*home, "breach", "facts", "B-7", "--records", "7"))
    fine(zegel_here(*home, "seal"))
    assert _dossier(home, tmp_path / "second.pdf", *known)["sha256"] == first["sha256"]


def _places(pdf: Path, page: Path) -> Iterator[str]:
    """Every text that a reader of either form gets."""
    raw = pdf.read_bytes()
    yield text_of(raw)
    yield from (content.decode() for content in attached_to(raw).values())
    for path in page.parent.glob(f"{page.stem}*"):
        if path != pdf:
            yield path.read_text()


def test_no_person_is_in_it_unless_asked_for(handled: Options, tmp_path: Path) -> None:
    """A dossier that is sent around would be a breach itself."""
    before = fine(zegel_here(*handled, "log")).stdout
    _dossier(handled, tmp_path / "b7.pdf")
    _dossier(handled, tmp_path / "b7.html")
    places = list(_places(tmp_path / "b7.pdf", tmp_path / "b7.html"))
    assert len(places) == 6
    with closing(Home(Path(handled[1])).open_ledger()) as ledger:
        values, tokens = personal_values(ledger)
    assert {"person:dpo@example.nl", "de FG was ziek"} <= values
    squeezed = ["".join(place.split()) for place in places]
    for secret in {*SECRETS, *values, *tokens} - {"B-7"}:  # the case is what was asked for
        wanted = "".join(secret.split())
        assert not any(wanted in place for place in squeezed), secret
    assert not any("person#" in place for place in places)
    assert fine(zegel_here(*handled, "log")).stdout == before


def test_words_are_there_against_a_recorded_reading(tmp_path: Path) -> None:
    """Who judges the case could not read why, or nobody would know who did."""
    home: Options = ("--home", tmp_path / "home")
    fine(zegel_here(*home, "init", "--origin", "log.example/test"))
    handle_breach(home)
    fine(zegel_here(*home, "seal"))
    asked = ("--identities", "--purpose", "breach-assessment: B-7")
    assert _dossier(home, tmp_path / "b7.pdf", *asked)["words"] is True
    pdf = (tmp_path / "b7.pdf").read_bytes()
    told = " ".join(text_of(pdf).split())
    for word in ("mailbox van Karel Bakker gelezen", "person:dpo@example.nl", "de FG was ziek"):
        assert word in told
    (tmp_path / "evidence.json").write_bytes(attached_to(pdf)["evidence.json"])
    report = verified(tmp_path / "evidence.json", key_of(home))
    assert report["outcome"] == "valid"
    assert "betaalgedrag" in json.dumps(report["fields"])
    assert "jansen" not in json.dumps(report["fields"])  # around the case, not of it
    logged = fine(zegel_here(*home, "log", "--reverse", "-n", "2")).stdout.splitlines()
    issued, read = map(json.loads, logged)
    assert (issued["kind"], read["kind"]) == ("log.export_issued.v1", "log.read.v1")
    assert read["event"]["purpose"] == "breach-assessment"

    with closing(Home(tmp_path / "home").open_ledger()) as ledger:
        erase_subject(ledger, "person:dpo@example.nl", requested_by="person:x@example.nl")
    fine(zegel_here(*home, "seal"))
    _dossier(home, tmp_path / "later.pdf", *asked)
    told = " ".join(text_of((tmp_path / "later.pdf").read_bytes()).split())
    assert "dpo@example" not in told
    assert "besloten door gewist" in told


def test_without_a_checkpoint_it_says_so(tmp_path: Path) -> None:
    """A dossier that nothing proves would look like one that is proven."""
    home: Options = ("--home", tmp_path / "home")
    fine(zegel_here(*home, "init", "--origin", "log.example/test"))
    fine(zegel_here(*home, "breach", "open", "B-7"))
    target = tmp_path / "b7.pdf"
    answer = fine(zegel_here(*home, "breach", "dossier", "B-7", "--to", target))
    assert "no proofs are attached" in answer.stderr
    raw = target.read_bytes()
    assert sorted(attached_to(raw)) == ["case.json"]
    assert "Er is nog geen checkpoint ondertekend." in text_of(raw)


def test_what_is_not_signed_yet_is_named(tmp_path: Path) -> None:
    """A reader would look for the proof of a record that has none."""
    home: Options = ("--home", tmp_path / "home")
    fine(zegel_here(*home, "init", "--origin", "log.example/test"))
    fine(zegel_here(*home, "breach", "open", "B-7"))
    fine(zegel_here(*home, "seal"))
    fine(zegel_here(*home, "breach", "facts", "B-7", "--records", "3"))
    target = tmp_path / "b7.pdf"
    fine(zegel_here(*home, "breach", "dossier", "B-7", "--to", target, "--language", "en"))
    raw = target.read_bytes()
    evidence = json.loads(attached_to(raw)["evidence.json"])
    assert len(evidence["records"]) == 1
    assert "Not signed yet" in text_of(raw)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["B-7", "--to", "x.txt"], ".pdf or .html"),
        (["B-8", "--to", "x.pdf"], "B-8"),
        (["B-7", "--to", "x.pdf", "--identities"], "--purpose"),
        (["B-7", "--to", "x.pdf", "--language", "fr"], "fr"),
    ],
)
def test_what_cannot_be_made_is_said(
    handled: Options, tmp_path: Path, typed: list[str], said: str
) -> None:
    """Somebody would wait for a document that never comes."""
    where = [tmp_path / each if each.startswith("x.") else each for each in typed]
    answer = zegel_here(*handled, "breach", "dossier", *where)
    assert answer.returncode == ExitCode.USAGE
    assert said in answer.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", ["b7.html", "b7.evidence.json"])
def test_nothing_is_written_over(handled: Options, tmp_path: Path, there: str) -> None:
    """A dossier that was handed out could be replaced by mistake, or a file beside it."""
    (tmp_path / there).write_text("mine")
    target = tmp_path / "b7.html"
    answer = zegel_here(*handled, "breach", "dossier", "B-7", "--to", target)
    assert answer.returncode == ExitCode.USAGE
    assert "--force" in answer.stderr
    assert [path.name for path in tmp_path.iterdir()] == [there]
    _dossier(handled, target, "--force")
