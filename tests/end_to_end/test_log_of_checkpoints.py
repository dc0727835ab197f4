"""One log of checkpoints anchors all other logs of its home, and shows what was done to them."""

import json
import shutil
import time
from collections.abc import Iterable
from contextlib import ExitStack, closing
from dataclasses import replace
from threading import Event
from typing import Any, cast

import pytest
from sqlalchemy import Engine, QueuePool

from ledger import home_trust
from ledger.home import Home
from ledger.home_trust import trust_of, with_home_anchors
from ledger.levels import verify_full, verify_quick
from ledger.many_logs.collected_check import CollectedReport, check_collected
from ledger.many_logs.home_logs import all_logs, named_log
from ledger.many_logs.overview import states_of_logs
from ledger.many_logs.sealing import open_log, seal_together
from ledger.rolling_verification import RollingVerifier
from ledger.serve_settings import ServeSettings
from ledger.signing.cadence import HEARTBEAT_S
from ledger.store.engine import open_engine
from ledger.units import Index
from ledger.verification_record import keeper_of
from service.operations.collecting import collecting_loop
from tests.homes_of_many_logs import COLLECTING, LOGS, ORIGIN, PATIENCE_S, ManyLogs


def test_one_time_stamp_covers_every_log(many: ManyLogs) -> None:
    """A witness or an authority would have to be asked for each log apart."""
    many.fine("seal", "--all")
    assert many.verified("a")[1]["anchored_through"] == []
    many.fine("--log", COLLECTING, "anchor")
    assert len(many.asked) == 1
    for log in LOGS:
        code, report = many.verified(log)
        assert (code, report["outcome"]) == (0, "valid")
        (anchored,) = report["anchored_through"]
        assert (anchored["log"], anchored["by"]) == (COLLECTING, ["tsa"])
        assert anchored["size"] == report["size"] == 2
        assert (many.states()[log]["anchored_size"], many.states()[log]["anchored_through"]) == (
            2,
            COLLECTING,
        )
    many.record("a")
    many.fine("seal", "--all")
    (anchored,) = many.verified("a")[1]["anchored_through"]
    assert anchored["size"] == 2, "what came after the stamp is not anchored yet"
    (anchored,) = many.verified("a", "--quick")[1]["anchored_through"]
    assert anchored["size"] == 2
    drawn = many.fine("--log", "a", "verify", "--table")
    assert "anchored through checkpoints" in drawn


def test_every_checkpoint_is_collected_once(many: ManyLogs) -> None:
    """A checkpoint would be missing from what is anchored, or the log grow with each look."""
    for _ in range(3):
        many.record("a")
        many.fine("--log", "a", "seal")
    rows = map(json.loads, many.fine("seal", "--all", "--ndjson").splitlines())
    sealed = {row["log"]: row for row in rows}
    assert list(sealed) == ["main", "a", "b", COLLECTING], "the log of checkpoints comes last"
    assert sealed[COLLECTING]["collected"] == 5
    again = map(json.loads, many.fine("seal", "--all", "--ndjson").splitlines())
    assert {row["log"]: (row["new"], row["collected"]) for row in again} == {
        "main": (False, None),
        "a": (False, None),
        "b": (False, None),
        COLLECTING: (False, 0),
    }
    found = many.fine("--log", COLLECTING, "log", "--kind", "log.checkpoint_collected", "--ndjson")
    events = [json.loads(line)["event"] for line in found.splitlines()]
    sizes = [each["tree_size"] for each in events if each["log_origin"] == f"{ORIGIN}/a"]
    assert sizes == [3, 4, 5]
    assert many.verified(COLLECTING)[0] == 0


@pytest.mark.parametrize("level", [(), ("--quick",)])
def test_a_log_that_was_rolled_back_with_its_whole_home_is_found(
    many: ManyLogs, level: tuple[str, ...]
) -> None:
    """Whoever restores an old copy of one log, signer and all, would leave no trace."""
    many.fine("seal", "--all")
    rows, folder = many.kept("a"), shutil.copytree(many.folder("a"), many.home / "backup")
    many.record("a")
    many.fine("seal", "--all")
    assert many.verified("a", *level)[0] == 0
    many.restore("a", rows)
    shutil.rmtree(many.folder("a"))
    shutil.copytree(folder, many.folder("a"))
    code, report = many.verified("a", *level)
    assert code == 3
    assert report["first_fault"]["verdict"] == "ROLLED_BACK"
    assert report["first_fault"]["place"].startswith(f"log of checkpoints {COLLECTING}, record ")
    assert many.verified("b")[0] == 0


@pytest.mark.parametrize("level", [(), ("--quick",)])
def test_a_log_that_signed_a_second_history_is_found(
    many: ManyLogs, level: tuple[str, ...]
) -> None:
    """Two histories of one log, both signed by its key, would both be shown as whole."""
    many.fine("seal", "--all")
    rows, folder = many.kept("a"), shutil.copytree(many.folder("a"), many.home / "backup")
    many.record("a")
    many.fine("seal", "--all")
    many.restore("a", rows)
    shutil.rmtree(many.folder("a"))
    shutil.copytree(folder, many.folder("a"))
    many.record("a")
    many.fine("--log", "a", "seal")
    code, report = many.verified("a", *level)
    fault = report["first_fault"]
    assert (code, fault["verdict"]) == (3, "FORK")
    # Read in order, the checkpoint before shows up to where both histories are one.
    assert (fault["index"], fault["last_index"]) == (0 if level else 2, 2)
    assert report["first_fault"]["place"].startswith(f"log of checkpoints {COLLECTING}, record ")


def test_a_collected_checkpoint_that_was_altered_accuses_no_log(many: ManyLogs) -> None:
    """Whoever changes the log of checkpoints could have any other log called forged."""
    many.fine("seal", "--all")
    (row,) = many.fine("--log", COLLECTING, "log", "--grep", f"{ORIGIN}/a", "--ndjson").splitlines()
    index = json.loads(row)["index"]
    kept = many.kept(COLLECTING)["zegel_record"]
    (sealed,) = (row[2] for row in kept if row[1] == index)
    root = json.loads(sealed.split(b"\n\n", 1)[1])["root_sha256"].encode()
    altered = sealed.replace(root, b"0" * 64)
    note = json.loads(sealed.split(b"\n\n", 1)[1])["note_sha256"].encode()
    many.change(
        "UPDATE zegel_record SET sealed = ? WHERE log = ? AND idx = ?",
        altered.replace(note, b"1" * 64),
        many.number_of(COLLECTING),
        index,
    )
    code, report = many.verified("a")
    assert code == 3
    assert report["first_fault"]["verdict"] not in {"FORK", "ROLLED_BACK", "TRUNCATED"}
    assert report["first_fault"]["place"].startswith(f"log of checkpoints {COLLECTING}")
    assert many.verified("b")[0] == 0
    assert many.verified(COLLECTING)[0] == 3


def test_one_broken_log_keeps_no_other_from_being_signed(many: ManyLogs) -> None:
    """One customer's damage would leave every other log unsigned."""
    many.fine("seal", "--all")
    rows = many.kept("a")
    many.record("a")
    many.record("b")
    many.fine("--log", "a", "seal")
    many.restore("a", rows)
    answer = many.run("seal", "--all", "--ndjson")
    assert answer.returncode == 3
    assert "zegel: a: " in answer.stderr
    sealed = {row["log"]: row for row in map(json.loads, answer.stdout.splitlines())}
    assert "a" not in sealed
    assert (sealed["b"]["new"], sealed[COLLECTING]["collected"]) == (True, 1)


def test_no_connection_is_kept_for_each_log(
    many: ManyLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home with more logs than its server takes connections could not be sealed or listed."""

    def idle(engines: Iterable[Engine]) -> list[int]:
        return [cast("QueuePool", each.pool).checkedin() for each in engines]

    with ExitStack() as stack:
        logs = [open_log(name, home, lambda: None) for name, home in all_logs(Home(many.home))]
        for log in logs:
            stack.callback(log.ledger.close)
        engines = [log.ledger.log.engine for log in logs]
        assert idle(engines) == [0] * 4
        done = seal_together(logs, HEARTBEAT_S, lambda name, error: pytest.fail(f"{name}: {error}"))
        assert [each.collected for each in done] == [None, None, None, 3]
        assert idle(engines) == [0] * 4
    listed: list[Engine] = []

    def watched(url: str) -> Engine:
        listed.append(open_engine(url))
        return listed[-1]

    monkeypatch.setattr("ledger.many_logs.home_logs.open_engine", watched)
    rows = states_of_logs(Home(many.home))
    assert next(rows).size == 2
    assert idle(listed) == [0] * 4


def test_a_log_out_of_reach_keeps_no_other_from_being_collected(many: ManyLogs) -> None:
    """While the database of one customer is away, the others would be signed and not anchored."""
    apart = many.home / "apart.db"
    many.fine("--database", f"sqlite:///{apart}", "logs", "create", "c")
    told: list[str] = []
    with ExitStack() as stack:
        logs = {}
        for name, home in all_logs(Home(many.home)):
            logs[name] = open_log(name, home, lambda: None)
            stack.callback(logs[name].ledger.close)
        logs["c"].ledger.log.engine.dispose()
        apart.rename(many.home / "away.db")
        done = seal_together(logs.values(), HEARTBEAT_S, lambda name, _: told.append(name))
    assert set(told) == {"c"}
    assert [(each.name, each.collected) for each in done] == [
        ("main", None),
        ("a", None),
        ("b", None),
        (COLLECTING, 3),
    ]


def test_a_log_of_checkpoints_out_of_reach_keeps_no_other_from_collecting(many: ManyLogs) -> None:
    """One whose database is away would leave a served log without any anchor."""
    away = many.home / "away.db"
    many.fine(
        *("--database", f"sqlite:///{away}", "logs", "create", "before-it", "--of-checkpoints")
    )
    away.unlink()
    many.fine("--log", "a", "seal")
    home = named_log(Home(many.home), "a")
    with closing(home.open_ledger()) as ledger:
        loop = collecting_loop(ledger, home, ServeSettings(), None)
        loop.start()
        until = time.monotonic() + PATIENCE_S
        while loop.trouble is None and time.monotonic() < until:
            time.sleep(0.1)
        loop.stop()
        assert loop.join(PATIENCE_S)
    assert loop.trouble == "StoreUnavailable"
    listed = map(json.loads, many.run("logs", "list", "--ndjson").stdout.splitlines())
    assert {row["name"]: row["signed_size"] for row in listed}[COLLECTING] is not None


def test_a_pruned_log_is_compared_with_all_that_was_collected(
    many: ManyLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full verification would look at the newest checkpoints alone, and miss an older fork."""
    many.fine("seal", "--all")
    asked: list[bool] = []

    def watched(*given: Any, everything: bool) -> CollectedReport:  # noqa: ANN401 - as it is called
        asked.append(everything)
        return check_collected(*given, everything=everything)

    monkeypatch.setattr(home_trust, "check_collected", watched)
    home = named_log(Home(many.home), "a")
    with closing(home.open_ledger()) as ledger:
        trust = trust_of(home)
        whole = verify_full(ledger, trust)
        pruned = replace(whole, first_index=Index(1))
        for report in (whole, pruned, verify_quick(ledger.log, trust)):
            with_home_anchors(report, ledger.log, home, trust, 0)
    assert asked == [True, True, False]


def test_a_log_of_checkpoints_out_of_reach_is_named(many: ManyLogs) -> None:
    """A check that was not made would be taken for one that found nothing."""
    elsewhere = many.home / "elsewhere.db"
    many.fine(
        *("--database", f"sqlite:///{elsewhere}", "logs", "create", "second", "--of-checkpoints")
    )
    many.fine("seal", "--all")
    assert many.verified("a")[0] == 0
    elsewhere.rename(many.home / "away.db")
    answer = many.run("--log", "a", "verify", "--json")
    assert (answer.returncode, json.loads(answer.stdout)["outcome"]) == (4, "valid")
    assert "log of checkpoints second: " in answer.stderr
    listed = many.run("logs", "list", "--ndjson")
    assert listed.returncode == 4
    assert "second: " in listed.stderr
    assert len(listed.stdout.splitlines()) == 5


def test_a_log_of_checkpoints_takes_no_facts(many: ManyLogs) -> None:
    """Facts would be recorded where nobody looks for them."""
    before = many.states()[COLLECTING]["size"]
    refused = many.run(
        "--log", COLLECTING, "record", "access.used", "--resource", "x", "--actor", "person:a@b.nl"
    )
    assert (refused.returncode, "holds the checkpoints" in refused.stderr) == (2, True)
    assert many.states()[COLLECTING]["size"] == before


def test_the_service_knows_up_to_where_a_log_is_anchored(many: ManyLogs) -> None:
    """Its page would call a log not anchored that one time stamp covers with all others."""
    many.fine("seal", "--all")
    many.fine("--log", COLLECTING, "anchor")
    home = named_log(Home(many.home), "a")
    with closing(home.open_ledger()) as ledger:
        verifier = RollingVerifier(ledger, home, keeper_of(home.folder, ledger.origin))
        verifier.verify_all(Event())
        anchored = verifier.keeper.read().anchored
    assert anchored is not None
    assert (anchored.asked, anchored.size, anchored.waiting_since) == (1, 2, None)
    assert anchored.anchored_at is not None


def test_the_service_has_its_checkpoints_collected(many: ManyLogs) -> None:
    """A log that is served would be sealed, and never be anchored with the others."""
    home = named_log(Home(many.home), "a")
    many.fine("--log", "a", "seal")
    before = many.states()[COLLECTING]["size"]
    with closing(home.open_ledger()) as ledger:
        loop = collecting_loop(ledger, home, ServeSettings(), None)
        loop.start()
        until = time.monotonic() + PATIENCE_S
        while many.states()[COLLECTING]["signed_size"] is None and time.monotonic() < until:
            time.sleep(0.1)
        loop.stop()
        assert loop.join(PATIENCE_S)
    assert many.states()[COLLECTING]["size"] == before + 1
    assert many.states()[COLLECTING]["signed_size"] == before + 1
