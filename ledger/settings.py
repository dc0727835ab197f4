"""What `zegel.toml` says about a log, its keys and its backups; anchors are read elsewhere.

Invariants: a setting that is not known, or not of its type, is refused by name; what is not set is
`None`, never a number that somebody made up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ledger.errors import BadRequest

DEFAULT_ZONE: Final = "Europe/Amsterdam"
MOST_DAYS: Final = 36_525
"""A century: a larger number is a slip of the finger."""

_TEXTS: Final = ("origin", "database", "zone", "key_store")
_FLAGS: Final = ("of_checkpoints",)
_DAYS: Final = ("backup_retention_days", "key_backup_retention_days", "epoch_days")
_EXPLAINED: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (
        "backup_retention_days",
        (
            "After how many days no backup of the database is left. Without it nobody can say when",
            "an erasure is complete in the backups too, and old epoch keys are never destroyed.",
        ),
    ),
    ("key_backup_retention_days", ("The same for backups of the keys, which are kept apart.",)),
    ("epoch_days", ("How long an epoch key is meant to be used: see `zegel key rotate-epoch`.",)),
)
_EXAMPLES: Final = {
    "backup_retention_days": 35,
    "key_backup_retention_days": 35,
    "epoch_days": 90,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one home."""

    origin: str
    database: str
    """A URL; an SQLite path that is not absolute is inside the home."""
    zone: str = DEFAULT_ZONE
    """In which times are shown."""
    key_store: str | None = None
    """A `pkcs11:` URI; `None`: the key file of the home."""
    backup_retention_days: int | None = None
    """After which no backup of the database is left; `None`: not known."""
    key_backup_retention_days: int | None = None
    """After which no backup of the keys is left; `None`: not known."""
    epoch_days: int | None = None
    """How long an epoch key is meant to wrap; `None`: nobody said."""
    of_checkpoints: bool = False
    """Whether the log holds nothing but the checkpoints of the other logs of its home."""


def checked_settings(found: Mapping[str, object], place: Path) -> Settings:
    """The settings that TOML gave.

    Args:
        found: By name.
        place: The file, for messages.

    Raises:
        BadRequest: one is missing, not known or not of its type.
    """
    texts: dict[str, str] = {}
    days: dict[str, int] = {}
    flags: dict[str, bool] = {}
    for name, value in found.items():
        if name in _TEXTS and isinstance(value, str):
            texts[name] = value
        elif name in _DAYS and isinstance(value, int) and 0 < value <= MOST_DAYS:
            days[name] = value
        elif name in _FLAGS and isinstance(value, bool):
            flags[name] = value
        else:
            raise BadRequest(f"{place}: {name}: expected {_expected(name)}, found {value!r}")
    for name in ("origin", "database"):
        if name not in texts:
            raise BadRequest(f"{place}: expected {name}, found none")
    require_zone(texts.get("zone", DEFAULT_ZONE))
    return Settings(
        texts["origin"],
        texts["database"],
        texts.get("zone", DEFAULT_ZONE),
        texts.get("key_store"),
        of_checkpoints=flags.get("of_checkpoints", False),
        **days,
    )


def require_zone(zone: str) -> None:
    """Returns only if there is such a zone.

    Raises:
        BadRequest: there is none.
    """
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadRequest(f"zone: expected one such as {DEFAULT_ZONE}, found {zone!r}") from error


def settings_text(settings: Settings) -> str:
    """The settings as a file, with what may be added explained in comments."""
    lines = [
        "# Settings of this Zegel home. The origin names the log and can never be changed.",
        f"origin = {_toml_text(settings.origin)}",
        f"database = {_toml_text(settings.database)}",
        f"zone = {_toml_text(settings.zone)}",
    ]
    if settings.key_store is not None:
        lines.append(f"key_store = {_toml_text(settings.key_store)}")
    for name, explained in _EXPLAINED:
        value = getattr(settings, name)
        set_or_example = f"# {name} = {_EXAMPLES[name]}" if value is None else f"{name} = {value}"
        lines += ["", *(f"# {line}" for line in explained), set_or_example]
    return "\n".join(lines) + "\n"


def further_log_text(origin: str, database: str | None, *, of_checkpoints: bool) -> str:
    """The settings file of a further log of a home, which takes the others from that home."""
    lines = [
        "# Settings of one log of a Zegel home. The origin names the log and can never be changed.",
        "# What is not said here is taken from zegel.toml of the home.",
        f"origin = {_toml_text(origin)}",
    ]
    if database is not None:
        lines.append(f"database = {_toml_text(database)}")
    if of_checkpoints:
        lines += [
            "",
            "# It holds the checkpoints of the other logs of the home, which `zegel seal --all`",
            "# collects, and no facts.",
            "of_checkpoints = true",
        ]
    return "\n".join(lines) + "\n"


def _expected(name: str) -> str:
    if name in _TEXTS:
        return "a text"
    if name in _DAYS:
        return f"a whole number of days from 1 to {MOST_DAYS}"
    if name in _FLAGS:
        return "true or false"
    return f"one of {', '.join((*_TEXTS, *_DAYS, *_FLAGS))}"


def _toml_text(text: str) -> str:
    """The text as a basic string. Source: TOML v1.0.0, "String"."""
    escaped = "".join(
        f"\\U{ord(character):08x}"
        if character in '"\\' or not character.isprintable()
        else character
        for character in text
    )
    return f'"{escaped}"'
