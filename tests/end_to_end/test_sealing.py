"""The commands that sign the log and prove what is in it."""

import json
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from cli.exit_codes import ExitCode
from ledger.home import Home
from ledger.notes.checkpoint import open_checkpoint
from ledger.notes.note_keys import VerifierKey
from ledger.notes.proof_file import decode_proof
from ledger.proofs import verify_inclusion
from ledger.record import leaf_hash
from tests.command_line import ZEGEL, clean_environment, zegel_here
from tests.grants import grant


def said(home: Path, *arguments: str | Path) -> str:
    """The standard output of a command that must succeed."""
    answer = zegel_here("--home", home, *arguments)
    assert answer.returncode == ExitCode.FINE, answer.stderr
    return answer.stdout


def add(home: Path, grant_id: str) -> None:
    """One more record."""
    facts = ("--grant-id", grant_id, "--grantee", "person:j@example.nl", "--resource", "files")
    said(home, "record", "access.granted", *facts)


def test_init_makes_the_signing_key_and_says_so(tmp_path: Path) -> None:
    """A new log could not be sealed, or nobody would know how to check its seals."""
    made = json.loads(said(tmp_path / "home", "init", "--origin", "log.example/test"))
    assert made["verifier_key"] + "\n" == said(tmp_path / "home", "key", "show")
    assert VerifierKey.from_vkey(made["verifier_key"]).name == "log.example/test"
    again = zegel_here("--home", tmp_path / "home", "key", "new")
    assert again.returncode == ExitCode.UNAVAILABLE
    assert "zegel key rotate" in again.stderr


def test_an_empty_log_is_not_signed(home: Path) -> None:
    """A script would take nothing for something."""
    answer = zegel_here("--home", home, "seal")
    assert (answer.returncode, answer.stdout) == (ExitCode.UNAVAILABLE, "")
    assert "no records yet" in answer.stderr
    answer = zegel_here("--home", home, "checkpoint", "show")
    assert answer.returncode == ExitCode.USAGE
    assert "`zegel seal` makes one" in answer.stderr


def test_a_kept_checkpoint_tells_a_truncated_log(home: Path, tmp_path: Path) -> None:
    """A database could be put back to an older state, and verify."""
    add(home, "G-1")
    said(home, "seal")
    database = home / "zegel.db"
    older = database.read_bytes()
    add(home, "G-2")
    kept = tmp_path / "kept.checkpoint"
    kept.write_text(json.loads(said(home, "seal"))["checkpoint"])
    assert said(home, "checkpoint", "show") == kept.read_text()
    assert json.loads(said(home, "verify", "--checkpoint", kept))["signed_size"] == 2
    for leftover in home.glob("zegel.db-*"):
        leftover.unlink()
    database.write_bytes(older)
    levels: list[list[str | Path]] = [["--checkpoint", kept], [], ["--quick"]]
    for options in levels:
        answer = zegel_here("--home", home, "verify", *options)
        assert answer.returncode == ExitCode.EVIDENCE_BROKEN
        assert json.loads(answer.stdout)["first_fault"]["verdict"] == "ROLLED_BACK"
    for command in ("verify", "seal"):
        options = ["--since", kept] if command == "verify" else []
        answer = zegel_here("--home", home, command, *options)
        assert answer.returncode == ExitCode.EVIDENCE_BROKEN
        assert "ROLLED_BACK" in answer.stderr


def test_levels_are_told_apart(home: Path, tmp_path: Path) -> None:
    """A reader would take a quick look for a full verification."""
    add(home, "G-1")
    kept = tmp_path / "kept"
    kept.write_text(json.loads(said(home, "seal"))["checkpoint"])
    add(home, "G-2")
    since = json.loads(said(home, "verify", "--since", kept))
    assert (since["first_index"], since["records_checked"]) == (1, 1)
    assert since["counts"] == {"UNSIGNED_TAIL": 1}
    assert "from record 1 on" in said(home, "verify", "--since", kept, "--table")
    assert "not yet signed          1" in said(home, "verify", "--table")
    assert "checkpoints verified" in said(home, "verify", "--quick", "--table")
    assert json.loads(said(home, "verify", "--max-age", "600"))["outcome"] == "valid"
    both = zegel_here("--home", home, "verify", "--quick", "--since", kept)
    assert both.returncode == ExitCode.USAGE


def test_a_proof_holds_for_whoever_has_the_verifier_key(home: Path, tmp_path: Path) -> None:
    """A proof could only be checked by us."""
    add(home, "G-1")
    add(home, "G-2")
    said(home, "seal")
    key = VerifierKey.from_vkey(said(home, "key", "show").strip())
    target = tmp_path / "1.tlog-proof"
    said(home, "prove", "1", "--to", target)
    proof = decode_proof(target.read_bytes())
    checkpoint = open_checkpoint(proof.checkpoint, [key])
    with (home / "record").open("wb") as file:
        raw = (ZEGEL, "--home", home, "show", "1", "--raw")
        subprocess.run(raw, stdout=file, check=True, env=clean_environment(), timeout=60)
    leaf = leaf_hash((home / "record").read_bytes())
    verify_inclusion(leaf, 1, checkpoint.size, proof.hashes, checkpoint.root)
    event_id = json.loads(said(home, "show", "1"))["event_id"]
    assert said(home, "prove", event_id).encode() == target.read_bytes()


def test_a_key_is_rotated_and_listed(home: Path) -> None:
    """Nobody could tell which key signed what."""
    add(home, "G-1")
    done = json.loads(said(home, "key", "rotate", "--reason", "yearly"))
    rows = [json.loads(line) for line in said(home, "key", "list").splitlines()]
    assert [row["verifier_key"] for row in rows] == [done["old_key"], done["new_key"]]
    assert [(row["first_size"], row["last_size"]) for row in rows] == [(0, 2), (2, None)]
    assert json.loads(said(home, "verify"))["outcome"] == "valid"
    listed = [json.loads(line) for line in said(home, "checkpoint", "list").splitlines()]
    assert [row["size"] for row in listed] == [2]


def test_that_nothing_is_signed_yet_is_said(home: Path) -> None:
    """Somebody would look at an empty screen, and wonder what was wrong."""
    answer = zegel_here("--home", home, "checkpoint", "list", "--table")
    assert (answer.returncode, answer.stdout) == (0, "")
    assert answer.stderr == "nothing was signed yet: zegel seal\n"


def test_tiles_are_exported_and_brought_up_to_date(home: Path, tmp_path: Path) -> None:
    """A mirror could not be kept without writing all of it again."""
    add(home, "G-1")
    said(home, "seal")
    mirror = tmp_path / "mirror"
    said(home, "export", "tiles", mirror)
    names = {str(path.relative_to(mirror)) for path in mirror.rglob("*") if path.is_file()}
    assert names == {"checkpoint", "tile/0/000.p/1", "tile/entries/000.p/1"}
    add(home, "G-2")
    said(home, "seal")
    before = (mirror / "tile/0/000.p/1").stat().st_mtime_ns
    said(home, "export", "tiles", mirror)
    assert (mirror / "tile/0/000.p/1").stat().st_mtime_ns == before
    assert (mirror / "checkpoint").read_text() == said(home, "checkpoint", "show")


def test_the_loop_signs_and_ends_when_it_is_told(home: Path) -> None:
    """A service manager could only kill the signer, in the middle of a signature."""
    add(home, "G-1")
    command = (ZEGEL, "--home", home, "seal", "--loop", "--every", "1")
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, env=clean_environment(), text=True
    ) as loop:
        assert loop.stdout is not None
        assert json.loads(loop.stdout.readline())["size"] == 1
        add(home, "G-2")
        assert json.loads(loop.stdout.readline())["size"] == 2
        loop.send_signal(signal.SIGTERM)
        assert loop.wait(60) == ExitCode.FINE


def aged(database: Path) -> None:
    """Brings a database of now back to the tables of the first version."""
    later = ("checkpoint", "tile", "anchor", "erasure", "erased", "epoch")
    since = ("pruned_stream", "minimum", "pruning", "api_key", "ended_session")
    newest = ("archive", "archiving", "archived_segment")
    refusals = {"DELETE": "zegel_record_no_delete", "UPDATE": "zegel_record_no_update"}
    with closing(sqlite3.connect(database)) as connection:
        for trigger in refusals.values():
            connection.execute(f"DROP TRIGGER {trigger}")
        for name in (*later, *since, *newest):
            connection.execute(f"DROP TABLE zegel_{name}")
        for what, trigger in refusals.items():
            connection.execute(
                f"CREATE TRIGGER {trigger} BEFORE {what} ON zegel_record "
                "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
            )
        connection.execute("UPDATE zegel_schema SET version_num = '0001'")
        connection.commit()


def test_a_home_of_an_older_version_is_upgraded(tmp_path: Path) -> None:
    """Whoever has a log could never seal it."""
    folder = tmp_path / "home"
    old = Home(folder).init("log.example/old")
    old.record(grant())
    old.close()
    aged(folder / "zegel.db")
    answer = zegel_here("--home", folder, "verify")
    assert answer.returncode == ExitCode.UNAVAILABLE
    assert "`zegel init --upgrade`" in answer.stderr
    upgraded = json.loads(said(folder, "init", "--upgrade"))
    assert (upgraded["origin"], upgraded["size"]) == ("log.example/old", 1)
    said(folder, "seal")
    assert json.loads(said(folder, "verify"))["signed_size"] == 1
    assert json.loads(said(folder, "init", "--upgrade")) == upgraded
