"""What is known of the events that judged events need, by link, in the order of the world."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from projections.bitemporal import FOREVER
from projections.promises.material import Ask, Evidence
from projections.promises.program import JudgedRule
from projections.promises.standing import in_order
from projections.promises.windows import EARLIEST

_moment = attrgetter("moment")


class _Line(NamedTuple):
    """The evidence on one link, in order, and the moments of it."""

    evidence: list[Evidence]
    moments: list[int]


class Lull(NamedTuple):
    """A stretch of time, [since, until), in which nothing changes."""

    since: int
    until: int
    latest: int
    """The latest record of what stands before it or in it."""


class Known:
    """The evidence on some links."""

    def __init__(self, found: Mapping[str, list[Evidence]]) -> None:
        """Puts what was found on each link in order."""
        self._lines = {link: _line(some) for link, some in found.items()}

    def of(self, rule: JudgedRule, ask: Ask) -> list[Sequence[Evidence]]:
        """For each need of a rule, what bears on a judged event, in order."""
        found: list[Sequence[Evidence]] = []
        reaches = None
        for need, links in enumerate(ask.links):
            lines = self._lines_of(rule, need, links)
            if not lines:
                found.append(())
                continue
            reaches = reaches or rule.reaches(ask)
            since, until = reaches[need].around(ask.moment)
            if len(lines) == 1:
                found.append(_between(lines[0], since, until))
                continue
            within = [each for line in lines for each in _between(line, since, until)]
            found.append(sorted(within, key=in_order))
        return found

    def lull(self, rule: JudgedRule, ask: Ask) -> Lull | None:
        """The stretch around a judged event in which nothing that it needs begins or ends.

        Nothing, if something that it needs was taken back.
        """
        since, until, latest = EARLIEST, FOREVER, -1
        for need, links in enumerate(ask.links):
            for evidence, moments in self._lines_of(rule, need, links):
                place = bisect_right(moments, ask.moment)
                if place < len(moments):
                    until = min(until, moments[place])
                for each in evidence[:place]:
                    if each.gone != FOREVER:
                        return None
                    ends = [at for at in (each.moment, each.until) if at <= ask.moment]
                    since = max(since, *ends)
                    if each.until > ask.moment:
                        until = min(until, each.until)
                    latest = max(latest, each.index)
        return Lull(since, until, latest)

    def _lines_of(self, rule: JudgedRule, need: int, links: Sequence[str]) -> list[_Line]:
        """The lines of the links of a judged event, and that of events whose key was erased."""
        lines = [line for link in links if (line := self._lines.get(link))]
        erased = rule.needs[need].erased
        if erased is not None and erased not in links and (line := self._lines.get(erased)):
            lines.append(line)
        return lines


def _line(some: list[Evidence]) -> _Line:
    if len(some) > 1:
        some.sort(key=in_order)
    return _Line(some, list(map(_moment, some)))


def _between(line: _Line, since: int, until: int) -> list[Evidence]:
    moments = line.moments
    if since <= moments[0] and moments[-1] <= until:
        return line.evidence
    return line.evidence[bisect_left(moments, since) : bisect_right(moments, until)]
