"""Gathers from a log what a bundle is made of: its question, its records, what opens of each."""

from collections.abc import Sequence

from cli.asked import Asked, question_of
from formats.bundle.evidence import ChosenRecord, Evidence, TimeStamp
from ledger.granting import Granted
from ledger.handing_out import Signed
from ledger.ledger import Ledger
from ledger.store.tiles import TileTable
from ledger.stored import StoredRecord


def evidence_of(
    ledger: Ledger,
    asked: Asked,
    signed: Signed,
    rows: Sequence[StoredRecord],
    grants: Sequence[Granted],
) -> Evidence:
    """What the bundle is made of.

    Args:
        ledger: The log.
        asked: The question.
        signed: The checkpoint under which the records are.
        rows: The records, ascending by index.
        grants: What is opened of each, in the same order.
    """
    checkpoint = signed.checkpoint
    return Evidence(
        checkpoint=checkpoint.raw,
        policy=signed.policy,
        records=[
            ChosenRecord(row.index, row.sealed, grant.disclosures)
            for row, grant in zip(rows, grants, strict=True)
        ],
        fetch=TileTable(ledger.log).fetch,
        read_records=(
            (lambda start, stop: [row.sealed for row in ledger.log.scan_raw(start, stop)])
            if asked.is_mirror
            else None
        ),
        minimum_index=ledger.log.beginning().frontier.size,
        question=question_of(ledger, asked),
        time_stamps=[
            TimeStamp(anchor.authority, anchor.evidence)
            for anchor in signed.anchors
            if anchor.kind == "rfc3161"
        ],
    )
