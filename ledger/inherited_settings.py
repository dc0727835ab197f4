"""What a further log of a home takes from the settings of that home.

What a log says itself wins, setting by setting; the tables of witnesses go with their quorum, and
those of time-stamp authorities together, because half a list of parties is nobody's choice.

Invariants: nothing that belongs to one log is taken (its name, what it holds, its archive); a path
that is relative to the home still means the same file.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

OF_ONE_LOG: Final = frozenset({"origin", "of_checkpoints", "archive"})
"""Settings that no log has from another one."""

_TOGETHER: Final = (frozenset({"witness", "witness_quorum"}),)
_SERVE: Final = "serve"
_AUTHORITIES: Final = "timestamp_authority"
_FILES_TO_SERVE: Final = ("tls_cert", "tls_key", "oidc_client_secret_file")


def with_inherited(
    own: Mapping[str, object], of_home: Mapping[str, object], folder: Path
) -> dict[str, object]:
    """The settings of a log with those of its home that it does not say itself.

    Args:
        own: As TOML gave them.
        of_home: Those of the home around it, likewise.
        folder: Of that home, absolute: where its relative paths start.
    """
    kept_apart = OF_ONE_LOG.union(*(names for names in _TOGETHER if not names.isdisjoint(own)))
    theirs = {
        name: _in_folder(name, value, folder)
        for name, value in of_home.items()
        if name not in kept_apart
    }
    settings = {**theirs, **own}
    both = (own.get(_SERVE), theirs.get(_SERVE))
    if isinstance(both[0], dict) and isinstance(both[1], dict):
        settings[_SERVE] = {**both[1], **both[0]}
    return settings


def _in_folder(name: str, value: object, folder: Path) -> object:
    """A setting whose paths no longer depend on where it stands; malformed ones as they are."""
    if name == _AUTHORITIES and isinstance(value, list):
        return [_with_files(table, ("roots",), folder) for table in value]
    if name == _SERVE:
        return _with_files(value, _FILES_TO_SERVE, folder)
    return value


def _with_files(table: object, names: tuple[str, ...], folder: Path) -> object:
    if not isinstance(table, dict):
        return table
    found = {name: table[name] for name in names if isinstance(table.get(name), str)}
    return {**table, **{name: str(folder / path) for name, path in found.items()}}
