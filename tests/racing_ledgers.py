"""What one of several processes does in a race for new subjects and cases."""

from multiprocessing.synchronize import Barrier
from pathlib import Path

from ledger.ledger import Ledger
from tests.grants import grant

SUBJECTS = 40


def record_grants(database: str, key_file: Path, ready: Barrier, backwards: bool) -> None:  # noqa: FBT001 - passed by position to a process
    """Records one grant per person, in one batch, when all processes are ready."""
    ledger = Ledger.open(database=database, key_file=key_file)
    numbers = range(SUBJECTS)
    events = [
        grant(grantee=f"person:p{number}", grant_id=f"G-{number}")
        for number in (reversed(numbers) if backwards else numbers)
    ]
    ready.wait(timeout=60)
    ledger.record_many(events)
    ledger.close()
