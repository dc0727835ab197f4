"""One id for the block of one address by one jail, whoever tells of it.

Its own log, its database and the action that runs in it (`deploy/fail2ban/zegel.py`) tell of the
same bans; they name the block alike, so that what they tell is one case.
"""

from typing import Final

from formats.names import word_of

PROGRAM: Final = "fail2ban"


def block_of(system: str | None, jail: str, address: str) -> str:
    """The id of a block.

    Args:
        system: under which the machine reports; the action takes the machine's name without one.
        jail: as fail2ban calls it.
        address: with or without `ip:`.
    """
    return f"{PROGRAM} {system or ''} {jail} {address.removeprefix('ip:')}"


def as_told_by(machine: str, block_id: str, system: str | None) -> str:
    """The id that the action gives to the same block where it states no system.

    Args:
        machine: the name of the machine, as it gives it to itself.
        block_id: the id under the system.
        system: that system.
    """
    rest = block_id.removeprefix(f"{PROGRAM} {system or ''} ")
    return f"{PROGRAM} {machine} {rest}"


def scope_of(jail: str) -> str:
    """The public word for where a jail keeps addresses out."""
    return word_of(jail) or PROGRAM
