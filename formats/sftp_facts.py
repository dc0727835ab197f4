"""The facts that steps over SFTP become: exchanges, files that came or were picked up, deletions.

Bytes read went out to the account, bytes written came in from it; where both went, out counts first
and the other stands in the note. A path that is too long for an id stands in the note too, and such
a file has no facts of its own.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

_MAX_OBJECT: Final = 400


@dataclass(frozen=True, slots=True)
class Who:
    """The account of a session, and where it came from."""

    person: str
    """`person:…`."""
    address: str | None
    """`ip:…`."""
    login: UUID | None
    """The event of the login, where it can be told."""

    def fields(self) -> dict[str, Any]:
        """The fields of an event that say who acted."""
        return {
            "actor": self.person,
            "actor_kind": "person",
            "origin": self.address,
            "causation_id": self.login,
        }


@dataclass(frozen=True, slots=True)
class Closed:
    """A file that was closed after bytes went."""

    path: str
    read: int
    """Bytes that went out."""
    written: int
    """Bytes that came in."""
    is_forced: bool
    """The connection was lost while it was open."""


def exchange(who: Who, closed: Closed) -> dict[str, Any]:
    """The fields of the exchange; a lost connection makes it one that failed."""
    fits = fits_an_id(closed.path)
    values: dict[str, Any] = who.fields() | {
        "kind": "exchange.failed" if closed.is_forced else "exchange.performed",
        "direction": "out" if closed.read else "in",
        "exchange_kind": "transfer",
        "channel": "sftp",
        "encrypted": True,
        "size_bytes": closed.read or closed.written,
        "action": "download" if closed.read else "upload",
        "outcome": "failure" if closed.is_forced else "success",
        "object_kind": "file",
        "object_id": closed.path if fits else None,
        "recipient_person" if closed.read else "sender_person": who.person,
    }
    both = closed.read and closed.written
    notes = [f"also received {closed.written} bytes"] if both else []
    notes += [] if fits else [f"file: {closed.path}"]
    values["note"] = "; ".join(notes) or None
    return values | ({"cause": "connection-lost"} if closed.is_forced else {})


def received(who: Who, path: str, size_bytes: int) -> dict[str, Any]:
    """The fields of the fact that a file came in whole, under the name that it has."""
    return who.fields() | {
        "kind": "file.received",
        "file_id": path,
        "channel": "sftp",
        "size_bytes": size_bytes,
        "action": "upload",
        "outcome": "success",
        "sender_person": who.person,
    }


def picked_up(who: Who, path: str, size_bytes: int) -> dict[str, Any]:
    """The fields of the fact that a file was fetched."""
    return who.fields() | {
        "kind": "file.delivered",
        "delivery": "picked-up",
        "file_id": path,
        "channel": "sftp",
        "size_bytes": size_bytes,
        "action": "download",
        "outcome": "success",
        "recipient_person": who.person,
    }


def deletion(who: Who, path: str) -> dict[str, Any]:
    """The fields of the fact that a file was removed."""
    fits = fits_an_id(path)
    return who.fields() | {
        "kind": "data.deleted",
        "action": "delete",
        "outcome": "success",
        "method": "sftp-remove",
        "file_id": path if fits else None,
        "note": None if fits else f"file: {path}",
    }


def fits_an_id(path: str) -> bool:
    """Whether a path can be the id of an object."""
    return 0 < len(path) <= _MAX_OBJECT
