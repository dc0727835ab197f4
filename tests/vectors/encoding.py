"""How cases are written: one JSON file a group, bytes in base64, hashes in hexadecimal."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

import msgspec

Input = Mapping[str, Any]


class Case(TypedDict):
    """One input for a verifier, and what every verifier must answer."""

    desc: str
    operation: str
    input: Input
    want: str
    """`valid`, a verdict of the closed list, or `MALFORMED`: no document of that form at all."""


def case(operation: str, want: str, desc: str, **parts: object) -> Case:
    """One case with its input in JSON's own types."""
    written = {name: _written(part) for name, part in parts.items()}
    return Case(desc=desc, operation=operation, input=written, want=want)


def encode_group(about: str, source: str, cases: Iterable[Case]) -> str:
    """The text of one file of cases."""
    document = {"about": about, "source": source, "cases": list(cases)}
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n"


def hexed(hashes: Iterable[bytes]) -> list[str]:
    """Hashes as hexadecimal text."""
    return [each.hex() for each in hashes]


def _written(part: object) -> object:
    if isinstance(part, bytes):
        return b64encode(part).decode()
    if isinstance(part, Mapping):
        return {name: _written(each) for name, each in part.items()}
    if isinstance(part, list | tuple):
        return [_written(each) for each in part]
    return part
