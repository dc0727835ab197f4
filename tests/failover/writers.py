"""Writers in a process of their own, each with one event at a time, while leaders die.

Every second writer insists: it sends the same event again until it has a receipt. The others give
up at the first failure, so that what was never acknowledged is there as well.

As a command: ``python -m tests.failover.writers PLACE KEY PREFIX WRITERS``: a database with its key
file, or a service with an API key. It says on standard output, one JSON object a line, what became
of each event, and ends once its standard input does and each event is settled.
"""

import itertools
import json
import sys
import threading
import time
from collections import Counter
from typing import Any, Final

from ledger.errors import OutcomeUnknown, StoreUnavailable
from tests.failover.recorders import Recorder, recorder_for

PAUSE_S: Final = 0.1
GIVEN_UP_PAUSE_S: Final = 1.0
"""Who gives up goes on a little later, so that not all is given up while nobody leads."""


def outcome_of(recorder: Recorder, writer: int, number: int) -> dict[str, Any]:
    """What became of an event: its receipt, or none, and how often nobody could tell."""
    insists = writer % 2 == 0
    told: dict[str, Any] = {"id": recorder.id_of(writer, number), "receipt": None}
    failures: Counter[str] = Counter()
    while True:
        try:
            told["receipt"] = recorder.record(writer, number)
        except OutcomeUnknown:
            failures["unknown"] += 1
        except StoreUnavailable:
            failures["unavailable"] += 1
        if told["receipt"] is not None:
            return {**told, **failures, "at": time.time()}
        time.sleep(PAUSE_S if insists else GIVEN_UP_PAUSE_S)
        if not insists:
            return {**told, **failures, "at": time.time()}


def main(place: str, key: str, prefix: str, writers: str) -> int:
    """Exit code 0 when each event of each writer was acknowledged or given up."""
    recorder = recorder_for(place, key, prefix)
    printing, is_over = threading.Lock(), threading.Event()
    failed: list[str] = []

    def work(writer: int) -> None:
        try:
            for number in itertools.takewhile(lambda _: not is_over.is_set(), itertools.count()):
                outcome = outcome_of(recorder, writer, number)
                with printing:
                    print(json.dumps(outcome), flush=True)  # noqa: T201 - what it is for
        except Exception as error:  # noqa: BLE001 - told to whoever started this
            failed.append(f"writer {writer}: {type(error).__name__}: {error}")

    threads = [threading.Thread(target=work, args=(writer,)) for writer in range(int(writers))]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    is_over.set()
    for thread in threads:
        thread.join()
    recorder.close()
    sys.stderr.write("\n".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
