"""What goes along with a dossier, so that its reader can check it without us and without the log.

Invariants: what is attached is a disclosure file that the ordinary verifier checks; without a
recorded reading it opens nothing, and neither a person nor the token of one is in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from formats.bundle.disclosed import disclosure_file
from formats.json_form import encode_json
from ledger.field_choice import EVERY_FIELD, NO_FIELD
from ledger.granting import Granted, granted_fields, plan_grants
from ledger.handing_out import Signed
from ledger.ledger import Ledger
from ledger.merkle import Frontier
from ledger.notes.tile_proofs import frontier_from_tiles, root_from_tiles
from ledger.personal import WITHHELD, parse_token
from ledger.reading import Opening
from ledger.store.tiles import TileTable
from ledger.stored import StoredRecord
from ledger.units import Hash32
from ledger.verification.disclosure_file import encode_disclosure_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The records that a dossier rests on, with what proves them."""

    rows: tuple[StoredRecord, ...]
    signed: Signed | None
    """`None`: no checkpoint was made yet."""
    disclosures: bytes | None
    """The disclosure file; `None`: no checkpoint covers any of the records."""


def gather(
    ledger: Ledger,
    signed: Signed | None,
    indexes: Sequence[int],
    case: UUID,
    opening: Opening | None = None,
) -> Gathered:
    """The records at these indexes under a checkpoint, if there is one.

    Args:
        ledger: The log.
        signed: The first checkpoint over all that was known, else the newest one.
        indexes: Of the records that the dossier rests on.
        case: The stream of the case, which the file names as its question.
        opening: The recorded reading that opens words, of the records of which it tells.

    Raises:
        RecordsPruned: one of the records was removed.
        VerificationError: a record is not the one that the checkpoint signs.
    """
    rows = tuple(ledger.log.records_at(sorted(set(indexes))))
    if signed is None:
        return Gathered(rows=rows, signed=None, disclosures=None)
    covered = [row for row in rows if row.index < signed.checkpoint.size]
    if not covered:
        return Gathered(rows=rows, signed=signed, disclosures=None)
    grants = _grants(ledger, covered, opening)
    file = disclosure_file(ledger, signed.checkpoint, covered, grants, {"case": str(case)})
    return Gathered(rows=rows, signed=signed, disclosures=encode_disclosure_file(file))


def _grants(ledger: Ledger, rows: Sequence[StoredRecord], opening: Opening | None) -> list[Granted]:
    if opening is None:
        return plan_grants(ledger, rows, NO_FIELD)
    read = [row for row in rows if opening.shown.runs.covers(row.index)]
    unread = [row for row in rows if not opening.shown.runs.covers(row.index)]
    found = [
        *granted_fields(ledger, read, opening, EVERY_FIELD),
        *plan_grants(ledger, unread, NO_FIELD),
    ]
    return sorted(found, key=lambda grant: grant.index)


def root_at(ledger: Ledger, size: int, signed: Signed | None) -> Hash32:
    """The root of the tree of the first `size` records, whatever came after them.

    Raises:
        RecordsPruned: the records that it is made of were removed.
    """
    head = ledger.head()
    if size == head.size:
        return Frontier(head.size, head.frontier).root()
    fetch = TileTable(ledger.log).fetch
    covered = 0 if signed is None else signed.checkpoint.size
    if size <= covered:
        return root_from_tiles(size, fetch)
    frontier = frontier_from_tiles(covered, fetch) if covered else Frontier.empty()
    return frontier.extended(ledger.log.leaf_hashes(covered, size)).root()


def case_file(document: Mapping[str, Any], *, shows_words: bool) -> bytes:
    """The case as JSON, spread over lines, with every computation.

    Args:
        document: What `breach_document` gave.
        shows_words: Whether people and words may be in it.
    """
    told = msgspec.json.decode(encode_json(document))
    if not shows_words:
        told = _without_people(told)
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"


def _without_people(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The same without what is withheld and without tokens: left out where they stood."""
    match value:
        case dict():
            kept = {name: _without_people(each) for name, each in value.items()}
            return {name: each for name, each in kept.items() if not _stands_for_people(each)}
        case list():
            kept_ones = [_without_people(each) for each in value]
            return [each for each in kept_ones if not _stands_for_people(each)]
        case _:
            return value


def _stands_for_people(value: object) -> bool:
    return isinstance(value, str) and (value == WITHHELD or parse_token(value) is not None)
