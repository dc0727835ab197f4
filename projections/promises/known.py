"""What is known of the events that judged events need, by link, in the order of the world."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from projections.promises.material import Ask, Evidence
from projections.promises.program import JudgedRule
from projections.promises.standing import in_order

_moment = attrgetter("moment")


class _Line(NamedTuple):
    """The evidence on one link, in order, and the moments of it."""

    evidence: list[Evidence]
    moments: list[int]


class Known:
    """The evidence on some links."""

    def __init__(self, found: Mapping[str, list[Evidence]]) -> None:
        """Puts what was found on each link in order."""
        self._lines = {link: _line(some) for link, some in found.items()}

    def of(self, rule: JudgedRule, ask: Ask) -> list[Sequence[Evidence]]:
        """For each need of a rule, what bears on a judged event, in order."""
        found: list[Sequence[Evidence]] = []
        reaches = rule.reaches(ask)
        for need, links in enumerate(ask.links):
            lines = [line for link in links if (line := self._lines.get(link))]
            erased = self._lines.get(rule.needs[need].erased or "")
            if erased is not None and rule.needs[need].erased not in links:
                lines.append(erased)
            if not lines:
                found.append(())
                continue
            since, until = reaches[need].around(ask.moment)
            within = [each for line in lines for each in _between(line, since, until)]
            if len(lines) > 1:
                within.sort(key=in_order)
            found.append(within)
        return found


def _line(some: list[Evidence]) -> _Line:
    if len(some) > 1:
        some.sort(key=in_order)
    return _Line(some, list(map(_moment, some)))


def _between(line: _Line, since: int, until: int) -> list[Evidence]:
    moments = line.moments
    return line.evidence[bisect_left(moments, since) : bisect_right(moments, until)]
