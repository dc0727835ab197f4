"""What is remembered of a source between two runs: its running numbers, and when it was heard.

Losing a file here loses no fact: what a source said stands in the log, and what was told of it is
known there by its event id. Files name machines, so only the owner of the home may open them.
"""

import os
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from cli.sources_numbers import Numbers
from ledger.errors import StoreUnavailable

FOLDER: Final = "sources"
MOST_IDENTITIES: Final = 16
"""A rotated log has as many lives; the oldest is forgotten."""

MOST_STATEMENTS: Final = 8
"""Of one identity; the oldest is forgotten."""

_OWNER_ONLY: Final = 0o600


class Stated(Struct, frozen=True, omit_defaults=True):
    """What the owner of a source stated when it was read."""

    zone: str | None = None
    year: int | None = None


class SourceState(Struct, kw_only=True, omit_defaults=True):
    """What is remembered of one source, read as one format for one system."""

    source: str
    """The path, or what else names it; without citizen numbers."""
    format: str
    system: str | None
    origin: str
    """The log that its facts went to."""
    parser: str | None = None
    collector: str | None = None
    numbers: Numbers = msgspec.field(default_factory=Numbers)
    last_fact_at: datetime | None = None
    """When the last fact that it told happened, in the order of the source."""
    heard_at: datetime | None = None
    """The last sign of life: a fact, or a line that told none when it was first seen."""
    followed_from: datetime | None = None
    """When it was first followed for silence."""
    silent_from: datetime | None = None
    """When it was last heard, while it is silent for longer than it may."""
    read_up_to: dict[str, int] = {}
    """By source identity, up to which byte it was read."""
    told_until: dict[str, int] = {}
    """By source identity, up to which byte a run that was interrupted told of unreadable lines."""

    stated: dict[str, list[Stated]] = {}
    """By source identity, under which statements it was read: times without zone or year follow
    from them, and with the times the ids of its facts."""

    def state(self, identity: str, stated: Stated) -> None:
        """Remembers a statement under which the source is read."""
        known = [each for each in self.stated.pop(identity, []) if each != stated]
        self.stated[identity] = [*known, stated][-MOST_STATEMENTS:]
        while len(self.stated) > MOST_IDENTITIES:
            del self.stated[next(iter(self.stated))]

    def read_until(self, identity: str, end: int) -> None:
        """Remembers up to which byte the source was read."""
        self.read_up_to[identity] = max(end, self.read_up_to.pop(identity, 0))
        while len(self.read_up_to) > MOST_IDENTITIES:
            oldest = next(iter(self.read_up_to))
            del self.read_up_to[oldest]
            self.told_until.pop(oldest, None)


def name_of_files(source: str, format_name: str, system: str | None) -> str:
    """How the files about one source, read as one format for one system, are called."""
    return sha256("\0".join((source, format_name, system or "")).encode()).hexdigest()[:32]


def state_file(home: Path, name: str) -> Path:
    """Where the state of a source is kept.

    Args:
        home: The folder of the home.
        name: From `name_of_files`.
    """
    return home / FOLDER / f"{name}.json"


def read_state(path: Path) -> SourceState | None:
    """The state that is kept there; `None` when there is none, or none that can be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=SourceState)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def write_state(path: Path, state: SourceState) -> None:
    """Keeps the state; a reader finds the old one or the new one, never a part.

    Raises:
        StoreUnavailable: the disk cannot be written.
    """
    beside = path.with_suffix(".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(state))
        beside.replace(path)
    except OSError as error:
        raise StoreUnavailable(f"{path} cannot be written: {error.strerror}") from error


def all_states(home: Path) -> list[SourceState]:
    """What is remembered of every source of a home."""
    found = (read_state(path) for path in sorted((home / FOLDER).glob("*.json")))
    return [state for state in found if state is not None]
