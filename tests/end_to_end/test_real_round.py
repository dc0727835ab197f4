"""A real round: a real sshd and fail2ban, attacked and used, and what the log makes of it."""

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import zegel_here
from tests.played_round import (
    ATTACKER,
    BY_HAND,
    CUSTOMER,
    LET_IN,
    LONG_S,
    ONLY_ONCE,
    SFTP,
    WEB,
    Round,
    play,
)
from tests.real_fail2ban import require_fail2ban
from tests.real_round import answer, blocks_of, do, until, upload, watching
from tests.real_sshd import ACCOUNT, require_sshd, running_sshd


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Round]:
    """The round, played once; every test looks at what it left."""
    require_fail2ban()
    require_sshd()
    folder = tmp_path_factory.mktemp("round")
    with tempfile.TemporaryDirectory(prefix="zegel-") as sockets:  # their paths must be short
        yield play(folder, Path(sockets) / "log")


def kinds_of(found: list[dict[str, Any]]) -> Counter[str]:
    """How many records there are of each kind."""
    return Counter(record["kind"].removesuffix(".v1") for record in found)


def test_every_ban_of_fail2ban_is_in_the_history_once(played: Round) -> None:
    """An address would be kept out that the log does not know of, or seem banned twice."""
    found = played.records("--kind", "ip.blocked")
    assert Counter(record["event"]["ip"].removeprefix("ip:") for record in found) == played.bans
    assert {ATTACKER, BY_HAND, LET_IN} <= set(played.bans)
    assert ONLY_ONCE not in played.bans


def test_who_was_let_in_is_and_a_restart_lets_nobody_in(played: Round) -> None:
    """Each restart of fail2ban would tell that all who are kept out came in."""
    (only,) = played.records("--kind", "ip.unblocked")
    assert only["event"]["ip"] == f"ip:{LET_IN}"


def test_the_attacks_on_the_real_server_are_told_with_what_was_tried(played: Round) -> None:
    """An investigator would not learn whose account somebody was after."""
    found = played.records("--kind", "intrusion.attempt_detected", "--system", SFTP)
    tried = [
        record["event"]["account"] for record in found if record["event"]["ip"] == f"ip:{ATTACKER}"
    ]
    assert tried == [f"person:{name}" for name in ("admin", "oracle", ACCOUNT, "root")]
    once = [record for record in found if record["event"]["ip"] == f"ip:{ONLY_ONCE}"]
    assert len(once) == 1
    assert {record["event"]["detector"] for record in found} == {"sshd"}


def test_a_session_is_its_login_and_its_files(played: Round) -> None:
    """What was done with one key could not be put together."""
    logins = [
        record["event"]
        for record in played.records("--kind", "access.used", "--system", SFTP)
        if record["event"].get("origin") == f"ip:{CUSTOMER}"
    ]
    assert [login["actor"] for login in logins] == [f"person:{ACCOUNT}"] * 3
    moved = played.records("--kind", "exchange.performed", "--system", SFTP)
    by_login = [
        [each["event"]["direction"] for each in moved if each["event"]["causation_id"] == login]
        for login in (login["event_id"] for login in logins)
    ]
    assert by_login == [["in"], ["in"], ["out", "out"]]


def test_bytes_are_those_that_went(played: Round) -> None:
    """How much left could not be told."""
    uploads = [(played.folder / f"local-{name}.csv").stat().st_size for name in ("one", "two")]
    fetched = [(played.folder / f"fetched-{name}").stat().st_size for name in ("one", "two")]
    moved = played.records("--kind", "exchange.performed", "--system", SFTP)
    assert [each["event"]["size_bytes"] for each in moved] == uploads + fetched


def test_what_was_removed_is_deleted_and_what_was_not_is_not(played: Round) -> None:
    """A file would count as gone that is there, or the other way round."""
    gone = [
        Path(each["event"]["file_id"]).name
        for each in played.records("--kind", "data.deleted", "--system", SFTP)
    ]
    assert Counter(gone) == Counter(["one.csv", "two.csv", "one.xml", "two.xml"])


def test_three_times_are_kept_in_their_order(played: Round) -> None:
    """What was late could not be told from what was told late."""
    found = [
        record
        for record in played.records("--system", SFTP)
        if record["event"].get("parser") == "zegel-openssh/1"
    ]
    assert found
    for record in found:
        event = record["event"]
        occurred = datetime.fromisoformat(event["occurred_at"])
        observed = datetime.fromisoformat(event["observed_at"])
        assert occurred <= observed <= datetime.fromisoformat(record["recorded_at"])
        assert event["collector"].startswith("zegel-watch")


def test_the_view_of_blocks_shows_who_is_kept_out_now(played: Round) -> None:
    """Whoever asks who is blocked would get another answer than fail2ban gives."""
    rows = answer(played.home, "state", "blocks", "--as-of", played.as_of, "--json")["rows"]
    assert len(rows) == sum(played.bans.values()) - 1
    without_reason = answer(
        played.home, "state", "blocks", "--only", "unrepeated", "--as-of", played.as_of, "--json"
    )["rows"]
    assert len(without_reason) == 1


def test_only_the_ban_by_hand_breaks_the_promise_about_intruders(played: Round) -> None:
    """InFactor would be told that it blocks people without cause, or that it never does."""
    told = played.story("INF-08")
    by_hand = played.records("--kind", "ip.blocked", "--ip", f"ip:{BY_HAND}")
    broken = [item["index"] for item in told["items"] if item["verdict"] == "broken"]
    kept = [item for item in told["items"] if item["verdict"] == "kept"]
    assert broken == [by_hand[0]["index"]]
    assert len(kept) == sum(played.bans.values()) - 1
    assert told["verdict"] == "broken"


def test_only_the_file_that_stayed_too_long_breaks_its_promise(played: Round) -> None:
    """InfoBuilder could not show that files are gone at once, nor hear of one that was not."""
    assert played.judged_files("IFB-05", "file.processed") == {
        "one.csv": "kept",
        "two.csv": "broken",
    }
    assert played.judged_files("IFB-06", "file.delivered") == {
        "one.xml": "kept",
        "two.xml": "broken",
    }


def test_how_long_files_stayed_is_measured(played: Round) -> None:
    """The statement says "seconds", and nobody could say how many."""
    told = played.story("IFB-07")
    measured = {item["index"]: item["measure"] for item in told["items"]}
    gone_at = {
        record["event"]["file_id"]: datetime.fromisoformat(record["event"]["occurred_at"])
        for record in played.records("--kind", "data.deleted", "--system", SFTP)
    }
    for record in played.records("--kind", "file.received", "--system", SFTP):
        came_at = datetime.fromisoformat(record["event"]["occurred_at"])
        stayed = gone_at[record["event"]["file_id"]] - came_at
        assert measured[record["index"]] == stayed // timedelta(seconds=1)
    inputs, _ = told["figures"]
    assert (inputs["count"], inputs["unit"]) == (2, "seconds")
    assert inputs["most"] >= LONG_S


def test_the_view_of_files_shows_how_long_each_was_there(played: Round) -> None:
    """Whoever asks which file stays too long would get no answer, or the wrong file."""
    rows = answer(
        played.home, "state", "stored", "--only", "files", "--as-of", played.as_of, "--json"
    )["rows"]
    assert Counter(row["came_as"] for row in rows) == {"received": 2, "produced": 2}
    assert not any(row["still_there"] for row in rows)
    slow = [row for row in rows if row["dwell_seconds"] >= LONG_S]
    assert Counter(row["came_as"] for row in slow) == {"received": 1, "produced": 1}


def test_the_view_of_exchanges_shows_what_went_over_sftp(played: Round) -> None:
    """What left the server would not be among what left the organisation."""
    rows = answer(
        played.home, "state", "exchanges", "--only", "each", "--as-of", played.as_of, "--json"
    )["rows"]
    assert Counter(row["direction"] for row in rows) == {"in": 2, "out": 2}
    assert all(row["outcome"] == "performed" for row in rows)


def test_fail2bans_own_books_agree_with_the_log(played: Round) -> None:
    """Nobody could tell whether a ban was lost on the way."""
    database = str(played.folder / "fail2ban.sqlite3")
    found = answer(played.home, "reconcile", database, "--system", WEB, "--all")
    assert {row["verdict"] for row in found} <= {"told", "ended since"}
    assert len(found) == sum(played.bans.values())


def test_importing_the_same_logs_adds_nothing(played: Round) -> None:
    """Whoever imports what was watched would have every attack twice, or conflicts."""
    for name, system in (("auth.log", SFTP), ("fail2ban.log", WEB)):
        options = ("--system", system, "--zone", "UTC", "--year", played.as_of[:4])
        (told,) = answer(played.home, "import", str(played.folder / name), *options)
        assert (told["recorded"], told["conflicts"], told["unreadable"]) == (0, 0, 0)
        assert told["already_there"] > 50


def test_all_that_was_written_could_be_read(played: Round) -> None:
    """What a program says would be missing without anybody hearing of it."""
    found = answer(played.home, "sources")
    assert {row["system"] for row in found} == {WEB, SFTP}
    assert all(row["unreadable"] == row["gaps"] == row["in_quarantine"] == 0 for row in found)
    as_of = datetime.fromisoformat(played.as_of)
    assert all(datetime.fromisoformat(row["covered_until"]) >= as_of for row in found)


def test_the_export_of_the_round_passes_for_what_it_is(played: Round, tmp_path: Path) -> None:
    """What the round shows could not be handed to those who block and investigate."""
    purpose = ("--identities", "--purpose", "incident-investigation: a round")
    for name, suffix in (("stix", "json"), ("timesketch", "jsonl")):
        target = tmp_path / f"round.{suffix}"
        do(played.home, "export", "--as", name, "--kind", "ip", *purpose, "--to", str(target))
    bundle = json.loads((tmp_path / "round.json").read_text())
    patterns = [each["pattern"] for each in bundle["objects"] if each["type"] == "indicator"]
    assert len(patterns) == sum(played.bans.values())
    ended = [each for each in bundle["objects"] if "valid_until" in each]
    assert [each["pattern"] for each in ended] == [f"[ipv4-addr:value = '{LET_IN}']"]


def test_the_history_of_the_round_is_whole(played: Round) -> None:
    """What is shown could have been changed."""
    assert zegel_here("--home", played.home, "verify").returncode == 0


def test_where_no_syslog_daemon_runs_the_log_listens_itself(tmp_path: Path) -> None:
    """In a container nothing that happens over SFTP would be known."""
    require_sshd()
    home = tmp_path / "home"
    do(home, "init", "--no-roles", "--origin", "log.example/socket")
    (sshd_settings,) = blocks_of("openssh", "")
    (listening,) = [block for block in blocks_of("openssh", "toml") if "listen" in block]
    config = tmp_path / "watch.toml"
    with tempfile.TemporaryDirectory(prefix="zegel-") as sockets:
        log_socket = Path(sockets) / "log"
        config.write_text(
            listening.replace("/dev/log", str(log_socket)).replace("Europe/Amsterdam", "UTC")
        )
        with (
            watching(home, config, 1),
            running_sshd(tmp_path / "sshd", log_socket, sshd_settings) as sshd,
        ):
            (tmp_path / "srv").mkdir()
            sshd.guess("admin", origin=ATTACKER)
            upload(sshd, tmp_path, "one.csv", origin=CUSTOMER)

            def is_received() -> bool:
                return bool(answer(home, "log", "--kind", "file.received", "--json"))

            # The server tells that the session ended when the client is gone already.
            until(is_received, "the upload was not recorded")
    found = answer(home, "log", "--system", SFTP, "--json")
    assert kinds_of(found) == {
        "intrusion.attempt_detected": 1,
        "access.used": 1,
        "exchange.performed": 1,
        "file.received": 1,
    }
    login, exchange = found[1]["event"], found[2]["event"]
    assert exchange["causation_id"] == login["event_id"]
