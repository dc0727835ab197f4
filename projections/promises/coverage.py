"""Whether the sources were connected on which a promise rests: silence proves nothing otherwise."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import select

from ledger.opening import instant_of
from projections.bitemporal import FOREVER
from projections.promises.answers import CoverageGap
from projections.promises.tables import COVERAGE
from projections.reader import Reader, listed


class Covered(NamedTuple):
    """From when until when a source was declared connected, for which kinds of events."""

    source: str
    since: int
    until: int
    kinds: frozenset[str]
    """Without versions; none: all that the source knows."""


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
            row["source"],
            row["covered_from"],
            FOREVER if row["covered_until"] is None else row["covered_until"],
            frozenset(_plain(kind) for kind in listed(row["kinds"])),
        )
        for row in reader.rows(query)
    ]


def gaps_of(
    covered: Sequence[Covered],
    systems: Iterable[str],
    kinds: Collection[str],
    since: int,
    until: int,
) -> list[CoverageGap]:
    """When sources were not declared connected between two moments.

    Args:
        covered: What was declared.
        systems: The sources.
        kinds: The kinds of events they would have told of.
        since: From this moment on, microseconds.
        until: Up to this moment.
    """
    wanted = {_plain(kind) for kind in kinds}
    found = []
    for system in dict.fromkeys(systems):
        spans = sorted(
            (each.since, each.until)
            for each in covered
            if each.source == system and (not each.kinds or wanted <= each.kinds)
        )
        reached = since
        for start, end in spans:
            if start > reached and reached < until:
                found.append(_gap(system, reached, min(start, until), until))
            reached = max(reached, end)
        if reached < until:
            found.append(_gap(system, reached, until, until))
    return found


def _gap(system: str, since: int, stop: int, until: int) -> CoverageGap:
    end = None if stop >= until else instant_of(stop)
    return CoverageGap(system=system, since=instant_of(since), until=end)


def _plain(kind: str) -> str:
    """A kind without its version."""
    stem, dot, version = kind.rpartition(".v")
    return stem if dot and version.isdigit() else kind
