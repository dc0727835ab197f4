"""`zegel anchor` with a time-stamp authority and a witness on loopback."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import text, update

from ledger.home import Home
from ledger.rolling_verification import RollingVerifier
from ledger.signing.signing_folder import SigningFolder
from ledger.store.requests import instant_of
from ledger.store.schema import ANCHOR
from ledger.verification_record import Anchored, keeper_of
from tests.command_line import zegel_here
from tests.loopback_server import serving
from tests.signed_checkpoints import cosigner_named
from tests.time_stamping import TimeStamping, authority_in
from tests.witnessing import TestWitness, WitnessState


@dataclass
class Configured:
    """A sealed home whose settings name an authority and a witness."""

    home: Path
    authority: TimeStamping
    witness: TestWitness

    def anchor(self) -> tuple[int, list[dict[str, object]], str]:
        """Exit code, rows and notes of `zegel anchor`."""
        answer = zegel_here("--home", self.home, "anchor", "--attempts", "1", "--ndjson")
        return answer.returncode, [json.loads(r) for r in answer.stdout.splitlines()], answer.stderr

    def seal(self) -> None:
        """Signs what is new."""
        sealed = zegel_here("--home", self.home, "seal")
        assert sealed.returncode == 0, sealed.stderr


@pytest.fixture
def configured(recorded_home: Path, tmp_path: Path) -> Iterator[Configured]:
    authority = authority_in(tmp_path / "tsa")
    (term,) = SigningFolder(recorded_home).terms()
    state = WitnessState(tmp_path / "witness.json")
    witness = TestWitness(cosigner_named("one.example"), state, [term.key])
    with serving(authority.respond) as tsa_url, serving(witness.respond) as witness_url:
        with (recorded_home / "zegel.toml").open("a") as settings:
            settings.write(
                f"""
[[timestamp_authority]]
name = "tsa"
url = "{tsa_url}/tsr"
roots = "{authority.root_file}"
[[witness]]
vkey = "{witness.cosigner.key.vkey}"
url = "{witness_url}"
"""
            )
        made = Configured(recorded_home, authority, witness)
        made.seal()
        yield made


@pytest.fixture
def recorded_home(home: Path) -> Path:
    recorded = zegel_here(
        *("--home", home, "record", "access.granted", "--grant-id", "G-1"),
        *("--grantee", "person:user@example.nl", "--resource", "customer-file"),
    )
    assert recorded.returncode == 0, recorded.stderr
    return home


def test_a_sealed_log_is_anchored_and_says_so(configured: Configured) -> None:
    """An operator could not anchor, or the log would not know when it was."""
    code, rows, notes = configured.anchor()
    assert (code, notes) == (0, "")
    assert [(row["kind"], row["outcome"]) for row in rows] == [
        ("rfc3161", "anchored"),
        ("witness", "anchored"),
    ]
    logged = zegel_here(
        "--home", configured.home, "log", "--kind", "log.checkpoint_anchored", "--ndjson"
    )
    events = [json.loads(line)["event"] for line in logged.stdout.splitlines()]
    assert [event["anchor"] for event in events] == ["rfc3161", "witness"]
    assert {event["tree_size"] for event in events} == {1}
    assert zegel_here("--home", configured.home, "verify").returncode == 0


@pytest.mark.parametrize("level", [(), ("--quick",), ("--since",)])
def test_verifying_looks_at_anchors(
    configured: Configured, tmp_path: Path, level: tuple[str, ...]
) -> None:
    """A spoiled token would stay in the database until the day it is needed."""
    configured.anchor()
    if level == ("--since",):
        shown = zegel_here("--home", configured.home, "checkpoint", "show")
        (tmp_path / "held").write_text(shown.stdout)
        level = ("--since", str(tmp_path / "held"))
    assert zegel_here("--home", configured.home, "verify", *level).returncode == 0
    with contextlib.closing(sqlite3.connect(configured.home / "zegel.db")) as database:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in database.execute(triggers).fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE zegel_anchor SET token = x'3000' WHERE kind = 'rfc3161'")
        database.commit()
    found = zegel_here("--home", configured.home, "verify", *level, "--json")
    assert found.returncode == 3
    assert json.loads(found.stdout)["first_fault"]["verdict"] == "TIMESTAMP_INVALID"


def test_a_bundle_carries_what_the_parties_said(configured: Configured, tmp_path: Path) -> None:
    """An auditor would have our word alone for when the history was as it is."""
    configured.anchor()
    bundle = tmp_path / "bundle"
    exported = zegel_here("--home", configured.home, "export", "bundle", "--to", bundle)
    assert json.loads(exported.stdout)["time_stamps"] == 1, exported.stderr
    keys = ("--keys-file", configured.home / "verifier-keys")
    roots = ("--stamp-roots", configured.authority.root_file)
    report = _bundle_report(bundle, *keys, *roots)
    assert (report["outcome"], report["time_stamps_checked"]) == ("valid", 1)
    witnessed = _bundle_report(bundle, "--policy", bundle / "policy")
    assert (witnessed["outcome"], witnessed["witnesses"]) == ("valid", ["one.example"])
    other = authority_in(tmp_path / "other")
    refused = _bundle_report(bundle, *keys, "--stamp-roots", other.root_file)
    assert refused["counts"] == {"TIMESTAMP_INVALID": 1}


def _bundle_report(bundle: Path, *options: str | Path) -> dict[str, object]:
    answer = zegel_here("verify", "--bundle", bundle, *options, "--json")
    report: dict[str, object] = json.loads(answer.stdout)
    return report


def test_a_second_run_asks_nobody(configured: Configured) -> None:
    """Each run would pay the authorities again."""
    configured.anchor()
    code, rows, _ = configured.anchor()
    assert code == 0
    assert {row["outcome"] for row in rows} == {"anchored before"}
    assert len(configured.authority.requests) == 1


def test_growth_is_anchored_too(configured: Configured) -> None:
    """Only the first checkpoint would ever be anchored."""
    configured.anchor()
    configured.seal()
    code, rows, _ = configured.anchor()
    assert code == 0
    assert {row["size"] for row in rows} == {3}
    assert [one.old for one in configured.witness.requests] == [0, 1]


def test_a_fork_ends_with_broken_evidence(configured: Configured) -> None:
    """A script would take another history for a network fault."""
    configured.witness.state.write({"log.example/test": (1, bytes(32))})
    code, rows, notes = configured.anchor()
    assert code == 3
    assert [row["outcome"] for row in rows] == ["anchored", "FORK"]
    assert "another history" in notes


def test_too_few_witnesses_are_told(configured: Configured) -> None:
    """A log that nobody has seen would look witnessed."""
    configured.witness.log_keys = []
    code, rows, notes = configured.anchor()
    assert code == 4
    assert [row["outcome"] for row in rows] == ["anchored", "not anchored"]
    assert "too few witnesses" in notes


def test_without_parties_the_settings_are_named(home: Path) -> None:
    """A log without anchors would look anchored."""
    answer = zegel_here("--home", home, "anchor")
    assert answer.returncode == 2
    assert "timestamp_authority" in answer.stderr


def test_the_service_knows_how_far_others_vouch(configured: Configured) -> None:
    """A log that nobody else ever saw would be called anchored, or one that they saw not."""
    home = Home(configured.home)
    with contextlib.closing(home.open_ledger()) as ledger:
        verifier = RollingVerifier(ledger, home, keeper_of(home.folder, ledger.origin))

        def found() -> Anchored:
            verifier.verify_all(Event())
            anchored = verifier.keeper.read().anchored
            assert anchored is not None
            return anchored

        before = found()
        assert (before.asked, before.size, before.by) == (2, 0, ())
        signed = ledger.head().size
        configured.anchor()
        after = found()
        assert (after.size, {one.kind for one in after.by}) == (signed, {"rfc3161", "witness"})
        assert after.anchored_at is not None
        (waiting,) = ledger.log.scan(signed, signed + 1)
        assert after.waiting_since == instant_of(waiting.recorded_at_us)
        with ledger.log.engine.begin() as connection:
            named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for name in connection.execute(text(named)).scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
            connection.execute(update(ANCHOR).values(token=b"0"))
        assert found().size == 0
        full = verifier.keeper.read().full
        assert full is not None
        assert full.outcome == "broken"
