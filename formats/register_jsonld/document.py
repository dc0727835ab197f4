"""The register as one JSON-LD document, and back."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from formats.register_jsonld.mapping import Node
from formats.register_jsonld.shapes import (
    ACTIVITY,
    AGREEMENT,
    OFFICER,
    ORGANISATION,
    STANDING,
    SUB_PROCESSOR,
)
from formats.register_jsonld.terms import CONTEXT
from projections.art30.content import Register

CLAIM: Final = (
    "What was reported to a log about processing activities. That it is filled in does not mean "
    "that the processing is lawful."
)
_PARTS: Final = (
    ("organisations", "zegel:organisation", ORGANISATION),
    ("officers", "dpv:hasDataProtectionOfficer", OFFICER),
    ("activities", "dpv:hasProcess", ACTIVITY),
    ("agreements", "zegel:processingAgreement", AGREEMENT),
    ("sub_processors", "zegel:subProcessor", SUB_PROCESSOR),
)


def register_document(register: Register) -> Node:
    """The document: the context, then the register with all that it holds."""
    document: Node = {
        "@context": dict(CONTEXT),
        **STANDING.write(register.standing),
        "dct:description": CLAIM,
    }
    for field, term, shape in _PARTS:
        found: tuple[Any, ...] = getattr(register, field)
        if found:
            document[term] = [shape.write(each) for each in found]
    return document


def encode_document(register: Register) -> bytes:
    """The document as a file; the same register gives the same bytes."""
    raw = msgspec.json.encode(register_document(register))
    return msgspec.json.format(raw, indent=2) + b"\n"


def read_document(document: Mapping[str, Any]) -> Register:
    """The register that a document holds.

    Raises:
        msgspec.ValidationError: a member is not what the register asks for.
    """
    parts = {
        field: [shape.read(each) for each in document.get(term, ())]
        for field, term, shape in _PARTS
    }
    return msgspec.convert({"standing": STANDING.read(document), **parts}, Register)


def decode_document(raw: bytes) -> Register:
    """The register that a file holds.

    Raises:
        msgspec.DecodeError: the file is no JSON object.
        msgspec.ValidationError: a member is not what the register asks for.
    """
    return read_document(msgspec.json.decode(raw, type=dict[str, Any]))
