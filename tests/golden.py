"""Golden files: what a source wrote, and line for line what a reader is to make of it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import msgspec

from formats.reading import Numbered, Outcome, Skipped, Translated, Unreadable
from ledger.events import encode_event

FOLDER: Final = Path(__file__).parent / "unit" / "formats" / "golden"


def golden(name: str) -> bytes:
    """The bytes of a golden file."""
    return (FOLDER / name).read_bytes()


def expected(name: str) -> list[dict[str, Any]]:
    """What is to become of each part of a source, one JSON object per line."""
    return [msgspec.json.decode(line) for line in golden(name).splitlines()]


def told(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """What became of each part of a source, as golden files say it."""
    return [_told(outcome) for outcome in outcomes]


def _told(outcome: Outcome) -> dict[str, Any]:
    numbered = getattr(outcome, "numbered", None)
    number = [numbered.series, numbered.number] if isinstance(numbered, Numbered) else None
    place = {"place": outcome.place} | ({"numbered": number} if number else {})
    match outcome:
        case Translated():
            warned = {"warnings": list(outcome.warnings)} if outcome.warnings else {}
            return place | warned | {"event": msgspec.json.decode(encode_event(outcome.event))}
        case Skipped():
            return place | {"skipped": outcome.reason}
        case Unreadable():
            return place | {"unreadable": outcome.reason}
