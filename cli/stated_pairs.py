"""What the owner of a log of many programs states about them, as `NAME=VALUE` on a command line."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ledger.errors import BadRequest
from ledger.identifiers import masked
from ledger.own_records import is_reserved

if TYPE_CHECKING:
    from formats.reading import Read


def programs_of(pairs: Sequence[str]) -> "Mapping[str, Read]":
    """The readers of programs, from `NAME=FORMAT`.

    Raises:
        BadRequest: a text is no such pair, or names no format.
    """
    from formats import FORMATS  # noqa: PLC0415 - start time: see cli/app.py

    found = {}
    for program, name in _pairs("--program", pairs, "portal=ndjson"):
        if name not in FORMATS:
            raise BadRequest(
                f"--program {masked(program)}: expected one of {', '.join(FORMATS)}, "
                f"found {masked(name)!r}"
            )
        found[program] = FORMATS[name].read
    return found


def systems_of(pairs: Sequence[str]) -> Mapping[str, str]:
    """The system ids of machines, from `NAME=ID`.

    Raises:
        BadRequest: a text is no such pair, or the id is one of the log itself.
    """
    found = dict(_pairs("--machine", pairs, "gateway=infactor-gateway"))
    for machine, system in found.items():
        if is_reserved(system):
            raise BadRequest(
                f"--machine {masked(machine)}: expected a system other than those of the log "
                f"itself, found {system!r}"
            )
    return found


def _pairs(option: str, pairs: Sequence[str], example: str) -> list[tuple[str, str]]:
    found = []
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not (name and sign and value):
            raise BadRequest(f"{option}: expected a pair such as {example}, found {masked(pair)!r}")
        found.append((name, value))
    return found
