"""One process that appends to one log when it is told to: URL KEY_FILE COUNT AFTER."""

import sys
from contextlib import closing
from pathlib import Path

from benchmarks.sample import batches
from ledger.ledger import Ledger


def main(url: str, key_file: str, count: str, after: str) -> None:
    """Says `ready`, waits for a line, appends so many events in batches, says `done`.

    Args:
        url: Of the database.
        key_file: Of the log.
        count: How many events.
        after: How many of the sample others append: these come behind them.
    """
    with closing(Ledger.open(database=url, key_file=Path(key_file))) as ledger:
        prepared = list(batches(int(count), int(after)))
        print("ready", flush=True)
        sys.stdin.readline()
        for batch in prepared:
            ledger.record_many(batch)
        print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
