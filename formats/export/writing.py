"""What every export is made of: records as their reader may see them, and where they are from.

Invariants: records come in the order of their index; whether all that were asked for are there is
known once they are read, and every format says it in the file itself; nothing here knows the time,
so the same question about the same records gives the same bytes.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from formats.sentences import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One record as this reader may see it."""

    index: int
    kind: str
    """With its version: `access.granted.v1`."""
    event_id: UUID | None
    """`None` where nobody can read it: bytes that are no event."""
    recorded_at: datetime
    """Aware, in UTC."""
    occurred_at: datetime | None
    """In the world; `None` for a record that is shown raw."""
    leaf_hash: bytes
    """32 bytes."""
    previous_hash: bytes | None
    """The leaf hash of the record before it, 32 bytes, as its header says; `None` at index 0, or
    where the header cannot be read."""
    document: Mapping[str, Any]
    """Exactly the JSON of `zegel log --json`, as plain JSON values: `event` holds the fields, with
    tokens or identities, `personal` what is shown of each, `erased` what is gone for good."""
    system: str | None = None
    actor: str | None = None
    """As the history shows it: a token, an identity, or words that say that it was erased."""
    sentence: str = ""
    """What happened, in English, times in the zone of the export."""
    is_damaged: bool = False
    """Whether it is shown raw because its bytes no longer hold the event of its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What an export was made of; no time of making, so that it can be made again."""

    origin: str
    size: int
    """Only records below this index are in it."""
    root_hash: bytes
    """Of the tree over so many records, 32 bytes."""
    question: str
    """With tokens in place of identities."""
    identities: bool
    program: str
    """`zegel/VERSION`."""
    zone: str
    """In which sentences tell times: `Europe/Amsterdam`."""
    checkpoint: str | None = None
    """The signed note over exactly `size` records, where it was asked for."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What was chosen of the settings of the format; every one of them has a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an export ended."""

    count: int
    """Of the records that were given to the format."""
    truncated_at: int | None = None
    """How many records are there, where more were asked for."""
    left_out: int = 0
    """How many of the records have no form in this format."""
    damaged: int = 0
    """How many records are shown raw because their bytes no longer hold their event."""

    @property
    def text(self) -> str:
        """Whether all is there, in words: `complete: 42 records`, `truncated at 42 records`."""
        records = counted(self.count, "record")
        told = [f"complete: {records}" if self.truncated_at is None else f"truncated at {records}"]
        if self.left_out:
            told.append(f"{self.left_out} of them left out, without a form here")
        if self.damaged:
            told.append(f"{self.damaged} damaged and shown raw")
        return "; ".join(told)


class Records:
    """The records of an export, given once in the order of their index; then how it ended."""

    def __init__(
        self,
        found: Iterator[Exported],
        has_more: Callable[[int], bool] = lambda _index: False,
        *,
        limit: int | None = None,
    ) -> None:
        """Reads nothing yet.

        Args:
            found: The records, at most `limit` of them.
            has_more: Whether more records were asked for after the one of an index; called once,
                after the last one, if there are as many as the limit.
            limit: How many records there may be.
        """
        self._found = found
        self._has_more = has_more
        self._limit = limit
        self._left_out = 0
        self._ending: Ending | None = None
        self.first_index: int | None = None
        """Of the first record; `None` before it was given, and where there is none."""

    def __iter__(self) -> Iterator[Exported]:
        """Each record once."""
        count = damaged = 0
        last = -1
        for record in self._found:
            if self.first_index is None:
                self.first_index = record.index
            count, last = count + 1, record.index
            damaged += record.is_damaged
            yield record
        is_cut = count > 0 and count == self._limit and self._has_more(last)
        self._ending = Ending(
            count=count,
            truncated_at=count if is_cut else None,
            left_out=self._left_out,
            damaged=damaged,
        )

    def leave_out(self) -> None:
        """Notes that the record that was given last has no form in this format."""
        self._left_out += 1

    @property
    def ending(self) -> Ending:
        """How the export ended.

        Raises:
            RuntimeError: not all records were taken yet; a fault of the format.
        """
        if self._ending is None:
            raise RuntimeError("ending: expected all records to be taken, found more to come")
        return self._ending


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that somebody may choose about a format, as `--set NAME=VALUE`."""

    default: str
    meaning: str
    """In one line, for the help."""
    allowed: re.Pattern[str] = re.compile(r"[\w:@-][\w.:@-]{0,63}", re.ASCII)
    """What a value must match whole: may be the name of a folder, so never `..`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFormat:
    """A language that exports speak."""

    name: str
    """As it is typed: `ndjson`."""
    title: str
    """What it is for, in one line."""
    suffix: str
    """How the name of a file ends: `.ndjson`."""
    media_type: str
    write: Callable[[Records, Provenance], Iterator[bytes]]
    """One file, piece by piece; takes every record and then says the ending."""
    write_tree: Callable[[Records, Provenance], Iterator[tuple[str, bytes]]] | None = None
    """Path and content of the files of a folder, where the format has such a form."""
    most_records: int | None = None
    """How many records one file can hold; more are cut off, and that is said."""
    needs_folder: bool = False
    """Whether only `write_tree` can write it."""
    is_text: bool = True
    """Whether a terminal can show it."""
    settings: Mapping[str, Setting] = field(default_factory=dict)
    """By name."""


def closing_facts(provenance: Provenance, ending: Ending) -> dict[str, Any]:
    """What an export says of itself at its end, as JSON values in a fixed order."""
    facts: dict[str, Any] = {
        "ending": ending.text,
        "is_complete": ending.truncated_at is None,
        "records": ending.count,
        "left_out": ending.left_out,
        "damaged": ending.damaged,
        "origin": provenance.origin,
        "size": provenance.size,
        "root": provenance.root_hash.hex(),
        "question": provenance.question,
        "identities": provenance.identities,
        "zone": provenance.zone,
        "program": provenance.program,
    }
    if provenance.checkpoint is not None:
        facts["checkpoint"] = provenance.checkpoint
    if provenance.settings:
        facts["settings"] = dict(provenance.settings)
    return facts
