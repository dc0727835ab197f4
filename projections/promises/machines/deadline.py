"""`deadline`: something must follow, before a term ends or before something else happens.

Pending until it is answered, excused or too late. A hold moves the end of the term to its own end;
a term may be given by a rule that stood when it began, and an extension gives another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ledger.events.promise import Limit, Need, PromiseRule
from ledger.personal import WITHHELD
from projections.bitemporal import FOREVER
from projections.promises.limits import LimitUnknownError, due_after
from projections.promises.machines.telling import settled_at_once
from projections.promises.material import (
    BROKEN,
    KEPT,
    PENDING,
    UNDETERMINABLE,
    Ask,
    Evidence,
    InForce,
    Segment,
    throughout,
)
from projections.promises.standing import all_covered, pairs_hold, standing_at, stretches

PERIOD: Final = "period"
DURATION: Final = "duration"
TERM_FIELDS: Final = (PERIOD, DURATION)
"""The fields of the event that gives a term: an ISO 8601 period, or elapsed time."""


@dataclass(frozen=True, slots=True)
class DeadlineMachine:
    """Follows one event to what must come after it."""

    rule: PromiseRule
    by_role: Mapping[str, list[tuple[int, Need]]] = field(init=False)
    """Its needs with their places, by role."""

    def __post_init__(self) -> None:
        """Sorts the needs by role."""
        found: dict[str, list[tuple[int, Need]]] = {}
        for place, need in enumerate(self.rule.needs):
            found.setdefault(need.role, []).append((place, need))
        object.__setattr__(self, "by_role", found)

    def judge(
        self, ask: Ask, known: Sequence[Sequence[Evidence]], in_force: InForce
    ) -> list[Segment]:
        """Pending, then kept or broken; undeterminable while the term cannot be told."""
        at_once = settled_at_once(self.rule, ask, in_force.parameters)
        if at_once is not None:
            return at_once
        if self._is_hidden(ask):
            return _unknown(ask.moment)
        if self._is_plain(ask, known):
            return self._judge_plainly(ask, known, in_force)
        return self._judge_fully(ask, known, in_force)

    def _judge_fully(
        self, ask: Ask, known: Sequence[Sequence[Evidence]], in_force: InForce
    ) -> list[Segment]:
        """What `judge` gives whatever came."""
        answer = self._first("answer", ask, known)
        excuse = self._standing_excuse(ask, known, in_force) or self._first("excuse", ask, known)
        try:
            due, rests = self._due(ask, known, in_force)
            if excuse is None:
                self._require_fields(ask)
        except LimitUnknownError as error:
            # An answer that came at all keeps no promise about when; only an excuse settles it.
            if excuse is not None:
                return _settled(ask, excuse, None, ())
            came = () if answer is None else (answer.index,)
            return throughout(ask.moment, UNDETERMINABLE, str(error), *came)
        end = self._first("end", ask, known)
        settling = answer if excuse is None else min(filter(None, (answer, excuse)), key=_place)
        if settling is not None and _in_time(settling, due, end):
            return _settled(ask, settling, due, rests)
        failure = _Failure(due, end, settling, rests)
        hidden = self._first_hidden(ask, known, failure.at, in_force)
        found = self._failed(ask, failure)
        if hidden is not None:
            found = [Segment(ask.moment, hidden, PENDING, due, None, None, rests)]
            found += _unknown(hidden)
        return [one for one in found if one.valid_from < one.valid_to]

    def _is_plain(self, ask: Ask, known: Sequence[Sequence[Evidence]]) -> bool:
        """Whether at most answers came, and each can be told: nearly always."""
        if "term" in self.by_role:
            return False
        for need, some in zip(self.rule.needs, known, strict=True):
            if need.role != "answer":
                if some:
                    return False
                continue
            for pair in need.pairs:
                if not pair.silence_fits and not ask.terms[pair.field]:
                    return False
        return True

    def _judge_plainly(
        self, ask: Ask, known: Sequence[Sequence[Evidence]], in_force: InForce
    ) -> list[Segment]:
        """What `judge` gives where at most answers came."""
        answer = self._first("answer", ask, known) if any(known) else None
        within, due = self.rule.within, None
        try:
            if within is not None:
                due = due_after(within, ask.moment, in_force.parameters, in_force.zone)
        except LimitUnknownError as error:
            came = () if answer is None else (answer.index,)
            return throughout(ask.moment, UNDETERMINABLE, str(error), *came)
        if answer is not None and _in_time(answer, due, None):
            return _settled(ask, answer, due, ())
        failure = _Failure(due, None, answer, ())
        found = self._failed(ask, failure)
        if any(known):
            hidden = self._first_hidden(ask, known, failure.at, in_force)
            if hidden is not None:
                found = [Segment(ask.moment, hidden, PENDING, due), *_unknown(hidden)]
        return [one for one in found if one.valid_from < one.valid_to]

    def _failed(self, ask: Ask, failure: "_Failure") -> list[Segment]:
        """Pending, up to the moment of failure if there is one, and broken from it on."""
        due, rests = failure.due, failure.rests
        if failure.at is None:
            return [Segment(ask.moment, FOREVER, PENDING, due, None, None, rests)]
        reason = "not done in time"
        if failure.end is not None and failure.is_cut_short:
            reason = f"something else came first (record {failure.end.index})"
            rests = (*rests, failure.end.index)
        fail = max(failure.at, ask.moment)
        found = [Segment(ask.moment, fail, PENDING, due, None, None, failure.rests)]
        late = failure.late
        done = FOREVER if late is None else max(late.moment, fail)
        found.append(Segment(fail, done, BROKEN, due, None, reason, rests))
        if late is not None:
            if not failure.is_cut_short:
                reason = f"done too late (record {late.index})"
            measure = (late.moment - ask.moment) // 1_000_000
            found.append(Segment(done, FOREVER, BROKEN, due, measure, reason, (*rests, late.index)))
        return found

    def _require_fields(self, ask: Ask) -> None:
        """Passes if something that comes could be known to be the answer.

        Raises:
            LimitUnknownError: the event does not give the field that every answer has to meet.
        """
        missing = [
            next(
                (
                    pair.field
                    for pair in need.pairs
                    if not pair.silence_fits and not ask.terms[pair.field]
                ),
                None,
            )
            for _, need in self._needs("answer")
        ]
        if missing and missing[0] is not None and None not in missing:
            raise LimitUnknownError(f"the event gives no {missing[0]}")

    def _standing_excuse(
        self, ask: Ask, known: Sequence[Sequence[Evidence]], in_force: InForce
    ) -> Evidence | None:
        """What excuses already when the duty would begin; it counts from that moment."""
        for place, need in self._needs("excuse"):
            for one in standing_at(stretches(need, known[place], in_force), ask.moment):
                if pairs_hold(need.pairs, ask, one.opening.terms):
                    return one.opening._replace(moment=ask.moment)
        return None

    def _is_hidden(self, ask: Ask) -> bool:
        for place, _ in self._needs("answer"):
            for link in ask.links[place]:
                if WITHHELD in link:
                    return True
        return False

    def _first_hidden(
        self,
        ask: Ask,
        known: Sequence[Sequence[Evidence]],
        fails_at: int | None,
        in_force: InForce,
    ) -> int | None:
        """From when on an event that was erased in part may have settled it, or have put it off."""
        until = FOREVER if fails_at is None else fails_at
        moments = [
            each.moment
            for role in ("answer", "excuse", "extension")
            for place, need in self._needs(role)
            for each in known[place]
            if each.effect == "opens"
            and ask.moment <= each.moment < until
            and each.index != ask.index
            and pairs_hold(need.pairs, ask, each.terms) is None
        ]
        moments += [
            max(one.since, ask.moment)
            for role, at in (("excuse", ask.moment), ("hold", until))
            for place, need in self._needs(role)
            for one in stretches(need, known[place], in_force)
            if one.since <= at < one.until
            and pairs_hold(need.pairs, ask, one.opening.terms) is None
        ]
        return min(moments, default=None)

    def _needs(self, role: str) -> list[tuple[int, Need]]:
        return self.by_role.get(role, [])

    def _first(self, role: str, ask: Ask, known: Sequence[Sequence[Evidence]]) -> Evidence | None:
        """The first event of a role from the moment of the judged event on, that pairs with it."""
        if role not in self.by_role:
            return None
        first: Evidence | None = None
        for place, need in self.by_role[role]:
            for each in known[place]:
                if (
                    each.moment >= ask.moment
                    and each.effect == "opens"
                    and each.index != ask.index
                    and (first is None or _place(each) < _place(first))
                    and pairs_hold(need.pairs, ask, each.terms)
                ):
                    first = each
        return first

    def _due(
        self, ask: Ask, known: Sequence[Sequence[Evidence]], in_force: InForce
    ) -> tuple[int | None, tuple[int, ...]]:
        """The end of the term and the records that give it; nothing where none is promised."""
        terms, is_whole = self._terms(ask, known, in_force)
        within = self.rule.within
        if within is not None and (not terms or not is_whole or within.amount is not None):
            terms.append(_Term(within, ()))
        asked = self._needs("term")
        if asked and (not terms or (within is None and not is_whole)):
            name = asked[0][1].name or asked[0][1].opens[0].kinds[0]
            raise LimitUnknownError(f"no {name} on record that gives a term")
        if not terms:
            return None, ()
        parameters, zone = in_force.parameters, in_force.zone
        ends = [due_after(each.limit, ask.moment, parameters, zone) for each in terms]
        due = max(ends)  # whichever ends last
        term = terms[ends.index(due)]
        extension = self._first("extension", ask, known)
        if extension is not None and extension.moment < due:
            own = next(need.within for _, need in self._needs("extension"))
            longer = own or term.limit
            told = extension.moment if longer.rule is not None else None
            due = due_after(longer, ask.moment, parameters, zone, told)
            term = _Term(longer, (*term.rests, extension.index))
        return self._held(ask, due, known, in_force, term.rests)

    def _terms(
        self, ask: Ask, known: Sequence[Sequence[Evidence]], in_force: InForce
    ) -> tuple[list["_Term"], bool]:
        """The terms that stood when the judged event took place, and whether for all of it."""
        found, is_whole = list[_Term](), True
        for place, need in self._needs("term"):
            giving = [
                one
                for one in standing_at(stretches(need, known[place], in_force), ask.moment)
                if _limit_of(one.opening) and pairs_hold(need.pairs, ask, one.opening.terms)
            ]
            is_whole = is_whole and all_covered(need.pairs, ask, giving)
            for one in giving:
                limit = _limit_of(one.opening)
                found += [] if limit is None else [_Term(limit, (one.opening.index,))]
        return found, is_whole

    def _held(
        self,
        ask: Ask,
        due: int,
        known: Sequence[Sequence[Evidence]],
        in_force: InForce,
        rests: tuple[int, ...],
    ) -> tuple[int | None, tuple[int, ...]]:
        """The end of the term after the holds that stand when it would come."""
        found = [
            one
            for place, need in self._needs("hold")
            for one in stretches(need, known[place], in_force)
            if pairs_hold(need.pairs, ask, one.opening.terms)
        ]
        for one in sorted(found, key=lambda one: one.since):
            if one.since <= due < one.until:
                rests = (*rests, one.opening.index)
                if one.until == FOREVER:
                    return None, rests
                due = one.until
        return due, rests


class _Term(NamedTuple):
    """A term with the records that give it."""

    limit: Limit
    rests: tuple[int, ...]


class _Failure(NamedTuple):
    """What could make a deadline fail, and what came too late."""

    due: int | None
    end: Evidence | None
    late: Evidence | None
    rests: tuple[int, ...]

    @property
    def at(self) -> int | None:
        """The moment of failure, if one is known."""
        moments = [] if self.due is None else [self.due]
        return min(moments if self.end is None else [*moments, self.end.moment], default=None)

    @property
    def is_cut_short(self) -> bool:
        """Whether something else comes before the term ends."""
        return self.end is not None and (self.due is None or self.end.moment <= self.due)


def _limit_of(opening: Evidence) -> Limit | None:
    """The term that an event gives."""
    period = next(iter(opening.terms.get(PERIOD, ())), None)
    if isinstance(period, str):
        return _period_limit(period)
    seconds = next(iter(opening.terms.get(DURATION, ())), None)
    return Limit(amount=int(seconds), unit="seconds") if isinstance(seconds, int) else None


def _period_limit(period: str) -> Limit | None:
    """A period of one unit as a limit; years are months, weeks are days."""
    numbers = {"Y": 0, "M": 0, "W": 0, "D": 0}
    digits = ""
    for letter in period[1:]:
        if letter.isdigit():
            digits += letter
        else:
            numbers[letter], digits = int(digits), ""
    months = numbers["Y"] * 12 + numbers["M"]
    days = numbers["W"] * 7 + numbers["D"]
    if months and days:
        return None
    return Limit(amount=months, unit="months") if months else Limit(amount=days, unit="days")


def _unknown(moment: int) -> list[Segment]:
    return throughout(moment, UNDETERMINABLE, "who or what it is about was erased")


def _in_time(settling: Evidence, due: int | None, end: Evidence | None) -> bool:
    if due is not None and settling.moment >= due:
        return False
    return end is None or _place(settling) < _place(end)


def _settled(ask: Ask, by: Evidence, due: int | None, rests: tuple[int, ...]) -> list[Segment]:
    """Pending until the event that settles it, kept from it on."""
    measure = (by.moment - ask.moment) // 1_000_000
    found = [
        Segment(ask.moment, by.moment, PENDING, due, None, None, rests),
        Segment(by.moment, FOREVER, KEPT, due, measure, None, (*rests, by.index)),
    ]
    return [one for one in found if one.valid_from < one.valid_to]


def _place(each: Evidence) -> tuple[int, int]:
    return (each.moment, each.index)
