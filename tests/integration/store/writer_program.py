"""A program that appends batches to a log and prints what was acknowledged, until it is stopped.

python -m tests.integration.store.writer_program URL BATCHES SIZE
"""

import sys
from uuid import UUID

from ledger.store import SealedLog, open_engine
from ledger.units import utc_now
from tests.integration.store.drafts import make_draft, receipts_of

SHARED_CASE = UUID(int=7)


def main(url: str, batches: int, size: int) -> None:
    """One line per acknowledged batch: its event ids with their indexes."""
    log = SealedLog.open(open_engine(url), clock=utc_now)
    for _ in range(batches):
        drafts = [make_draft(UUID(int=n % 9 + 1), UUID(int=99)) for n in range(size)]
        drafts[0] = make_draft(stream=SHARED_CASE, fresh_stream=False)
        receipts = receipts_of(log.append(drafts))
        sys.stdout.write(" ".join(f"{r.event_id}={r.index}" for r in receipts) + "\n")
        sys.stdout.flush()
    log.engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
