"""What a token knows of the keys of a log: a data object with their generation and epochs.

Invariants: of several states of one log the one of the highest generation counts; the others were
left by a crash between writing a new one and removing the old.
"""

from typing import Any, Final

import msgspec
from msgspec import Struct
from pkcs11 import Attribute, ObjectClass

from ledger.errors import StoreUnavailable
from ledger.vault.token_session import TokenSession

APPLICATION: Final = "zegel"
"""What marks our data objects in a token."""


class TokenState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the data object holds, as JSON."""

    origin: str
    generation: int
    epochs: dict[int, int]
    """The generation in which each held epoch began."""


def states_in(session: TokenSession) -> dict[str, TokenState]:
    """The newest state of each log, by origin.

    Raises:
        StoreUnavailable: the token cannot be used, or a state is none of ours.
    """
    newest: dict[str, TokenState] = {}
    wanted = {Attribute.CLASS: ObjectClass.DATA, Attribute.APPLICATION: APPLICATION}
    with session.used() as opened:
        for found in list(opened.get_objects(wanted)):
            state = decoded_state(found)
            known = newest.get(state.origin)
            if known is None or known.generation < state.generation:
                newest[state.origin] = state
    return newest


def decoded_state(found: Any) -> TokenState:  # noqa: ANN401 - the library types its objects loosely
    """The state in a data object.

    Raises:
        StoreUnavailable: it is none of ours.
    """
    try:
        return msgspec.json.decode(bytes(found[Attribute.VALUE]), type=TokenState)
    except ValueError as error:
        raise StoreUnavailable(
            f"token: expected a state of Zegel in {found[Attribute.LABEL]}, found something else: "
            f"{error}"
        ) from error
