"""Whether promises that contradict each other name each other, and what is unclear comes once."""

from collections.abc import Iterator, Mapping, Sequence

from formats.statement_file.document import PromiseEntry
from formats.statement_file.findings import Finding
from ledger.events.wording import Path, shown


def contradiction_findings(promises: Sequence[PromiseEntry]) -> Iterator[Finding]:
    """What is wrong in the contradictions and flaws that the promises of a file name."""
    known = {entry.id: entry for entry in promises}
    for place, entry in enumerate(promises):
        here: Path = ("promises", place)
        for number, other in enumerate(entry.contradicts):
            path = (*here, "contradicts", number)
            if other in entry.contradicts[:number]:
                yield Finding(path, "each promise once", f"{shown(other)} again")
            else:
                yield from _both_sides(entry, other, known, path)
        for number, flaw in enumerate(entry.flaws):
            if flaw in entry.flaws[:number]:
                found = f"{shown(flaw)} again"
                yield Finding((*here, "flaws", number), "each flaw once", found)


def _both_sides(
    entry: PromiseEntry, other: str, known: Mapping[str, PromiseEntry], path: Path
) -> Iterator[Finding]:
    if other == entry.id:
        yield Finding(path, "another promise of this file", "the promise itself")
    elif other not in known:
        yield Finding(path, "another promise of this file", shown(other))
    elif entry.id not in known[other].contradicts:
        expected = f"a promise that names {entry.id} under contradicts too"
        yield Finding(path, expected, f"{shown(other)}, which does not")
