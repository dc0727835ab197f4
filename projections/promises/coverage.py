"""Whether the sources were connected on which a promise rests: silence proves nothing otherwise."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import select

from ledger.opening import instant_of
from ledger.units import Index
from projections.bitemporal import FOREVER
from projections.promises.answers import CoverageGap
from projections.promises.tables import COVERAGE, LOST
from projections.reader import Reader, listed


class Covered(NamedTuple):
    """From when until when a source was declared connected, for which kinds of events."""

    declared: int
    """The index of the declaration."""
    source: str
    since: int
    until: int
    kinds: frozenset[str]
    """Without versions; none: all that the source knows."""

    def tells(self, source: str, kind: str | None) -> bool:
        """Whether events of a kind from a source would have come; `None`: all of them."""
        return self.source == source and (not self.kinds or kind in self.kinds)


def declared_coverage(reader: Reader) -> list[Covered]:
    """Every declaration that was known and not taken back."""
    table = COVERAGE.c
    query = select(COVERAGE).where(
        table.log == reader.scope.log,
        table.generation == reader.scope.generation,
        table.idx < reader.known_size,
        table.known_to >= reader.known_size,
    )
    return [
        Covered(
            row["idx"],
            row["source"],
            row["covered_from"],
            FOREVER if row["covered_until"] is None else row["covered_until"],
            frozenset(_plain(kind) for kind in listed(row["kinds"])),
        )
        for row in reader.rows(query)
    ]


class Lost(NamedTuple):
    """When lines of a source were written that never came, as its running numbers say."""

    told: int
    """The index of the record that says so."""
    source: str
    since: int
    until: int


def known_losses(reader: Reader) -> list[Lost]:
    """Every gap in running numbers that was known and not taken back."""
    table = LOST.c
    query = select(LOST).where(
        table.log == reader.scope.log,
        table.generation == reader.scope.generation,
        table.idx < reader.known_size,
        table.known_to >= reader.known_size,
    )
    return [
        Lost(row["idx"], row["source"], row["lost_from"], row["lost_until"])
        for row in reader.rows(query)
    ]


def losses_of(
    lost: Iterable[Lost], systems: Collection[str], since: int, until: int
) -> list[CoverageGap]:
    """When lines of sources went missing between two moments: they might have told of any kind.

    Args:
        lost: What is known to be missing.
        systems: The sources.
        since: From this moment on, microseconds.
        until: Up to this moment.
    """
    return [
        CoverageGap(
            system=each.source,
            since=instant_of(max(each.since, since)),
            until=instant_of(min(each.until, until)),
            lost_index=Index(each.told),
        )
        for each in sorted(lost, key=lambda each: (each.source, each.since, each.told))
        if each.source in systems and each.since <= until and each.until >= since
    ]


def gaps_of(
    covered: Sequence[Covered],
    systems: Iterable[str],
    kinds: Collection[str],
    since: int,
    until: int,
) -> list[CoverageGap]:
    """When sources were not declared connected between two moments, for any of some kinds.

    Args:
        covered: What was declared.
        systems: The sources.
        kinds: The kinds of events they would have told of.
        since: From this moment on, microseconds.
        until: Up to this moment.
    """
    wanted = _plainly(kinds)
    found = []
    for system in dict.fromkeys(systems):
        missing: list[tuple[int, int]] = []
        for kind in wanted:
            spans = [(each.since, each.until) for each in covered if each.tells(system, kind)]
            missing += _missing(spans, since, until)
        for start, stop in _joined(missing):
            end = None if stop >= until else instant_of(stop)
            found.append(CoverageGap(system=system, since=instant_of(start), until=end))
    return found


def relied_on(
    covered: Sequence[Covered],
    systems: Collection[str],
    kinds: Collection[str],
    since: int,
    until: int,
) -> list[int]:
    """The indexes of the declarations by which sources were connected between two moments.

    Args:
        covered: What was declared.
        systems: The sources.
        kinds: The kinds of events they would have told of.
        since: From this moment on, microseconds.
        until: Up to this moment.
    """
    wanted = _plainly(kinds)
    return [
        each.declared
        for each in covered
        if each.since <= until
        and each.until > since
        and any(each.tells(system, kind) for system in systems for kind in wanted)
    ]


def _missing(spans: Iterable[tuple[int, int]], since: int, until: int) -> list[tuple[int, int]]:
    """What of a stretch of time none of the spans covers."""
    found, reached = [], since
    for start, stop in sorted(spans):
        if start > reached and reached < until:
            found.append((reached, min(start, until)))
        reached = max(reached, stop)
    return [*found, (reached, until)] if reached < until else found


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches of time in order, those that touch as one."""
    found: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], stop))
        else:
            found.append((start, stop))
    return found


def _plainly(kinds: Collection[str]) -> list[str | None]:
    """Kinds without their versions; where none is named, all."""
    found: list[str | None] = [*sorted({_plain(kind) for kind in kinds})]
    return found or [None]


def _plain(kind: str) -> str:
    """A kind without its version."""
    stem, dot, version = kind.rpartition(".v")
    return stem if dot and version.isdigit() else kind
