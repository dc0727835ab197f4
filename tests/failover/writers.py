"""Writers in a process of their own, each with one event at a time, while leaders die.

Every second writer insists: it sends the same event again until it has a receipt. The others give
up at the first failure, so that what was never acknowledged is there as well.

As a command: ``python -m tests.failover.writers DATABASE KEY-FILE PREFIX WRITERS``. It says on
standard output, one JSON object a line, what became of each event, and ends once its standard input
does and each event is settled.
"""

import itertools
import json
import sys
import threading
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any, Final

from ledger.errors import OutcomeUnknown, StoreUnavailable
from ledger.events import Event, event_from_mapping
from ledger.ledger import Ledger

KIND: Final = "ip.recorded.v1"
PAUSE_S: Final = 0.1
GIVEN_UP_PAUSE_S: Final = 1.0
"""Who gives up goes on a little later, so that not all is given up while nobody leads."""
_NAMESPACE: Final = uuid.UUID("5b1f4d7e-93ab-4c8c-8b5e-0a7a5a1f6a02")


def event_of(prefix: str, writer: int, number: int) -> Event:
    """One event; the same in every run with the same prefix."""
    return event_from_mapping(
        {
            "kind": "ip.recorded",
            "event_id": str(uuid.uuid5(_NAMESPACE, f"{prefix} {writer} {number}")),
            "occurred_at": "2026-11-01T12:00:00Z",
            "ip": f"ip:10.{writer}.{number // 250 % 250}.{number % 250}",
        }
    )


def outcome_of(ledger: Ledger, event: Event, *, insists: bool) -> dict[str, Any]:
    """What became of an event: its receipt, or none, and how often nobody could tell."""
    failures: Counter[str] = Counter()
    while True:
        try:
            receipt = ledger.record(event)
        except OutcomeUnknown:
            failures["unknown"] += 1
        except StoreUnavailable:
            failures["unavailable"] += 1
        else:
            assert receipt.leaf_hash is not None
            place = {"index": int(receipt.index), "leaf_hash": receipt.leaf_hash.hex()}
            return {**failures, "receipt": place, "at": time.time()}
        time.sleep(PAUSE_S if insists else GIVEN_UP_PAUSE_S)
        if not insists:
            return {**failures, "receipt": None, "at": time.time()}


def main(database: str, key_file: str, prefix: str, writers: str) -> int:
    """Exit code 0 when each event of each writer was acknowledged or given up."""
    ledger = Ledger.open(database=database, key_file=Path(key_file))
    printing, is_over = threading.Lock(), threading.Event()
    failed: list[str] = []

    def work(writer: int) -> None:
        try:
            for number in itertools.takewhile(lambda _: not is_over.is_set(), itertools.count()):
                event = event_of(prefix, writer, number)
                outcome = outcome_of(ledger, event, insists=writer % 2 == 0)
                with printing:
                    told = {"id": str(event.event_id), **outcome}
                    print(json.dumps(told), flush=True)  # noqa: T201 - what it is for
        except Exception as error:  # noqa: BLE001 - told to whoever started this
            failed.append(f"writer {writer}: {type(error).__name__}: {error}")

    threads = [threading.Thread(target=work, args=(writer,)) for writer in range(int(writers))]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    is_over.set()
    for thread in threads:
        thread.join()
    ledger.close()
    sys.stderr.write("\n".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
