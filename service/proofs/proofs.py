"""`/v1/proofs`: that a record is in the log, and that the log only grew.

Each proof is verified before it is given, at a cost that does not depend on how long the log is.

Source: RFC 9162 §2.1.3 and §2.1.4; C2SP tlog-proof.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from formats.answers.proof import consistency_document, inclusion_document
from ledger.errors import NotFound, RecordsPruned
from ledger.notes.proof_file import encode_proof
from ledger.notes.spelling import MAX_NUMBER
from ledger.proving import Continued, continued, newest_checkpoint, proven, wrong_tiles
from service.context import ContextOf
from service.proofs.mirror import TEXT
from service.proofs.public import (
    A_MOMENT,
    A_WHILE,
    FOR_EVER,
    is_known,
    not_changed,
    public,
    tag_of,
)
from service.queries.accepting import JSON, preferred
from service.queries.accepting import TEXT as PLAIN
from service.queries.answers import json_text
from service.threads import reading

router: Final = APIRouter(prefix="/v1/proofs", tags=["proofs"])

HASH: Final = Field(description="SHA-256 in hexadecimal.", pattern="^[0-9a-f]{64}$")


class Inclusion(BaseModel):
    """That a checkpoint covers a record."""

    index: int = Field(examples=[41])
    leaf_hash: str = HASH
    size: int = Field(description="How many records the checkpoint covers.")
    root: str = HASH
    hashes: list[str] = Field(description="From the sibling of the leaf up.")
    checkpoint: str = Field(description="The signed note, as `/checkpoint` gives it.")


class Consistency(BaseModel):
    """That the tree of `to` records begins with that of `from` records."""

    model_config = ConfigDict(populate_by_name=True)

    older: int = Field(alias="from", examples=[32])
    from_root: str = HASH
    to: int = Field(examples=[64])
    to_root: str = HASH
    hashes: list[str] = Field(description="RFC 9162 §2.1.4.")


class ConsistencyParameters(BaseModel):
    """Of `GET /v1/proofs/consistency`."""

    model_config = ConfigDict(extra="forbid")

    older: int = Field(
        alias="from", ge=1, le=MAX_NUMBER, description="The size you know.", examples=[32]
    )
    newer: int | None = Field(
        None,
        alias="to",
        ge=1,
        le=MAX_NUMBER,
        description="The size that continues it; that of the newest checkpoint if not given.",
    )


@router.get(
    "/consistency",
    summary="Prove that the log only grew.",
    response_model=Consistency,
    responses={
        304: {"description": "It is the one that you have."},
        404: {"description": "No checkpoint covers that size yet."},
        410: {"description": "Tiles below it were pruned."},
    },
)
async def consistency(
    request: Request, context: ContextOf, asked: Annotated[ConsistencyParameters, Query()]
) -> Response:
    """The hashes that lead from an older tree to a newer one, with both roots; no login.

    Compare the roots with those of checkpoints whose signatures you verified.
    """
    log = context.ledger.log

    def found() -> Continued:
        newest = newest_checkpoint(log, context.terms())
        covered = 0 if newest is None else newest.size
        size = covered if asked.newer is None else asked.newer
        if newest is None or size > covered:
            raise NotFound(f"size: expected at most {covered}, found {size}")
        told = continued(log, asked.older, size)
        if size == covered and told.root != newest.root:
            raise wrong_tiles(newest, told.root)
        return told

    document = consistency_document(await reading(context, found))
    return _answer(request, document, A_MOMENT if asked.newer is None else FOR_EVER)


@router.get(
    "/{index}",
    summary="Prove that a record is in the log.",
    response_model=Inclusion,
    responses={
        200: {"content": {PLAIN: {"schema": {"type": "string"}}}},
        304: {"description": "It is the one that you have."},
        404: {"description": "There is no such record, or no checkpoint covers it yet."},
        410: {"description": "It was pruned."},
    },
)
async def inclusion(
    request: Request,
    context: ContextOf,
    index: Annotated[int, Path(ge=0, le=MAX_NUMBER, description="Of the record.", examples=[41])],
    accept: Annotated[str | None, Header(description="In which form to answer.")] = None,
) -> Response:
    """The proof against the newest checkpoint; no login.

    It is a file of C2SP tlog-proof, which verifiers of others read; with `Accept:
    application/json` the same as JSON.
    """
    try:
        found = await reading(context, proven, context.ledger.log, index, context.terms())
    except RecordsPruned as error:  # what was exported to which file is told inside only
        raise RecordsPruned(f"record {index}: pruned") from error
    if preferred(accept, (PLAIN, JSON)) == JSON:
        return _answer(request, inclusion_document(found), A_WHILE)
    content = encode_proof(found.proof)
    tag = tag_of(content)
    if is_known(request, tag):
        return not_changed(tag, A_WHILE, _BY_FORM)
    return public(content, TEXT, tag=tag, keep=A_WHILE, headers=_BY_FORM)


_BY_FORM: Final = {"Vary": "Accept"}


def _answer(request: Request, document: dict[str, Any], keep: str) -> Response:
    content = json_text(document).encode()
    tag = tag_of(content)
    if is_known(request, tag):
        return not_changed(tag, keep, _BY_FORM)
    return public(content, JSON, tag=tag, keep=keep, headers=_BY_FORM)
