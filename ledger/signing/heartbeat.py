"""Shows that an idle log is idle: a record that says so, which the signer then signs.

A checkpoint of the same size over the same records would be the same text and the same signature
as the last one: it could not tell "nothing happened until now" from "nobody has looked". So a
heartbeat is a record, `log.verified`: its time is inside the sealed bytes, and the next checkpoint
covers it.
"""

from ledger import __version__
from ledger.events.log_integrity import LogVerified
from ledger.ledger import Ledger
from ledger.signing.signer import Heartbeat
from ledger.signing.signer_state import SignerState


def heartbeat_of(ledger: Ledger) -> Heartbeat:
    """What records in this log that it continues its last checkpoint, and that nothing is new."""

    def beat(known: SignerState) -> None:
        ledger.record(
            LogVerified(
                occurred_at=ledger.clock(),
                first_index=known.size,
                tree_size=known.size,
                root_sha256=known.start.frontier.root().hex(),
                verifier=f"zegel-signer/{__version__}",
                level="since",
                records_checked=0,
            )
        )

    return beat
