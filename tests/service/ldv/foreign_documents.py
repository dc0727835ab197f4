"""The OpenAPI documents of others, read where they lie, with their known defects patched in sight.

The documents are the contract and are never edited: each patch below says what is wrong with one.
"""

import json
from copy import deepcopy
from typing import Any, Final

import yaml

from tests.shared_data import shared

Document = dict[str, Any]
_VERSION_HEADER: Final = (
    "https://static.developer.overheid.nl/adr/components.yaml#/headers/API-Version"
)
_LEZEN: Final = "vectors/openapi/lezen"


def lezen() -> Document:
    """The reading extension of LDV, complete in itself."""
    document = _at_root(json.loads((shared(_LEZEN) / "openapi.json").read_text("utf-8")))
    found: Document = _inlined(document)
    return found


def vng_read() -> Document:
    """Reading by the person concerned."""
    document = _vng("vng-read.yaml")
    limited = document["components"]["schemas"]["VerwerkingsactieBeperkt"]
    # It requires `verwerkteObjecten` and does not say what they are: those of the write document.
    limited["properties"]["verwerkteObjecten"] = {
        "type": "array",
        "items": {"$ref": "#/components/schemas/VerwerktObject"},
    }
    return document


def vng_write() -> Document:
    """Registering and administering acts."""
    document = _vng("vng-write.yaml")
    operations = document["paths"]["/verwerkingsacties/{actieId}"]
    # The text prescribes 400 for an act that is unknown or expired; the document forgot it.
    operations["delete"]["responses"]["400"] = deepcopy(operations["put"]["responses"]["400"])
    oin = document["components"]["schemas"]["Verwerkingsactie"]["properties"]["uitvoerder"]
    oin["pattern"] = f"^{oin['pattern']}$"  # 20 digits, not 20 among others
    return document


def vng_register() -> Document:
    """The register of processing activities."""
    document = _vng("vng-var.yaml")
    activity = document["components"]["schemas"]["Verwerkingsactiviteit"]["properties"]
    oin = activity["verantwoordelijkeOrganisatie"]
    oin["pattern"] = f"^{oin['pattern']}$"
    one = document["paths"]["/verwerkingsactiviteit/{actieId}"]["get"]["responses"]
    # It prescribes If-None-Match and forgot what is answered when it matches.
    one["304"] = {"description": "Not modified"}
    one["400"] = {"$ref": "#/components/responses/400"}
    return document


def _vng(name: str) -> Document:
    document = yaml.safe_load((shared("vectors/openapi") / name).read_text("utf-8"))
    return _at_root(document)


def _at_root(document: Document) -> Document:
    """Without the servers of others: ours answers below `/`."""
    return {name: value for name, value in document.items() if name != "servers"}


def _inlined(node: Any) -> Any:  # noqa: ANN401 - JSON
    """Without references to other documents: the test has no network."""
    if isinstance(node, list):
        return [_inlined(each) for each in node]
    if not isinstance(node, dict):
        return node
    there = node.get("$ref", "")
    if there == _VERSION_HEADER:
        return {"schema": {"type": "string", "example": "1.1.0"}, "required": True}
    if isinstance(there, str) and there.startswith("./"):
        return json.loads((shared(_LEZEN) / there).read_text("utf-8"))
    return {name: _inlined(value) for name, value in node.items()}
