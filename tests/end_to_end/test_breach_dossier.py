"""`zegel breach dossier`: a document with its evidence, reproducible, without people by default."""

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pypdf
import pytest

from cli.exit_codes import ExitCode
from ledger.disclosure import decode_disclosure
from ledger.home import Home
from ledger.ledger import Ledger
from projections.erasing import erase_subject
from tests.command_line import ZEGEL, Answer, clean_environment, zegel_here

Options = tuple[str | Path, ...]

SECRETS: Final = (
    *("jansen", "dpo@example", "soc@example", "Karel Bakker", "AP-2026-991", "naam en adres"),
    *("beheer@example", "betaalgedrag", "was ziek"),
)
"""Words and people that the records hold."""
MOMENT: Final = ("--as-of", "2026-11-20T12:00+01:00")


def _fine(answer: Answer) -> Answer:
    assert answer.returncode == ExitCode.FINE, answer.stderr
    return answer


def _handle(home: Options) -> None:
    """A breach with several phases, reported late, and a grant in the same system."""

    def do(*typed: str, at: str) -> None:
        _fine(zegel_here(*home, *typed, "--occurred-at", f"2026-11-{at}+01:00"))

    do(
        "record",
        "access.granted",
        "--grant-id",
        "G-1",
        "--grantee",
        "person:j.jansen@example.nl",
        "--resource",
        "klantbestand",
        "--system",
        "portal",
        at="10T07:00",
    )
    do(
        "breach",
        "open",
        "B-7",
        "--cause",
        "phishing",
        "--suspected-by",
        "person:soc@example.nl",
        "--summary",
        "Karel Bakker klikte",
        "--system",
        "portal",
        "--processor",
        "hosting-bv",
        at="10T09:10",
    )
    do("breach", "facts", "B-7", "--nature", "phishing", "--records", "120", at="10T10:00")
    do(
        "breach",
        "aware",
        "B-7",
        "--aware-at",
        "2026-11-10T11:30+01:00",
        "--basis",
        "mailbox van Karel Bakker gelezen",
        "--decided-by",
        "person:dpo@example.nl",
        at="10T16:00",
    )
    do(
        "breach",
        "assess",
        "B-7",
        "--dpc",
        "2",
        "--ei",
        "0.75",
        "--risk",
        "high",
        "--why",
        "dpc=betaalgedrag",
        "--why",
        "ei=naam en adres",
        "--decided-by",
        "person:dpo@example.nl",
        at="11T09:00",
    )
    do(
        "breach",
        "notify",
        "B-7",
        "--authority",
        "ap",
        "--content",
        "nature",
        "--reference",
        "AP-2026-991",
        "--reasons-for-delay",
        "de FG was ziek",
        at="13T16:00",
    )
    do("breach", "measure", "B-7", "--aim", "containment", "--measure", "passwords-reset",
       "--taken-by", "person:beheer@example.nl", at="14T09:00")  # fmt: skip


@pytest.fixture(scope="module")
def handled(tmp_path_factory: pytest.TempPathFactory) -> Options:
    """A home with a breach under a checkpoint, for tests that only read."""
    home: Options = ("--home", tmp_path_factory.mktemp("breach") / "home")
    _fine(zegel_here(*home, "init", "--origin", "log.example/test"))
    _handle(home)
    _fine(zegel_here(*home, "seal"))
    return home


def _dossier(home: Options, target: Path, *more: str) -> dict[str, Any]:
    answer = _fine(zegel_here(*home, "breach", "dossier", "B-7", "--to", target, *MOMENT, *more))
    facts: dict[str, Any] = json.loads(answer.stdout)
    return facts


def _key(home: Options) -> str:
    key: str = json.loads(_fine(zegel_here(*home, "key", "list")).stdout)["verifier_key"]
    return key


def _text(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "\n".join(page.extract_text() for page in pages).replace("\u200b", "")


def _attached(pdf: bytes) -> dict[str, bytes]:
    found = pypdf.PdfReader(io.BytesIO(pdf)).attachments
    return {name: content for name, (content,) in found.items()}


def _verified(file: Path, key: str) -> dict[str, Any]:
    answer = zegel_here("verify", "--disclosures", file, "--key", key, "--json")
    report: dict[str, Any] = json.loads(answer.stdout)
    return report


def test_whoever_has_the_pdf_alone_can_verify_it(
    database_url: str, tmp_path: Path
) -> None:  # fmt: skip - as its neighbours
    """The dossier would have to be believed, or the log be there to check it."""
    home: Options = ("--home", tmp_path / "home", "--database", database_url)
    _fine(zegel_here(*home, "init", "--origin", "log.example/test"))
    _handle(home)
    _fine(zegel_here(*home, "seal"))
    key = _key(home)
    facts = _dossier(home, tmp_path / "b7.pdf")
    shutil.rmtree(tmp_path / "home")
    files = _attached((tmp_path / "b7.pdf").read_bytes())
    assert sorted(files) == ["case.json", "evidence.json"]
    (tmp_path / "evidence.json").write_bytes(files["evidence.json"])
    report = _verified(tmp_path / "evidence.json", key)
    assert report["outcome"] == "valid"
    assert report["records_checked"] == facts["records"] == 7
    assert report["disclosures_checked"] == 0
    told = _text((tmp_path / "b7.pdf").read_bytes())
    case = json.loads(files["case.json"])
    for record in json.loads(files["evidence.json"])["records"]:
        assert any(str(record["index"]) == word for word in told.split())
    clocks = {clock["rule_id"]: clock for clock in case["clocks"] if clock["leads"]}
    assert clocks["gdpr-33-1"]["state"] == "late"
    assert clocks["gdpr-33-1"]["computed"]["leading"]["steps"][0]["amount"] == 72


def test_changed_evidence_is_found(handled: Options, tmp_path: Path) -> None:
    """A record could be rewritten inside the PDF and still count as proven."""
    _dossier(handled, tmp_path / "b7.pdf")
    raw = _attached((tmp_path / "b7.pdf").read_bytes())["evidence.json"]
    document = json.loads(raw)
    first, second = document["records"][0], document["records"][1]
    forged = raw.replace(first["sealed"].encode(), second["sealed"].encode())
    (tmp_path / "forged.json").write_bytes(forged)
    assert _verified(tmp_path / "forged.json", _key(handled))["outcome"] == "broken"


def test_the_page_has_its_evidence_beside_it(handled: Options, tmp_path: Path) -> None:
    """Who opens the page could not reach what proves it."""
    facts = _dossier(handled, tmp_path / "b 7.html", "--language", "en")
    assert facts["beside"] == [
        str(tmp_path / "b 7.case.json"),
        str(tmp_path / "b 7.evidence.json"),
    ]
    page = (tmp_path / "b 7.html").read_text()
    assert 'href="./b%207.evidence.json"' in page
    assert _verified(tmp_path / "b 7.evidence.json", _key(handled))["outcome"] == "valid"
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
    listed = _fine(zegel_here(*handled, "log", "--kind", "breach.facts_updated"))
    recorded_at = json.loads(listed.stdout.splitlines()[0])["recorded_at"]
    _fine(
        zegel_here(
            *(*handled, "breach", "dossier", "B-7", "--to", tmp_path / "then.pdf"),
            *("--as-known", recorded_at, *MOMENT),
        )
    )
    pdf = (tmp_path / "then.pdf").read_bytes()
    told = _text(pdf)
    assert "phishing" in told
    assert "Er is nog niets gemeld." in told
    assert "ENISA" not in told
    case = json.loads(_attached(pdf)["case.json"])
    assert case["aware_at"] is None
    assert {step["event"]["kind"] for step in case["steps"]} <= {
        "breach.suspected.v1",
        "breach.facts_updated.v1",
    }
    evidence = json.loads(_attached(pdf)["evidence.json"])
    assert len(evidence["records"]) == 3


def test_an_earlier_dossier_stays_the_same_while_the_log_grows(
    tmp_path: Path,
) -> None:
    """What was handed out could not be made again to compare it."""
    home: Options = ("--home", tmp_path / "home")
    _fine(zegel_here(*home, "init", "--origin", "log.example/test"))
    _handle(home)
    _fine(zegel_here(*home, "seal"))
    logged = _fine(zegel_here(*home, "log", "--reverse", "-n", "1")).stdout
    known = ("--as-known", json.loads(logged)["recorded_at"])
    first = _dossier(home, tmp_path / "first.pdf", *known)
    _fine(zegel_here(*home, "record", "data.stored", "--dataset", "x"))
    _fine(zegel_here(*home, "breach", "facts", "B-7", "--records", "7"))
    _fine(zegel_here(*home, "seal"))
    assert _dossier(home, tmp_path / "second.pdf", *known)["sha256"] == first["sha256"]


def _places(pdf: Path, page: Path) -> Iterator[str]:
    """Every text that a reader of either form gets."""
    raw = pdf.read_bytes()
    yield _text(raw)
    yield from (content.decode() for content in _attached(raw).values())
    for path in page.parent.glob(f"{page.stem}*"):
        if path != pdf:
            yield path.read_text()


def test_no_person_is_in_it_unless_asked_for(handled: Options, tmp_path: Path) -> None:
    """A dossier that is sent around would be a breach itself."""
    before = _fine(zegel_here(*handled, "log")).stdout
    _dossier(handled, tmp_path / "b7.pdf")
    _dossier(handled, tmp_path / "b7.html")
    places = list(_places(tmp_path / "b7.pdf", tmp_path / "b7.html"))
    assert len(places) == 6
    with closing(Home(Path(handled[1])).open_ledger()) as ledger:
        values, tokens = _personal_values(ledger)
    assert {"person:dpo@example.nl", "de FG was ziek"} <= values
    squeezed = ["".join(place.split()) for place in places]
    for secret in {*SECRETS, *values, *tokens} - {"B-7"}:  # the case is what was asked for
        wanted = "".join(secret.split())
        assert not any(wanted in place for place in squeezed), secret
    assert not any("person#" in place for place in places)
    assert _fine(zegel_here(*handled, "log")).stdout == before


def _personal_values(ledger: Ledger) -> tuple[set[str], set[str]]:
    """Every value of every personal field of a log, and what stands for people."""
    values: set[str] = set()
    tokens: set[str] = set()
    for row in ledger.log.scan():
        for stored in ledger.log.disclosures_of([row.index]).get(row.index, []):
            texts = ledger.vault.texts_of(stored, row.event_id.bytes if row.event_id else None)
            tokens.add(stored.subject_id.hex)
            for text in texts or ():
                value = decode_disclosure(text)[2]
                found = value if isinstance(value, list) else [value]
                values |= {each for each in found if isinstance(each, str) and len(each) > 2}
    return values, tokens


def test_words_are_there_against_a_recorded_reading(tmp_path: Path) -> None:
    """Who judges the case could not read why, or nobody would know who did."""
    home: Options = ("--home", tmp_path / "home")
    _fine(zegel_here(*home, "init", "--origin", "log.example/test"))
    _handle(home)
    _fine(zegel_here(*home, "seal"))
    asked = ("--identities", "--purpose", "breach-assessment: B-7")
    assert _dossier(home, tmp_path / "b7.pdf", *asked)["words"] is True
    pdf = (tmp_path / "b7.pdf").read_bytes()
    told = " ".join(_text(pdf).split())
    for word in ("mailbox van Karel Bakker gelezen", "person:dpo@example.nl", "de FG was ziek"):
        assert word in told
    (tmp_path / "evidence.json").write_bytes(_attached(pdf)["evidence.json"])
    report = _verified(tmp_path / "evidence.json", _key(home))
    assert report["outcome"] == "valid"
    assert "betaalgedrag" in json.dumps(report["fields"])
    assert "jansen" not in json.dumps(report["fields"])  # around the case, not of it
    logged = _fine(zegel_here(*home, "log", "--reverse", "-n", "2")).stdout.splitlines()
    issued, read = map(json.loads, logged)
    assert (issued["kind"], read["kind"]) == ("log.export_issued.v1", "log.read.v1")
    assert read["event"]["purpose"] == "breach-assessment"

    with closing(Home(tmp_path / "home").open_ledger()) as ledger:
        erase_subject(ledger, "person:dpo@example.nl", requested_by="person:x@example.nl")
    _fine(zegel_here(*home, "seal"))
    _dossier(home, tmp_path / "later.pdf", *asked)
    told = " ".join(_text((tmp_path / "later.pdf").read_bytes()).split())
    assert "dpo@example" not in told
    assert "besloten door gewist" in told


def test_without_a_checkpoint_it_says_so(tmp_path: Path) -> None:
    """A dossier that nothing proves would look like one that is proven."""
    home: Options = ("--home", tmp_path / "home")
    _fine(zegel_here(*home, "init", "--origin", "log.example/test"))
    _fine(zegel_here(*home, "breach", "open", "B-7"))
    target = tmp_path / "b7.pdf"
    answer = _fine(zegel_here(*home, "breach", "dossier", "B-7", "--to", target))
    assert "no proofs are attached" in answer.stderr
    raw = target.read_bytes()
    assert sorted(_attached(raw)) == ["case.json"]
    assert "Er is nog geen checkpoint ondertekend." in _text(raw)


def test_what_is_not_signed_yet_is_named(tmp_path: Path) -> None:
    """A reader would look for the proof of a record that has none."""
    home: Options = ("--home", tmp_path / "home")
    _fine(zegel_here(*home, "init", "--origin", "log.example/test"))
    _fine(zegel_here(*home, "breach", "open", "B-7"))
    _fine(zegel_here(*home, "seal"))
    _fine(zegel_here(*home, "breach", "facts", "B-7", "--records", "3"))
    target = tmp_path / "b7.pdf"
    _fine(zegel_here(*home, "breach", "dossier", "B-7", "--to", target, "--language", "en"))
    raw = target.read_bytes()
    evidence = json.loads(_attached(raw)["evidence.json"])
    assert len(evidence["records"]) == 1
    assert "Not signed yet" in _text(raw)


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
