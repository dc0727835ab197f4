"""The log as every tlog-tiles client reads it: `/checkpoint` and `/tile/…`.

Tiles are given up to the newest checkpoint and no further: what is not signed is nobody's business
yet. A tile that was given once never changes, also a partial one of a width.

Source: C2SP tlog-tiles v0.1.0; "Pruning" as of its main branch.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from ledger.errors import FormatError, NotFound, RecordsPruned, VerificationError
from ledger.notes.entry_bundles import check_bundle, encode_bundle
from ledger.notes.tile_paths import decode_path
from ledger.notes.tiles import TILE_BITS, TILE_WIDTH, BundleId, TileId, decode_tile
from ledger.proving import newest_checkpoint, published_note
from ledger.store.checkpoints import CheckpointTable
from ledger.store.sealed_log import SealedLog
from ledger.store.tiles import TileTable
from service.context import Context, ContextOf
from service.proofs.public import A_MOMENT, FOR_EVER, is_known, not_changed, public, tag_of
from service.threads import reading

router: Final = APIRouter(tags=["proofs"])

TEXT: Final = "text/plain; charset=utf-8"
BYTES: Final = "application/octet-stream"
_LONGEST_PATH: Final = 64


@router.get(
    "/checkpoint",
    summary="Give the newest checkpoint.",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
        304: {"description": "It is the one that you have."},
        404: {"description": "The log was never sealed."},
    },
)
async def checkpoint(request: Request, context: ContextOf) -> Response:
    """The signed tree head as a C2SP signed note, with what witnesses cosigned; no login."""
    note = await reading(context, newest_note, context)
    tag = tag_of(note)
    if is_known(request, tag):
        return not_changed(tag, A_MOMENT)
    return public(note, TEXT, tag=tag, keep=A_MOMENT)


@router.get(
    "/tile/{path:path}",
    summary="Give a tile of hashes, or a bundle of entries.",
    response_class=Response,
    responses={
        200: {"content": {BYTES: {"schema": {"type": "string", "format": "binary"}}}},
        304: {"description": "You have it; it never changes."},
        404: {"description": "No tile has this path, or no checkpoint covers it yet."},
        410: {"description": "Its records were pruned."},
    },
)
async def tile(
    request: Request,
    context: ContextOf,
    path: Annotated[
        str,
        Path(
            max_length=_LONGEST_PATH,
            description=(
                "`LEVEL/INDEX[.p/WIDTH]` of hashes, or `entries/INDEX[.p/WIDTH]` of sealed "
                "records, the index in groups of three digits."
            ),
            examples=["0/000.p/64", "entries/x001/x234/067"],
        ),
    ],
) -> Response:
    """256 hashes of a level of the tree, or the records under 256 leaves; no login."""
    asked = _decoded(f"tile/{path}")
    tag = tag_of(context.ledger.origin.encode(), path.encode())
    await reading(context, require_signed, context.ledger.log, asked)
    if is_known(request, tag):
        return not_changed(tag, FOR_EVER)
    content = await reading(context, content_of, context.ledger.log, asked)
    return public(content, BYTES, tag=tag, keep=FOR_EVER)


def newest_note(context: Context) -> bytes:
    """The newest checkpoint with its cosignatures.

    Raises:
        NotFound: the log was never sealed.
        VerificationError: what is stored is not signed by a key of the log.
    """
    log = context.ledger.log
    newest = newest_checkpoint(log, context.terms())
    if newest is None:
        raise NotFound(f"{log.origin}: expected a checkpoint, found a log that was never sealed")
    return published_note(log, newest)


def require_signed(log: SealedLog, asked: TileId | BundleId) -> None:
    """Returns only if the newest checkpoint covers a tile.

    Raises:
        NotFound: it does not.
    """
    newest = CheckpointTable(log.engine, log.log_id).newest()
    level = asked.level if isinstance(asked, TileId) else 0
    hashes = 0 if newest is None else newest.size >> (TILE_BITS * level)
    if asked.index * TILE_WIDTH + asked.width > hashes:
        size = 0 if newest is None else newest.size
        raise NotFound(f"tile: expected one of the checkpoint of size {size}, found a later one")


def content_of(log: SealedLog, asked: TileId | BundleId) -> bytes:
    """The content of a tile or bundle that a checkpoint covers.

    Raises:
        RecordsPruned: its records were pruned.
        VerificationError: rows are missing or do not fit together (TILE_MISMATCH, MODIFIED).
    """
    try:
        return _hashes(log, asked) if isinstance(asked, TileId) else _entries(log, asked)
    except RecordsPruned as error:  # what was exported to which file is told inside only
        raise RecordsPruned(f"tile {asked.index}: the records below it were pruned") from error


def _hashes(log: SealedLog, asked: TileId) -> bytes:
    content = TileTable(log).fetch(asked)
    decode_tile(asked, content)  # refuses one that is too short
    return content


def _entries(log: SealedLog, asked: BundleId) -> bytes:
    start, stop = asked.first_leaf, asked.first_leaf + asked.width
    rows = list(log.scan_raw(start, stop))
    if len(rows) != asked.width:
        log.pruned.require_kept(start)
        message = f"expected records up to index {stop - 1}, found {len(rows)} of them"
        raise VerificationError("MISSING", start, message)
    content = encode_bundle(row.sealed for row in rows)
    check_bundle(asked, content, [row.leaf_hash for row in rows])
    return content


def _decoded(path: str) -> TileId | BundleId:
    try:
        return decode_path(path)
    except FormatError as error:
        raise NotFound(str(error)) from error
