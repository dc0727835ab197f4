"""`zegel verify --bundle`: somebody without a log verifies what they were given."""

import json
from pathlib import Path

import pytest

from cli.bundle_writing import write_bundle
from cli.exit_codes import ExitCode
from tests.bundled_evidence import bundle_of
from tests.command_line import zegel_here
from tests.vectors.notes import FORGER, LOG


@pytest.fixture(scope="module", params=["bundle", "bundle.zip"])
def bundle(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A good bundle, as a folder and as a zip file."""
    target: Path = tmp_path_factory.mktemp("bundles") / request.param
    write_bundle(bundle_of(20, [3, 4]).items(), target, before=lambda: None)
    return target


def test_a_good_bundle_verifies_without_a_home(bundle: Path, tmp_path: Path) -> None:
    """An auditor could not verify anything without our database."""
    key = LOG.key.vkey
    answer = zegel_here("--home", tmp_path, "verify", "--bundle", bundle, "--key", key, "--json")
    assert answer.returncode == ExitCode.FINE, answer.stderr
    report = json.loads(answer.stdout)
    assert (report["outcome"], report["size"], report["records_checked"]) == ("valid", 20, 2)
    assert report["signers"] == [key]


def test_a_bundle_is_checked_under_a_policy(bundle: Path, tmp_path: Path) -> None:
    """Witnesses would not count."""
    policy = tmp_path / "policy"
    policy.write_bytes(bundle_of(20, [3])["policy"])
    answer = zegel_here("verify", "--bundle", bundle, "--policy", policy)
    assert answer.returncode == ExitCode.FINE, answer.stderr
    assert len(json.loads(answer.stdout)["witnesses"]) == 2


def test_another_key_ends_with_broken_evidence(bundle: Path) -> None:
    """A script would take a stranger's bundle for ours."""
    answer = zegel_here("verify", "--bundle", bundle, "--key", FORGER.key.vkey)
    assert answer.returncode == ExitCode.EVIDENCE_BROKEN
    assert json.loads(answer.stdout)["first_fault"]["verdict"] == "UNKNOWN_KEY"


@pytest.mark.parametrize(
    "options", [[], ["--key", "none"], ["--key", LOG.key.vkey, "--policy", "x"]]
)
def test_a_bundle_never_vouches_for_itself(bundle: Path, options: list[str]) -> None:
    """The key inside the bundle would decide whether the bundle is believed."""
    answer = zegel_here("verify", "--bundle", bundle, *options)
    assert answer.returncode == ExitCode.USAGE
    assert answer.stdout == ""


def test_a_key_without_a_bundle_is_refused(tmp_path: Path) -> None:
    """Somebody would believe that the key had been used."""
    answer = zegel_here("--home", tmp_path, "verify", "--key", LOG.key.vkey)
    assert answer.returncode == ExitCode.USAGE


@pytest.mark.parametrize("form", ["--table", "--csv", "--ndjson"])
def test_every_form_names_the_wrong_record(tmp_path: Path, form: str) -> None:
    """A reader would see that something is wrong, but not what."""
    files = bundle_of(20, [3, 4])
    files["records/4.record"] = files["records/3.record"]
    write_bundle(files.items(), tmp_path / "bundle", before=lambda: None)
    key = LOG.key.vkey
    answer = zegel_here("verify", "--bundle", tmp_path / "bundle", "--key", key, form)
    assert answer.returncode == ExitCode.EVIDENCE_BROKEN
    assert "REORDERED" in answer.stdout
