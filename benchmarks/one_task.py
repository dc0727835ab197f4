"""One task over one log, in a process whose memory is watched: TASK URL KEY_FILE."""

import sys
from contextlib import closing
from pathlib import Path

import projections
from ledger.ledger import Ledger
from ledger.parallel_verification import verify_on_cores

CORES = 2


def main(task: str, url: str, key_file: str) -> None:
    """Runs `verify` or `rebuild`."""
    with closing(Ledger.open(database=url, key_file=Path(key_file))) as ledger:
        if task == "verify":
            report = verify_on_cores(ledger, CORES)
            if report.findings:
                sys.exit(f"expected a log in order, found {report.findings[0]}")
        else:
            projections.rebuild(ledger)


if __name__ == "__main__":
    main(*sys.argv[1:])
