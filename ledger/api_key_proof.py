"""Proves that somebody has an API key, at the cost of one look whether grants changed."""

import hmac
import re
from typing import TYPE_CHECKING, Final
from uuid import UUID

from ledger.api_key import PREFIX, ApiKey, described, secret_hash, table_of
from ledger.errors import NotAuthenticated
from ledger.store.api_key_table import StoredApiKey

if TYPE_CHECKING:
    from ledger.ledger import Ledger

MOST_CHARACTERS: Final = 128
"""Of what can be a key; it has 82."""

_KEY: Final = re.compile(r"zegel_([0-9a-f]{32})\.([A-Za-z0-9_-]{43})")
_NO_HASH: Final = bytes(32)


def is_api_key(credential: str) -> bool:
    """Whether a credential says that it is a key of ours."""
    return credential.startswith(PREFIX)


class KnownKeys:
    """Proves keys of one log; safe for many threads.

    A row is read once: all that ever changes of it is that its hash goes, and then the grants of
    its key ended as well. Only rows that are there are kept: made-up ids fill no memory.
    """

    def __init__(self, ledger: "Ledger") -> None:
        """Has read nothing yet."""
        self._ledger = ledger
        self._rows: dict[UUID, StoredApiKey] = {}

    def proven(self, presented: str) -> ApiKey:
        """The key that was presented, if its secret is right and something of it is in force.

        Raises:
            NotAuthenticated: it is none, is not known, was revoked or has expired; the message is
                the same, the fields of the error tell which.
        """
        matched = _KEY.fullmatch(presented) if len(presented) <= MOST_CHARACTERS else None
        if matched is None:
            raise _refused("malformed")
        key_id = UUID(matched[1])
        grants = self._ledger.grants.now()
        row = self._row(key_id)
        name, kept = ("", None) if row is None else (row.name, row.secret_hash)
        shown = secret_hash(self._ledger, key_id, name, matched[2])
        is_right = hmac.compare_digest(shown, kept or _NO_HASH)
        if row is None:
            raise _refused("unknown")
        if row.secret_hash is None:
            raise _refused("revoked", key_id)
        if not is_right:
            raise _refused("wrong-secret", key_id)
        mine = grants.of_key(key_id)
        if not mine:
            raise _refused("not-granted", key_id)
        found = described(row, mine, self._ledger.clock())
        if not found.roles:
            reason = "expired" if found.revoked_at is None else "revoked"
            raise _refused(reason, key_id, found.identity)
        return found

    def _row(self, key_id: UUID) -> StoredApiKey | None:
        row = self._rows.get(key_id)
        if row is None:
            row = table_of(self._ledger).find(key_id)
            if row is not None:
                self._rows[key_id] = row
        return row


def _refused(
    reason: str, key_id: UUID | None = None, identity: str | None = None
) -> NotAuthenticated:
    return NotAuthenticated(
        "expected an API key in force, found one that is not",
        reason=reason,
        method="api-key",
        identity=identity,
        key_id=key_id,
    )
