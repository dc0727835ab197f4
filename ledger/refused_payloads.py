"""Keeps what an intake refused, for the operator: one file for each refusal, under its event id.

They are personal data that no erasure of the log reaches: only the owner of the home may open the
files, their size together is bounded, and whoever has mended the source deletes them
(docs/reference/intake.md). What leaves to make room is counted by the event that it leaves for.
"""

import os
from base64 import b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from ledger.private_files import write_new_file

MOST_FILES: Final = 10_000
"""Beyond these the oldest leave, however small they are: a folder is read at each refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedPayload:
    """What was refused, from whom and why."""

    event_id: UUID
    """Of the `log.intake_refused` that tells of it."""
    received_at: datetime
    sender: str
    """`person:…`"""
    payload_format: str
    reasons: Sequence[str]
    payload: bytes

    def document(self) -> bytes:
        """The content of its file: one JSON object, the payload in base64."""
        return msgspec.json.encode(
            {
                "event_id": self.event_id,
                "received_at": self.received_at,
                "sender": self.sender,
                "payload_format": self.payload_format,
                "reasons": list(self.reasons),
                "payload_base64": b64encode(self.payload).decode(),
            }
        )


@dataclass(frozen=True, slots=True)
class RefusedPayloads:
    """The folder of the files."""

    folder: Path
    most_bytes: int
    """Of all files together."""

    def path_of(self, event_id: UUID) -> Path:
        """Where the payload of a refusal is, if it is kept."""
        return self.folder / f"{event_id}.json"

    def leaving_for(self, size_bytes: int, *, gone: Collection[Path] = ()) -> list[Path] | None:
        """The oldest files that must leave before another one fits; `None`: it never does.

        Args:
            size_bytes: Of the other one.
            gone: Files that are about to leave anyway.
        """
        if size_bytes > self.most_bytes:
            return None
        kept = [found for found in self._kept() if found[2] not in gone]
        total, count = sum(size for _, size, _ in kept) + size_bytes, len(kept) + 1
        leaving: list[Path] = []
        for _, size, path in kept:
            if total <= self.most_bytes and count <= MOST_FILES:
                break
            leaving.append(path)
            total, count = total - size, count - 1
        return leaving

    def keep(self, event_id: UUID, document: bytes) -> None:
        """Writes a file; durable on return, and the same one again changes nothing.

        Raises:
            OSError: it cannot be written; nothing is left of it.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.path_of(event_id)
        if not path.exists():
            write_new_file(path, document)

    def remove(self, paths: Sequence[Path]) -> None:
        """Removes files; one that the operator removed meanwhile is no fault."""
        for path in paths:
            path.unlink(missing_ok=True)

    def _kept(self) -> list[tuple[int, int, Path]]:
        """When written (nanoseconds), size in bytes and path of every file, oldest first."""
        found: list[tuple[int, int, Path]] = []
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    if entry.name.endswith(".json"):
                        status = entry.stat(follow_symlinks=False)
                        found.append((status.st_mtime_ns, status.st_size, Path(entry.path)))
        except FileNotFoundError:
            return []
        return sorted(found)
