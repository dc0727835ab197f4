"""What `zegel init` and `zegel logs create` do alike once a log was made."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ledger.ledger import Ledger


def signing_key_of(folder: Path, origin: str) -> str:
    """The verifier key of what signs the log of a home, made now unless there is one.

    Args:
        folder: Of the home.
        origin: Of its log.

    Raises:
        StoreUnavailable: it cannot be written, or the one there cannot be read.
    """
    from ledger.signing.signing_folder import SigningFolder  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.signing.signing_key import environment_passphrase  # noqa: PLC0415 - likewise

    signing = SigningFolder(folder)
    if signing.terms_file.exists():
        return signing.current_term().key.vkey
    return signing.create(origin, environment_passphrase).vkey


def facts_of(ledger: "Ledger", folder: Path) -> dict[str, Any]:
    """What whoever made a log is told of it.

    Args:
        ledger: The log.
        folder: Of its home.

    Raises:
        StoreUnavailable: as `signing_key_of`.
    """
    return {
        "origin": ledger.origin,
        "home": str(folder),
        "database": ledger.log.engine.url.render_as_string(hide_password=True),
        "keys": ledger.vault.keys.place,
        "verifier_key": signing_key_of(folder, ledger.origin),
        "size": ledger.head().size,
    }
