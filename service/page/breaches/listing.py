"""The register of breaches as its page shows it: what is due next at the front."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from formats.breach_dossier.words import Words
from projections.breach_fields import REGISTER_FIELDS
from projections.breaches import breach_register
from projections.row_changes import Change, RowChange, row_changes
from projections.view import Column
from service.page.breaches.case import case_name
from service.page.views.asked import Seen
from service.page.views.export import Exported, ExportFormat, export_file
from service.page.views.sheet import unchanged
from service.page.visit import Visit

Which = Literal["all", "open", "ended"]
ENDED: Final = frozenset({"ruled-out", "closed"})


@dataclass(frozen=True, slots=True)
class Line:
    """One breach of the register."""

    path: str
    name: str
    status: str
    tone: Literal["", "good", "warn", "bad"]
    risk: str | None
    began_at: datetime | None
    aware_at: datetime | None
    due_at: datetime | None
    is_overdue: bool
    duty: str | None
    authority_told_at: datetime | None
    is_late: bool
    people_told_at: datetime | None
    people: str | None
    open_items: int
    steps: int
    first: int
    last: int
    is_ended: bool
    what: Change = "same"
    """What became of it since the moment that is compared with."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The register, with how many there are of each."""

    lines: tuple[Line, ...]
    which: Which
    counts: dict[Which, int]
    overdue: int


def register_changes(visit: Visit, seen: Seen) -> list[RowChange]:
    """Every breach at a moment with what became of it since another; blocking. Words are withheld.

    Where nothing is compared, all are the same.
    """
    ledger, zone = visit.context.ledger, visit.zone.key
    rows = breach_register(ledger, seen.moment, zone=zone)
    if seen.before is None:
        return unchanged(rows)
    before = breach_register(ledger, seen.before.moment, zone=zone)
    return row_changes(before, rows, ("breach",))


def listing_of(
    changes: Sequence[RowChange], which: Which, words: Words, as_of: datetime
) -> Listing:
    """What the page shows of a register.

    Args:
        changes: As `register_changes` gives them.
        which: All of them, those that are open, or those that ended.
        words: In which language and zone.
        as_of: The moment that is asked about.
    """
    lines = sorted((_line(each, words, as_of) for each in changes), key=_place)
    ended = sum(line.is_ended for line in lines)
    return Listing(
        lines=tuple(
            line for line in lines if which == "all" or line.is_ended == (which == "ended")
        ),
        which=which,
        counts={"all": len(lines), "open": len(lines) - ended, "ended": ended},
        overdue=sum(line.is_overdue for line in lines),
    )


def register_file(
    changes: Sequence[RowChange], seen: Seen, visit: Visit, title: str, kind: ExportFormat
) -> bytes:
    """The register of art. 33(5) with every column, as a file."""
    exported = Exported(
        name="breaches",
        title=title,
        columns=tuple(Column(name, name.replace("_", " ")) for name in REGISTER_FIELDS),
        changes=changes,
        seen=seen,
        language=visit.language,
        zone=visit.zone,
    )
    return export_file(exported, kind)


def _line(change: RowChange, words: Words, as_of: datetime) -> Line:
    row = change.row
    stream, due_at = UUID(row["breach"]), row["due"]
    is_overdue = due_at is not None and due_at <= as_of
    is_late = row["authority_clock"] in {"late", "overdue"}
    duty, _, _ = str(row["duty"] or "").partition(" (")
    told, colon, rest = duty.partition(": ")
    is_ended = row["status"] in ENDED
    return Line(
        path=f"/breaches/{stream}",
        name=case_name(str(stream), stream),
        status=words.say(f"status.{row['status']}"),
        tone="bad" if is_overdue else "" if is_ended else "warn",
        risk=None if row["risk"] is None else words.say(f"risk.{row['risk']}"),
        began_at=row["suspected_at"],
        aware_at=row["aware_at"],
        due_at=due_at,
        is_overdue=is_overdue,
        duty=f"{words.listed('duty', told)}{colon}{rest}" if duty else None,
        authority_told_at=row["authority_told_at"],
        is_late=is_late,
        people_told_at=row["people_told_at"],
        people=words.between(row["subjects_minimum"], row["subjects_maximum"]),
        open_items=len(row["not_told_yet"]),
        steps=row["steps"],
        first=min(row["indexes"]),
        last=max(row["indexes"]),
        is_ended=is_ended,
        what=change.what,
    )


def _place(line: Line) -> tuple[bool, bool, float]:
    """What is due first at the front, then what is open, the newest first; ended ones last."""
    if line.due_at is not None and not line.is_ended:
        return False, False, line.due_at.timestamp()
    return line.is_ended, True, -(line.began_at.timestamp() if line.began_at is not None else 0.0)
