"""`zegel export bundle`: what is handed out verifies elsewhere, shows no more, and is recorded."""

import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from tests.command_line import Answer, zegel_here
from tests.conformance.node import find_tool, run_node
from tests.house.tracked_files import PROJECT

BUNDLE_PROGRAM = PROJECT / "formats" / "dossier" / "verify_bundle.js"
DOSSIER_RUNNER = Path(__file__).parent.parent / "conformance" / "dossier.js"


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a few facts under a checkpoint."""
    folder = tmp_path_factory.mktemp("sealed") / "home"
    _fine(zegel_here("--home", folder, "init", "--no-roles", "--origin", "log.example/test"))
    for number in range(5):
        _fine(
            zegel_here(
                *("--home", folder, "record", "access.granted", "--grant-id", f"G-{number}"),
                *("--grantee", f"person:user{number}@example.nl", "--resource", "customer-file"),
                *("--occurred-at", f"2026-03-0{number + 1}T09:00", "--system", "portal"),
                *("--justification", f"ticket {number}"),
            )
        )
    _fine(zegel_here("--home", folder, "seal"))
    return folder


def _fine(answer: Answer) -> Answer:
    assert answer.returncode == ExitCode.FINE, answer.stderr
    return answer


def _key(home: Path) -> str:
    listed = _fine(zegel_here("--home", home, "key", "list"))
    key: str = json.loads(listed.stdout)["verifier_key"]
    return key


def _exported(home: Path, target: Path, *options: str) -> dict[str, object]:
    answer = _fine(zegel_here("--home", home, "export", "bundle", "--to", target, *options))
    facts: dict[str, object] = json.loads(answer.stdout)
    return facts


def _content(target: Path) -> bytes:
    return b"".join(path.read_bytes() for path in target.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
def test_what_is_handed_out_verifies_without_the_log(
    sealed: Path, tmp_path: Path, name: str
) -> None:
    """A regulator could not check the evidence that we give them."""
    facts = _exported(sealed, tmp_path / name)
    assert (facts["records"], facts["first_index"], facts["opened"]) == (5, 0, 0)
    answer = _fine(
        zegel_here("verify", "--bundle", tmp_path / name, "--key", _key(sealed), "--json")
    )
    report = json.loads(answer.stdout)
    assert (report["outcome"], report["records_checked"]) == ("valid", 5)
    assert report["root"] == facts["root"]


def test_the_keys_file_of_the_home_is_what_a_reader_needs(sealed: Path, tmp_path: Path) -> None:
    """After a rotation a reader would have to guess which key may sign what."""
    _exported(sealed, tmp_path / "bundle")
    keys_file = ("--keys-file", sealed / "verifier-keys")
    _fine(zegel_here("verify", "--bundle", tmp_path / "bundle", *keys_file))
    ended = tmp_path / "ended"
    ended.write_text((sealed / "verifier-keys").read_text().replace(" 0 -", " 0 4"))
    answer = zegel_here("verify", "--bundle", tmp_path / "bundle", "--keys-file", ended)
    assert answer.returncode == ExitCode.EVIDENCE_BROKEN


def test_node_verifies_a_bundle_without_any_python(sealed: Path, tmp_path: Path) -> None:
    """A reader without our program would have nothing to check a whole bundle with."""
    bundle = tmp_path / "bundle"
    _exported(sealed, bundle)
    for path, code in ((None, 0), ("records/2.record", 3)):
        if path is not None:
            (bundle / path).write_bytes(b"x")
        node = find_tool("node", "nodejs")
        done = subprocess.run(
            [node, "--no-warnings", BUNDLE_PROGRAM, bundle, bundle / "policy"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert json.loads(done.stdout)["recordsChecked"] == (5 if code == 0 else 4)


def test_the_dossier_inside_verifies_itself(sealed: Path, tmp_path: Path) -> None:
    """The page in the bundle would show something else than the bundle holds."""
    purpose = ("--identities", "--purpose", "incident 7")
    _exported(sealed, tmp_path / "bundle.zip", "--since", "2026-03-02", *purpose)
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        page = archive.read("dossier.html").decode()
    data = json.loads(page.partition('id="dossier">')[2].partition("</script>")[0])
    given = json.dumps({"data": data, "keys": [_key(sealed)]})
    report = json.loads(run_node(DOSSIER_RUNNER, given))
    assert (report["outcome"], len(report["records"])) == ("valid", 4)
    assert report["records"][0]["opened"]["grantee"] == "person:user1@example.nl"
    assert {record["closed"] for record in report["records"]} == {0}


def test_a_persons_bundle_has_their_data_and_nobody_elses(sealed: Path, tmp_path: Path) -> None:
    """An answer to one person would tell them about another."""
    purpose = ("--identities", "--purpose", "request 7")
    subject = ("--subject", "person:user2@example.nl")
    assert _exported(sealed, tmp_path / "bundle", *subject, *purpose)["records"] == 1
    paths = {
        path.relative_to(tmp_path / "bundle").parts[0] for path in (tmp_path / "bundle").rglob("*")
    }
    assert "tile" not in paths
    opened = json.loads((tmp_path / "bundle" / "disclosures.jsonl").read_text())
    assert opened["index"] == 2
    question = json.loads((tmp_path / "bundle" / "manifest.json").read_text())["question"]
    assert question["subject"] == "one person"
    assert b"user2" not in _content(tmp_path / "bundle")  # opened values are base64, nothing else


def test_without_identities_everything_stays_closed(sealed: Path, tmp_path: Path) -> None:
    """Names would leave the log by default."""
    assert _exported(sealed, tmp_path / "bundle")["opened"] == 0
    assert (tmp_path / "bundle" / "disclosures.jsonl").read_bytes() == b""


def test_a_case_is_handed_out_alone(sealed: Path, tmp_path: Path) -> None:
    """A dossier about one case would be about others as well."""
    facts = _exported(sealed, tmp_path / "bundle", "--case", "grant:G-3")
    assert (facts["records"], facts["first_index"]) == (1, 3)


def test_handing_out_is_recorded(sealed: Path, tmp_path: Path) -> None:
    """Nobody could tell afterwards who was given what."""
    facts = _exported(sealed, tmp_path / "bundle", "--identities", "--purpose", "incident 9")
    logged = _fine(zegel_here("--home", sealed, "log", "--reverse", "-n", "2"))
    issued, read = (json.loads(line) for line in logged.stdout.splitlines())
    assert issued["event"]["manifest_sha256"] == facts["manifest_sha256"]
    assert (issued["event"]["tree_size"], issued["event"]["records"]) == (5, 5)
    assert (read["kind"], read["event"]["records"]) == ("log.read.v1", 5)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--subject", "person:nobody@example.nl"], "expected records"),
        (["--case", "grant:G-99"], "--case"),
        (["--case", "G-1"], "--case"),
        (["--since", "2031-01-01"], "expected records"),
        (["--identities"], "--purpose"),
    ],
)
def test_what_cannot_be_given_is_said(
    sealed: Path, tmp_path: Path, options: list[str], said: str
) -> None:
    """Somebody would hand out an empty bundle, or not know why there is none."""
    answer = zegel_here("--home", sealed, "export", "bundle", "--to", tmp_path / "bundle", *options)
    assert answer.returncode == ExitCode.USAGE
    assert said in answer.stderr
    assert not (tmp_path / "bundle").exists()


def test_nothing_is_overwritten_and_nothing_recorded(sealed: Path, tmp_path: Path) -> None:
    """A typing error would cost the evidence handed out before."""
    (tmp_path / "bundle").mkdir()
    before = _fine(zegel_here("--home", sealed, "log")).stdout
    answer = zegel_here(
        *("--home", sealed, "export", "bundle", "--to", tmp_path / "bundle"),
        *("--identities", "--purpose", "x"),
    )
    assert answer.returncode == ExitCode.USAGE
    assert _fine(zegel_here("--home", sealed, "log")).stdout == before


def test_a_log_without_checkpoint_cannot_be_handed_out(filled: Path, tmp_path: Path) -> None:
    """A bundle would prove nothing."""
    answer = zegel_here("--home", filled, "export", "bundle", "--to", tmp_path / "bundle")
    assert answer.returncode == ExitCode.USAGE
    assert "zegel seal" in answer.stderr


def test_a_log_on_any_database_is_handed_out(database_url: str, tmp_path: Path) -> None:
    """Tiles or disclosures would come out of one database otherwise than out of another."""
    home = ("--home", tmp_path / "home", "--database", database_url)
    _fine(zegel_here(*home, "init", "--no-roles", "--origin", "log.example/test"))
    _fine(
        zegel_here(
            *(*home, "record", "access.granted", "--grant-id", "G-1"),
            *("--grantee", "person:user@example.nl", "--resource", "customer-file"),
        )
    )
    _fine(zegel_here(*home, "seal"))
    purpose = ("--identities", "--purpose", "x")
    exported = _fine(zegel_here(*home, "export", "bundle", "--to", tmp_path / "bundle", *purpose))
    assert json.loads(exported.stdout)["opened"] == 2
    keys_file = ("--keys-file", tmp_path / "home" / "verifier-keys")
    _fine(zegel_here("verify", "--bundle", tmp_path / "bundle", *keys_file))
