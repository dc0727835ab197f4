"""Keyed digests under which identities and case ids are found without being stored.

Invariants: the index key never reaches the database; an identity is looked up in its normalised
spelling only. Rows of both tables can be erased.
"""

import hmac
from typing import Final

from ledger.vault.keys import LookUpKeys

_CASE: Final = b"case"


class BlindIndex:
    """Turns identities and case ids into the 32 bytes under which the database knows them."""

    __slots__ = ("_keyed",)

    def __init__(self, keys: LookUpKeys) -> None:
        """Takes the index key; a keyed state is prepared once and copied per digest."""
        self._keyed = hmac.new(keys.lookup_key("index"), digestmod="sha256")

    def of_identity(self, identity: str) -> bytes:
        """32 bytes for `person:…`, `ip:…`, `data-subject:…` in normalised spelling, or `case:…`."""
        return self._digest(identity.encode())

    def of_case(self, namespace: str, source_id: str) -> bytes:
        """32 bytes for a source's own id of a case, such as (`grant`, `G-17`)."""
        # NUL keeps the parts apart and cases apart from identities, which hold none before a colon.
        return self._digest(b"\x00".join((_CASE, namespace.encode(), source_id.encode())))

    def _digest(self, text: bytes) -> bytes:
        state = self._keyed.copy()
        state.update(text)
        return state.digest()
