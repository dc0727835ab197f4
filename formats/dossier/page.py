"""The dossier page: evidence as data, and the program that verifies and shows it, in one file.

Invariants: the page asks nothing of any network (its content policy forbids it); the data cannot
leave the element that holds it, whatever text a record contains; the same data gives the same page.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

import msgspec

DOSSIER_FORMAT: Final = "zegel/dossier/v1"
_SCRIPTS: Final = ("verify.js", "words.js", "page.js")
# `<` could end the element, the separators could end a line of JavaScript.
_ESCAPED: Final = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}
_TO_ESCAPE: Final = re.compile("|".join(map(re.escape, _ESCAPED)))
_SLOT: Final = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, slots=True)
class DossierRecord:
    """One record with its proof and what may be opened of it."""

    index: int
    sealed: bytes
    proof: Sequence[bytes]
    disclosures: Sequence[bytes] = ()


def dossier_data(
    *,
    origin: str,
    checkpoint: bytes,
    policy: bytes,
    records: Iterable[DossierRecord],
    question: Mapping[str, str],
    anchors: Sequence[str],
) -> dict[str, Any]:
    """What a dossier embeds, as JSON: each hash once, proofs as numbers into them."""
    numbers: dict[bytes, int] = {}
    shown = [
        {
            "index": record.index,
            "sealed": b64encode(record.sealed).decode(),
            "proof": [numbers.setdefault(bytes(each), len(numbers)) for each in record.proof],
            "disclosures": [each.decode("ascii") for each in record.disclosures],
        }
        for record in records
    ]
    return {
        "format": DOSSIER_FORMAT,
        "origin": origin,
        "checkpoint": checkpoint.decode(),
        "policy": policy.decode(),
        "question": dict(question),
        "anchors": list(anchors),
        "indexes": [record.pop("index") for record in shown],
        "records": shown,
        "hashes": [b64encode(each).decode() for each in numbers],
    }


def dossier_page(data: Mapping[str, Any]) -> bytes:
    """The page that shows this data and verifies it."""
    script = "\n".join(map(_part, _SCRIPTS))
    style = _part("page.css")
    slots = {
        "policy": _content_policy(script, style),
        "style": style,
        "data": escaped_json(data),
        "script": script,
    }
    # One pass: what stands in the data is never taken for a slot.
    return _SLOT.sub(lambda slot: slots[slot[1]], _part("page.html")).encode()


def escaped_json(data: object) -> str:
    """JSON that can stand inside a script element: no text in it ends the element."""
    text = msgspec.json.encode(data).decode()
    return _TO_ESCAPE.sub(lambda found: _ESCAPED[found[0]], text)


def _content_policy(script: str, style: str) -> str:
    """Only this script and this style run, and nothing is loaded or sent.

    Source: W3C Content Security Policy Level 3, section 2.3.1.
    """
    return (
        f"default-src 'none'; script-src '{_source(script)}'; style-src '{_source(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


@cache
def _part(name: str) -> str:
    return files("formats.dossier").joinpath(name).read_text("utf-8")
