"""One breach at one moment, as its page tells it: what runs, what is still to be told, what is so.

What a dossier tells in blocks, a page tells in the same blocks; only their look differs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from formats.breach_dossier.blocks import (
    Block,
    Cell,
    Facts,
    Note,
    Section,
    Subsection,
    Table,
)
from formats.breach_dossier.clock_blocks import authority_clock, blocks_of_clock, state_cell
from formats.breach_dossier.handling_blocks import decision_blocks, form_blocks, measure_blocks
from formats.breach_dossier.known_blocks import awareness_blocks, facts_blocks
from formats.breach_dossier.notice_blocks import chain_blocks, notice_blocks
from formats.breach_dossier.reading import read_subject
from formats.breach_dossier.severity_blocks import assessment_blocks
from formats.breach_dossier.subject import BreachSubject
from formats.breach_dossier.words import Words
from ledger.events.breach_notices import BreachAuthorityNotified
from ledger.ledger import Ledger
from ledger.reading import Opening
from ledger.stored import StoredRecord
from ledger.units import Index
from projections.cases.breach import REQUIRED_CONTENT, notified_at
from projections.cases.clock import Clock
from projections.cases.reading import (
    Moment,
    Step,
    case_records,
    find_case,
    with_linked,
)
from projections.investigation.extent import Bounds
from projections.investigation.timeline import Looking, Order, Window
from service.page.breaches.picture import CasePicture, case_picture

AROUND: Final = Bounds(records=400, places=100_000)
"""How much of the log is looked at for what is around a case, while somebody waits."""
AFTER: Final = timedelta(days=1)
"""How long after its last step facts around a case belong to it, unless a window is asked for."""
Area = Literal["awareness", "facts", "risk", "decisions", "chain", "notices", "measures", "form"]
_AREAS: Final = {
    "awareness": awareness_blocks,
    "facts": facts_blocks,
    "risk": assessment_blocks,
    "decisions": decision_blocks,
    "chain": chain_blocks,
    "notices": notice_blocks,
    "measures": measure_blocks,
    "form": form_blocks,
}


SIDES: Final[tuple[Area, ...]] = (
    *("awareness", "facts", "risk", "decisions", "chain", "notices", "measures"),
)
"""What the page of a case tells, in its order; the form stands with the dossier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCase:
    """Which breach, at which moment, and how closely what is around it is looked at."""

    name: str
    """The case as it was typed: its own id, or its stream."""
    moment: Moment
    zone: str
    """The zone of the duty-bearer."""
    opening: Opening | None = None
    order: Order = "occurred"
    window: Window = (None, None)


@dataclass(frozen=True, slots=True)
class ClockShown:
    """One clock with what it says of itself."""

    clock: Clock
    title: str
    state: Cell
    facts: Facts
    explanation: tuple[Block, ...]
    """How it was computed, how else it may be read, and what one must know of both."""

    @property
    def counts_down(self) -> bool:
        """Whether time is left, or goes on running out."""
        return self.clock.is_watched and self.clock.due_at is not None


@dataclass(frozen=True, slots=True)
class Item:
    """One item that art. 33(3) asks for, and the notice that told it first."""

    name: str
    told_at: datetime | None
    index: Index | None


@dataclass(frozen=True, slots=True)
class Case:
    """A breach as its page tells it."""

    subject: BreachSubject
    words: Words
    authority: ClockShown | None
    """The clock of the notice to the authority."""
    running: tuple[ClockShown, ...]
    """What somebody still has to look at, the most urgent first."""
    ended: tuple[ClockShown, ...]
    compared: int
    """Clocks that stand only for comparison."""
    items: tuple[Item, ...]
    picture: CasePicture | None

    @property
    def path(self) -> str:
        """Of its page."""
        return f"/breaches/{self.subject.stream}"

    @property
    def is_known(self) -> bool:
        """Whether any step of it was known at the moment that is asked about."""
        return bool(self.subject.timeline.entries)

    @property
    def is_ended(self) -> bool:
        """Whether it was ruled out or closed."""
        return self.subject.case.status in {"ruled-out", "closed"}

    def blocks(self, area: Area) -> tuple[Block, ...]:
        """What is told of one side of it, its heading first."""
        return tuple(_AREAS[area](self.subject, self.words))

    @property
    def told(self) -> list[tuple[Area, tuple[Block, ...]]]:
        """The sides of which something is recorded, each with its blocks."""
        found = ((area, self.blocks(area)) for area in SIDES)
        return [(area, blocks) for area, blocks in found if any(map(_says, blocks))]

    @property
    def untold(self) -> list[tuple[str, str]]:
        """The headings of the other sides, each with what the dossier says there."""
        found = (self.blocks(area) for area in SIDES)
        return [
            (blocks[0].title, _silence(blocks))
            for blocks in found
            if blocks and isinstance(blocks[0], Section) and not any(map(_says, blocks))
        ]


def read_case(ledger: Ledger, asked: AskedCase) -> BreachSubject:
    """One breach with its clocks and what is around it.

    Raises:
        NotFound: there is no such breach.
        StoreUnavailable: the database cannot be used.
    """
    stream = find_case(ledger, "breach", asked.name)
    return read_subject(
        ledger,
        stream,
        asked.moment,
        name=case_name(asked.name, stream),
        zone=asked.zone,
        opening=asked.opening,
        looking=Looking(
            order=asked.order,
            most_around=AROUND.records,
            window=asked.window,
            after=AFTER,
            bounds=AROUND,
        ),
    )


def case_name(typed: str, stream: UUID) -> str:
    """What a case is called on its page: as it was typed; short, where that was its stream."""
    return f"{str(stream)[:8]}…{str(stream)[-4:]}" if typed == str(stream) else typed


def words_of_case(ledger: Ledger, name: str, moment: Moment) -> list[StoredRecord]:
    """The records whose words and people a case tells, if they are shown."""
    stream = find_case(ledger, "breach", name)
    return case_records(ledger, moment, streams=with_linked(ledger, moment, [stream]))


def told_case(subject: BreachSubject, words: Words, window: Window = (None, None)) -> Case:
    """What its page tells of a breach."""
    counting = [clock for clock in subject.clocks if clock.start.leads or clock.start.undecided]
    shown = {id(clock): shown_clock(clock, subject, words) for clock in counting}
    leading = authority_clock(subject)
    return Case(
        subject=subject,
        words=words,
        authority=None if leading is None else shown[id(leading)],
        running=tuple(shown[id(clock)] for clock in counting if clock.is_watched),
        ended=tuple(shown[id(clock)] for clock in counting if not clock.is_watched),
        compared=len(subject.clocks) - len(counting),
        items=tuple(_items(subject, words)),
        picture=case_picture(
            sorted(subject.timeline.entries, key=lambda each: (each.occurred_at, each.index)),
            subject.clocks,
            words,
            subject.moment.as_of,
            window,
        ),
    )


def shown_clock(clock: Clock, subject: BreachSubject, words: Words) -> ClockShown:
    """One clock with its explanation."""
    blocks = list(blocks_of_clock(clock, subject, words))
    heading = next(block for block in blocks if isinstance(block, Subsection))
    facts = next(block for block in blocks if isinstance(block, Facts))
    rest = tuple(block for block in blocks if block is not heading and block is not facts)
    margin = words.say("margin")  # which stands beside the clock already
    shown = Facts(tuple(row for row in facts.rows if row[0] != margin))
    return ClockShown(clock, heading.title, state_cell(clock, words), shown, rest)


def _items(subject: BreachSubject, words: Words) -> Iterator[Item]:
    """Each item of art. 33(3)(a)-(d), with the first notice to the authority that held it."""
    held: dict[str, Step] = {}
    for step in subject.case.notices_to("authority"):
        if isinstance(step.event, BreachAuthorityNotified):
            for item in step.event.content:
                held.setdefault(item, step)
    for item in REQUIRED_CONTENT:
        first = held.get(item)
        told_at = None if first is None else notified_at(first)
        yield Item(words.listed("item", item), told_at, None if first is None else first.index)


def _says(block: Block) -> bool:
    """Whether a block tells something that is recorded."""
    return isinstance(block, Facts | Subsection) or (isinstance(block, Table) and bool(block.rows))


def _silence(blocks: Sequence[Block]) -> str:
    """What stands where nothing is recorded."""
    said = (
        block.text if isinstance(block, Note) else block.empty
        for block in blocks
        if isinstance(block, Note | Table)
    )
    return next(iter(said), "")


def people_of(facts: Mapping[str, tuple[object, Index]], words: Words) -> str | None:
    """How many people a breach concerns, as far as its facts say."""
    least, most = (facts.get(f"subjects_{end}", (None, 0))[0] for end in ("minimum", "maximum"))
    return words.between(least, most)
