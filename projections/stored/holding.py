"""Which legal holds keep data in the world.

People, kinds, systems and what is named narrow one hold together, as `ledger.legal_hold` has it for
the records of the log; people who were erased are nobody in particular.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.personal import WITHHELD
from projections.stored.matching import is_below


def held_by(
    holds: Sequence[dict[str, Any]], data: Mapping[str, Any], kinds: Sequence[str]
) -> list[dict[str, Any]]:
    """The standing holds that keep some data.

    Args:
        holds: As the view of holds tells them.
        data: What is stored.
        kinds: Of the events that told of it, without version.
    """
    return [hold for hold in holds if hold["state"] == "standing" and _covers(hold, data, kinds)]


def _covers(hold: dict[str, Any], data: Mapping[str, Any], kinds: Sequence[str]) -> bool:
    if hold["everything"]:
        return True
    people, held_kinds = set(hold["people"]), {each.partition(".v")[0] for each in hold["kinds"]}
    if people and not (people - {WITHHELD}) & data["people"]:
        return False
    if held_kinds and not held_kinds & set(kinds):
        return False
    if hold["systems"] and data["system"] not in hold["systems"]:
        return False
    return not (hold["datasets"] or hold["cases"]) or _names(hold, data)


def _names(hold: dict[str, Any], data: Mapping[str, Any]) -> bool:
    """Whether a hold on cases or datasets is about the data."""
    if set(hold["cases"]) & {data["file"], data["object"], data["contract"]}:
        return True
    names = [data[name] for name in ("dataset", "location", "scope") if data[name] is not None]
    return any(is_below(held, name) for held in hold["datasets"] for name in names)
