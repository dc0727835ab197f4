"""Kills the leader of a PostgreSQL cluster while writers append; finds everything acknowledged.

As a command (``make test-failover``): ``python -m tests.failover.run WRITERS KILLS``. It prints
what was seen, and ends with 1 if anything that was acknowledged is not there exactly once, if the
history does not verify, or if an old leader acknowledged something.
"""

import json
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Final

from ledger.errors import OutcomeUnknown
from ledger.events import Event
from ledger.home import Home
from ledger.ledger import Ledger
from tests.command_line import Answer, zegel
from tests.failover.cluster import Cluster, running_cluster
from tests.failover.node import Node, wait_for
from tests.failover.recorders import event_of
from tests.failover.told import Told, finish, started_writers
from tests.killed_service import KIND, UNHURRIED
from tests.running_service import make_key, running_service

ORIGIN: Final = "log.example/failover"
PROCESSES: Final = 3
"""Of writers: one sends to a service, the others open the ledger themselves."""
UNANSWERED_S: Final = 5.0
"""So long an old leader is waited for before it counts as not answering."""
SECONDS_BETWEEN: Final = 3.0
"""So long everybody writes before a leader is killed."""
_HEAD: Final = "SELECT size || ' ' || encode(last_leaf_hash, 'hex') FROM zegel_head"


def main(writers: str, kills: str) -> int:
    """0 when all was there exactly once, and nothing else was acknowledged."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # servers are stopped then too
    with tempfile.TemporaryDirectory() as folder, running_cluster() as cluster:
        return _run(cluster, Path(folder) / "home", int(writers), int(kills))


def _run(cluster: Cluster, home: Path, writers: int, kills: int) -> int:
    print(
        f"{PROCESSES * writers} writers, {writers} of them at a service, {kills} kills", flush=True
    )
    _command(home, "--database", cluster.url(), "init", "--origin", ORIGIN)
    _command(home, "seal")
    told = Told()
    asked_of_old_leaders: set[str] = set()
    with ExitStack() as stack:
        service = stack.enter_context(
            running_service(home, "--no-grpc", ZEGEL_SERVE_REQUESTS_PER_MINUTE=UNHURRIED)
        )
        by_service = (service.url, make_key(home, "writers", "recorder"), "service")
        by_ledger = (cluster.url(), str(Home(home).key_file))
        places = [by_service, *((*by_ledger, f"p{number}") for number in range(1, PROCESSES))]
        started = [started_writers(stack, told, *place, str(writers)) for place in places]
        for number in range(1, kills + 1):
            told.wait_for_acknowledgement_after(time.time())
            time.sleep(SECONDS_BETWEEN)
            asked_of_old_leaders.add(_kill_leader(cluster, home, told, number))
        finish(started)
    _command(home, "seal")
    stored = require_exactly_once(home, told, asked_of_old_leaders)
    report = _verified(home)
    _wait_for_same_head(cluster)
    for node in cluster.nodes:
        assert _verified(home, "--database", cluster.url(node))["root"] == report["root"]
    acknowledged = len(told.receipts) + len(asked_of_old_leaders)
    print(f"acknowledged {acknowledged}, given up {len(told.given_up)}")
    print(f"answered: outcome unknown {told.unknown} times, unavailable {told.unavailable} times")
    print(f"stored {stored}: each acknowledged one once, {stored - acknowledged} given up")
    print(f"zegel verify: {report['outcome']}, {report['size']} records, sealed before and after")
    print(f"the same on each of {len(cluster.nodes)} servers")
    return 0


def _kill_leader(cluster: Cluster, home: Path, told: Told, number: int) -> str:
    """One failover: the leader dies, another takes its place, the old one learns of it."""
    old = cluster.wait_until_whole()
    old.kill()
    killed_at = time.time()
    told.wait_for_acknowledgement_after(killed_at)
    old_event = _require_powerless(cluster, home, old, number)
    old.start()
    new = cluster.wait_until_whole()
    with closing(_ledger(cluster.url(), home)) as ledger:
        assert not ledger.record(old_event).duplicate, "an old leader's record came into the log"
    pause = told.pause_around(killed_at)
    print(
        f"kill {number}: {old.name} led, {new.name} leads; {pause:.1f} s without a write",
        flush=True,
    )
    return str(old_event.event_id)


def _require_powerless(cluster: Cluster, home: Path, old: Node, number: int) -> Event:
    """An event that an old leader, alone and asked directly, acknowledged to nobody.

    Raises:
        AssertionError: it did.
    """
    event = event_of("old leader", number, 0)
    old.start_alone()
    waits_for = old.ask("SHOW synchronous_standby_names")
    ledger = _ledger(cluster.url(old), home)
    with closing(ledger), ThreadPoolExecutor(1) as pool:
        answer = pool.submit(ledger.record, event)
        done, _ = wait([answer], UNANSWERED_S)
        old.stop_alone()
        assert not done, f"an old leader answered, though it waits for {waits_for!r}"
        assert isinstance(answer.exception(), OutcomeUnknown), answer.exception()
    return event


def require_exactly_once(home: Path, told: Told, asked_of_old_leaders: set[str]) -> int:
    """How many events of writers are in the log; each acknowledged one once, at its place.

    Raises:
        AssertionError: one is missing, is elsewhere, or is there twice.
    """
    with closing(Home(home).open_ledger()) as ledger:
        stored = [record for record in ledger.log.scan() if record.kind == KIND]
    places = {str(each.event_id): (each.index, each.leaf_hash.hex()) for each in stored}
    assert len(places) == len(stored), "an event is there twice"
    for event_id, receipt in told.receipts.items():
        assert places[event_id] == (receipt["index"], receipt["leaf_hash"]), event_id
    others = places.keys() - told.receipts.keys() - told.given_up - asked_of_old_leaders
    assert not others, others
    return len(places)


def _ledger(database: str, home: Path) -> Ledger:
    return Ledger.open(database=database, key_file=Home(home).key_file)


def _command(home: Path, *words: str) -> Answer:
    """What a command answered that must end well."""
    answer = zegel("--home", home, *words)
    assert answer.returncode == 0, answer.stderr
    return answer


def _verified(home: Path, *options: str) -> dict[str, Any]:
    """What `zegel verify` reports of a history that must be whole."""
    report: dict[str, Any] = json.loads(_command(home, *options, "verify").stdout)
    assert report["outcome"] == "valid", report
    return report


def _wait_for_same_head(cluster: Cluster) -> None:
    """Each server holds the same history, to its last record."""
    wait_for(
        lambda: len({node.ask(_HEAD, "zegel") for node in cluster.nodes}) == 1,
        "the same head on each server",
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
