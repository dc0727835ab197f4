"""What `zegel init` and `zegel logs create` do alike once a log was made."""

from pathlib import Path


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
