"""`zegel prove INDEX|EVENT-ID`: the proof that one record is in the log."""

import sys
from pathlib import Path
from typing import Final

import click

from cli.options import ZegelCommand
from cli.output import note
from cli.session import Session
from ledger.named_record import find_record

EXAMPLES: Final = (
    "zegel prove 41 > 41.tlog-proof",
    "zegel prove 41 --to 41.tlog-proof",
    "zegel show 41 --raw > 41.record",
)


@click.command(
    cls=ZegelCommand, examples=EXAMPLES, short_help="Write the proof that one record is in the log."
)
@click.argument("place", metavar="INDEX|EVENT-ID")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    metavar="FILE",
    help="Write it there instead of to standard output.",
)
@click.pass_obj
def prove(session: Session, /, place: str, target: Path | None) -> int:
    """Write the proof that one record is in the log, as a file of C2SP tlog-proof.

    It holds the newest checkpoint with its signatures, and the hashes that lead from the record to
    it. Whoever has the sealed bytes (zegel show --raw) and the verifier key checks it offline.
    """
    from ledger.proving import prove as prove_record  # noqa: PLC0415 - start time: see cli/app.py

    with session.open_ledger() as ledger:
        stored = find_record(ledger, place)
        proof = prove_record(ledger.log, stored.index, session.signing_folder().terms())
    if target is None:
        sys.stdout.buffer.write(proof)
        return 0
    target.write_bytes(proof)
    note(f"record {stored.index}: {target}")
    return 0
