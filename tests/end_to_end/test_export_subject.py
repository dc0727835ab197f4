"""`zegel export subject`: a person gets what is recorded about them, and nothing about others."""

import json
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cli.exit_codes import ExitCode
from ledger.home import Home as HomeFolder
from projections.erasing import erase_subject
from tests.command_line import Answer, zegel_here

ME = "data-subject:customer:4711"
OTHER = "data-subject:customer:9999"
Home = tuple[str | Path, ...]


def _fine(answer: Answer) -> Answer:
    assert answer.returncode == ExitCode.FINE, answer.stderr
    return answer


def _recorded(home: Home, kind: str, *fields: str) -> None:
    _fine(zegel_here(*home, "record", kind, *fields))


@pytest.fixture
def sealed(database_url: str, tmp_path: Path) -> Home:
    """The options that name a home with records about two customers, on either database."""
    home = ("--home", tmp_path / "home", "--database", database_url)
    _fine(zegel_here(*home, "init", "--origin", "log.example/test"))
    _recorded(home, "dsr.received", "--request-id", "R-7", "--right", "A15", "--subject", ME)
    _recorded(
        *(home, "access.used", "--resource", "customer-file", "--actor", "person:clerk@acme.nl"),
        *("--subjects", ME, "--subjects", OTHER, "--note", "called about Mrs Bystander"),
        *("--purpose", "helpdesk", "--legal-basis", "contract", "--system", "portal"),
    )
    _recorded(home, "contract.started", "--contract-id", "C-1", "--customer-id", OTHER)
    _fine(zegel_here(*home, "seal"))
    return home


def _exported(home: Home, target: Path, *options: str) -> dict[str, Any]:
    answer = _fine(zegel_here(*home, "export", "subject", ME, "--to", target, *options))
    facts: dict[str, Any] = json.loads(answer.stdout)
    return facts


def _content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _fields(copy: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (record["kind"], field["name"]): field
        for record in copy["records"]
        for field in record["fields"]
    }


def test_the_copy_has_the_person_and_nobody_else(sealed: Home, tmp_path: Path) -> None:
    """The answer to one person would tell them about another."""
    facts = _exported(sealed, tmp_path / "copy")
    files = _content(tmp_path / "copy")
    assert set(files) == {
        *("copy.nl.html", "copy.en.html", "copy.json", "disclosures.json", "manifest.json")
    }
    assert facts["records"] == 2
    fields = _fields(json.loads(files["copy.json"]))
    assert fields["dsr.received.v1", "request_id"]["value"] == "R-7"
    assert fields["access.used.v1", "subjects/0"]["state"] == "open"
    assert fields["access.used.v1", "subjects/1"] == {
        "name": "subjects/1",
        "state": "another-person",
    }
    assert fields["access.used.v1", "actor"]["state"] == "another-person"
    assert fields["access.used.v1", "note"]["value"] == "called about Mrs Bystander"
    for secret in (b"9999", b"clerk", b"C-1", b"person#", b"data-subject#"):
        assert [name for name, raw in files.items() if secret in raw] == [], secret
    tokens = _tokens(sealed)
    assert len(tokens) > 2
    assert [token for token in tokens if any(token in raw for raw in files.values())] == []


def _tokens(home: Home) -> set[bytes]:
    """The ids of everybody in the log, as they stand in tokens."""
    logged = _fine(zegel_here(*home, "log")).stdout
    return {part[:32].encode() for part in logged.split("#")[1:]}


def test_a_preview_tells_what_opens_and_records_nothing(sealed: Home) -> None:
    """Looking at what a person would get would already be a reading, or could not be done."""
    before = _fine(zegel_here(*sealed, "log")).stdout
    answer = _fine(zegel_here(*sealed, "export", "subject", ME, "--dry-run"))
    received, used = map(json.loads, answer.stdout.splitlines())
    assert sorted(received["opens"]) == ["request_id", "subject"]
    assert (sorted(used["opens"]), sorted(used["closed"])) == (
        ["note", "subjects/0"],
        ["actor", "subjects/1"],
    )
    assert "4711" not in answer.stdout
    assert _fine(zegel_here(*sealed, "log")).stdout == before
    needed = zegel_here(*sealed, "export", "subject", ME)
    assert (needed.returncode, "--to" in needed.stderr) == (ExitCode.USAGE, True)


def test_what_is_opened_verifies_without_the_log(sealed: Home, tmp_path: Path) -> None:
    """A person would have to believe us."""
    _exported(sealed, tmp_path / "copy")
    keys = ("--keys-file", tmp_path / "home" / "verifier-keys")
    answer = _fine(
        zegel_here("verify", "--disclosures", tmp_path / "copy" / "disclosures.json", *keys)
    )
    report = json.loads(answer.stdout)
    assert (report["outcome"], report["records_checked"]) == ("valid", 2)
    opened = {row["field"]: row["value"] for row in report["fields"]}
    assert opened["subjects/0"] == "data-subject:CUSTOMER:4711"


def test_words_that_may_name_others_can_be_left_out(sealed: Home, tmp_path: Path) -> None:
    """Whoever is named in a note would be told about."""
    answer = zegel_here(
        *(*sealed, "export", "subject", ME, "--without-text", "--to", tmp_path / "copy")
    )
    _fine(answer)
    assert "read them first" not in answer.stderr
    files = _content(tmp_path / "copy")
    assert not any(b"Bystander" in raw for raw in files.values())
    fields = _fields(json.loads(files["copy.json"]))
    assert fields["access.used.v1", "note"]["state"] == "words-left-out"
    assert b"words left out" in files["copy.en.html"]


def test_the_copy_is_recorded_with_the_request(sealed: Home, tmp_path: Path) -> None:
    """Nobody could show that the request was answered."""
    facts = _exported(sealed, tmp_path / "copy.zip", "--for-request", "R-7")
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        copy = json.loads(archive.read("copy.json"))
    assert copy["request"] == "R-7"
    logged = _fine(zegel_here(*sealed, "log", "--reverse", "-n", "2")).stdout.splitlines()
    issued, read = map(json.loads, logged)
    assert issued["event"]["manifest_sha256"] == facts["manifest_sha256"]
    received = _fine(zegel_here(*sealed, "log", "--kind", "dsr.received")).stdout
    assert issued["event"]["request_id"] == json.loads(received)["stream"]
    assert (read["event"]["purpose"], read["event"]["records"]) == ("subject-request", 2)


def test_a_second_copy_tells_of_the_first(sealed: Home, tmp_path: Path) -> None:
    """A person would not hear that somebody looked, or what was handed out."""
    assert _exported(sealed, tmp_path / "one")["proven"] == 2
    answer = zegel_here(*sealed, "export", "subject", ME, "--to", tmp_path / "two")
    _fine(answer)
    assert "without proof" in answer.stderr
    copy = json.loads((tmp_path / "two" / "copy.json").read_bytes())
    assert [look["purpose"] for look in copy["looks"]] == ["subject-request"]
    kinds = [(record["kind"], record["is_proven"]) for record in copy["records"]]
    assert kinds[-1] == ("log.export_issued.v1", False)


def test_an_erased_person_is_told_so(sealed: Home, tmp_path: Path) -> None:
    """Somebody who was erased would be told that nothing was ever recorded, or read an error."""
    logged = _fine(zegel_here(*sealed, "log", "--kind", "dsr.received")).stdout
    token = json.loads(logged)["event"]["subject"]
    with closing(HomeFolder(tmp_path / "home").open_ledger(database=str(sealed[-1]))) as ledger:
        outcome = erase_subject(ledger, ME, requested_by="person:dpo@example.nl")
    _fine(zegel_here(*sealed, "seal"))
    _fine(zegel_here(*sealed, "export", "subject", token, "--to", tmp_path / "copy"))
    files = _content(tmp_path / "copy")
    copy = json.loads(files["copy.json"])
    assert copy["records"] == []
    (erasure,) = copy["erasures"]
    assert erasure["event"] == outcome.confirmed_index
    assert (erasure["records"], erasure["is_confirmed"]) == (outcome.records, True)
    assert f"<strong>{outcome.confirmed_index}</strong>".encode() in files["copy.nl.html"]
    assert b"Bystander" not in b"".join(files.values())


def test_answers_are_filled_from_the_records(sealed: Home, tmp_path: Path) -> None:
    """The page would say that nothing is known, though it is."""
    _exported(sealed, tmp_path / "copy")
    answers = json.loads((tmp_path / "copy" / "copy.json").read_bytes())["answers"]
    assert answers["purposes"] == [{"purpose": "helpdesk", "legal_bases": ["contract"]}]
    assert answers["sources"] == ["portal"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["data-subject:customer:1"], "nobody"),
        (["somebody"], "identity"),
        ([f"data-subject#{'0' * 32}"], "nobody"),
        ([ME, "--for-request", "R-8"], "--for-request"),
    ],
)
def test_what_cannot_be_given_is_said(
    sealed: Home, tmp_path: Path, options: list[str], said: str
) -> None:
    """Somebody would send an empty copy to a person who is in the log by another name."""
    before = _fine(zegel_here(*sealed, "log")).stdout
    answer = zegel_here(*sealed, "export", "subject", *options, "--to", tmp_path / "copy")
    assert answer.returncode == ExitCode.USAGE
    assert said in answer.stderr
    assert not (tmp_path / "copy").exists()
    assert _fine(zegel_here(*sealed, "log")).stdout == before
