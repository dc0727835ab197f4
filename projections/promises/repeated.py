"""Judged events that say the same while nothing changes: what holds of the first holds of the next.

Most events are everyday ones: the same few people use the same access on the same grounds. Where a
rule asks only what stands at the moment of an event, its verdict cannot differ between two events
with the same values unless something of what they need began, ended or became known in between.
"""

from collections.abc import Hashable
from typing import NamedTuple

from projections.bitemporal import FOREVER
from projections.promises.gathering import VerdictRow, verdict_rows
from projections.promises.history import KnownSegment
from projections.promises.known import Known
from projections.promises.material import Ask, Segment
from projections.promises.program import JudgedRule


class _Held(NamedTuple):
    """A verdict, and the events for which it holds: those in [since, until) from an index on."""

    since: int
    until: int
    first_index: int
    segment: Segment


class Repeated:
    """The verdicts about the judged events of one batch."""

    def __init__(self, known: Known) -> None:
        """Begins without any verdict.

        Args:
            known: What bears on the events.
        """
        self._known = known
        self._held: dict[Hashable, _Held] = {}
        self._seen: set[Hashable] = set()

    def rows(self, rule: JudgedRule, ask: Ask) -> list[VerdictRow]:
        """Every verdict ever believed about an event, as `history` gives them."""
        key = None
        if ask.gone == FOREVER:
            key = rule.values_compared(ask) if ask.alike is None else ask.alike
        if key is None:
            return verdict_rows(rule, ask, self._known.of(rule, ask))
        held = self._held.get(key)
        if (
            held is not None
            and held.since <= ask.moment < held.until
            and ask.index >= held.first_index
        ):
            segment = Segment(ask.moment, *held.segment[1:])
            return [(ask, None, None, KnownSegment(segment, ask.index, FOREVER))]
        rows = verdict_rows(rule, ask, self._known.of(rule, ask))
        # What came once may be the only one, and holding it costs as well.
        if ask.alike is not None or key in self._seen:
            self._hold(key, rule, ask, rows)
        self._seen.add(key)
        return rows

    def _hold(self, key: Hashable, rule: JudgedRule, ask: Ask, rows: list[VerdictRow]) -> None:
        """Notes a verdict for those that come, if it is one that never changed."""
        edition = rule.edition_believed(ask.moment, ask.index)
        lull = self._known.lull(rule, ask)
        if edition is None or edition.known_from > ask.index or lull is None or len(rows) != 1:
            return
        told = rows[0][-1]
        if (told.known_from, told.known_to) == (ask.index, FOREVER) and lull.latest <= ask.index:
            self._held[key] = _Held(
                max(lull.since, edition.valid_from),
                min(lull.until, edition.valid_to),
                max(lull.latest, rule.settled_from, edition.known_from),
                told.segment,
            )
