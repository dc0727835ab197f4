"""How each promise stands at a moment, by what was known at another.

Broken outweighs undeterminable, that pending, that kept. A promise about all that happens is kept
only where the sources were connected that would have told of a breach.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from ledger.errors import BadRequest
from ledger.ledger import Ledger
from ledger.opening import instant_of
from ledger.store.requests import microseconds
from ledger.units import Index
from projections.bitemporal import FOREVER
from projections.cases.reading import Moment
from projections.promises.answers import Item, ParameterInForce, PromiseVerdict, Verdict
from projections.promises.doubts import Doubt, doubts_about
from projections.promises.rulebook import rulebook_read
from projections.promises.standing_promise import Bench, StandingPromise
from projections.promises.totals import Totals, items_in, totals_of, verdicts_by_reading
from projections.promises.view import PROMISES
from projections.snapshot import reader_at


@dataclass(frozen=True)
class JudgedPromise:
    """A promise as one state of the log has it: its verdict, and the judged events behind it."""

    promise: StandingPromise

    @property
    def promise_id(self) -> str:
        """Which promise."""
        return self.promise.edition.promise_id

    @cached_property
    def totals(self) -> Totals:
        """Its judged events, put together."""
        return totals_of(self.promise)

    @cached_property
    def verdict(self) -> PromiseVerdict:
        """Everything about it."""
        return _verdict(self.promise, self.totals)

    def items(self, verdict: Verdict | None = None, limit: int | None = None) -> list[Item]:
        """The judged events under the reading that counts, oldest first.

        Where the reading is open, those of every reading are given.

        Args:
            verdict: Only these; all, if not given.
            limit: At most so many.

        Raises:
            StoreUnavailable: the database cannot be used.
        """
        return items_in(self.promise, self.totals, verdict, limit)


@contextmanager
def judged_promises(
    ledger: Ledger,
    moment: Moment,
    *,
    system: str | None = None,
    organisation: str | None = None,
    promise_ids: Collection[str] | None = None,
) -> Iterator[list[JudgedPromise]]:
    """Every promise that stands at a moment, by promise id, read from one state of the log.

    Rules, counts and coverage are read once for all of them. Verdicts and items are read when they
    are asked for, which is before the context ends; nothing is recorded meanwhile by the asker.

    Args:
        ledger: The log; the view catches up with it first.
        moment: As of when, and by what was known.
        system: Only promises of statements that apply to this system.
        organisation: Only those of this organisation.
        promise_ids: Only these.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    with reader_at(ledger, PROMISES, moment.as_of, moment.known_size) as reader:
        bench = Bench(
            reader,
            rulebook_read(reader.connection, reader.scope),
            microseconds(ledger.clock()),
        )
        yield [
            JudgedPromise(promise)
            for promise in bench.standing()
            if (system is None or system in promise.event.applies_to)
            and (organisation is None or organisation == promise.event.organisation)
            and (promise_ids is None or promise.edition.promise_id in promise_ids)
        ]


def promise_verdicts(
    ledger: Ledger,
    moment: Moment,
    *,
    system: str | None = None,
    organisation: str | None = None,
    promise_ids: Collection[str] | None = None,
) -> list[PromiseVerdict]:
    """The verdict on every promise that stands at a moment, by promise id.

    The arguments are those of `judged_promises`.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    with judged_promises(
        ledger, moment, system=system, organisation=organisation, promise_ids=promise_ids
    ) as found:
        return [each.verdict for each in found]


def promise_items(
    ledger: Ledger,
    moment: Moment,
    promise_id: str,
    *,
    verdict: Verdict | None = None,
    limit: int | None = None,
) -> list[Item]:
    """The judged events of one promise under the reading that counts, oldest first.

    Where the reading is open, those of every reading are given. Who asks about several promises,
    or several times about one, takes `judged_promises`.

    Args:
        ledger: The log; the view catches up with it first.
        moment: As of when, and by what was known.
        promise_id: Which promise.
        verdict: Only these; all, if not given.
        limit: At most so many.

    Raises:
        BadRequest: no such promise stands at that moment.
        StoreUnavailable: the database cannot be used.
    """
    with judged_promises(ledger, moment) as standing:
        for each in standing:
            if each.promise_id == promise_id:
                return each.items(verdict, limit)
        known = ", ".join(each.promise_id for each in standing) or "none"
    raise BadRequest(f"promise: expected one that stands, {known}; found {promise_id!r}")


def _verdict(promise: StandingPromise, totals: Totals) -> PromiseVerdict:
    """Everything about a promise."""
    edition, event = promise.edition, promise.event
    doubts = doubts_about(promise, totals)
    verdict = _outcome(totals, doubts)
    breaks = items_in(promise, totals, "broken", 1) if totals.verdicts["broken"] else []
    oldest = next(iter(breaks), None)
    reasons = [oldest.reason] if oldest is not None else [each.reason for each in doubts]
    settle = dict.fromkeys(each.settle for each in doubts) if verdict == "undeterminable" else ()
    return PromiseVerdict(
        promise_id=edition.promise_id,
        policy_id=event.policy_id,
        organisation=event.organisation,
        systems=event.applies_to,
        promise_class=event.promise_class,
        subject_matter=event.subject_matter,
        rule_kinds=tuple(dict.fromkeys(rule.rule.rule_kind for rule in promise.rules)),
        verdict=verdict,
        reasons=tuple(dict.fromkeys(reason for reason in reasons if reason is not None)),
        settle=tuple(settle),
        due_at=None if totals.due is None else instant_of(totals.due),
        kept=totals.verdicts["kept"],
        broken=totals.verdicts["broken"],
        pending=totals.verdicts["pending"],
        undeterminable=totals.verdicts["undeterminable"],
        oldest_break=oldest,
        figures=totals.figures,
        since=instant_of(promise.since),
        until=None if promise.until == FOREVER else instant_of(promise.until),
        waived=edition.waived_by is not None,
        reading=promise.reading,
        open_readings=promise.open_readings,
        by_reading=verdicts_by_reading(promise),
        parameters=_parameters(promise),
        declared_index=Index(edition.declared_index),
        policy_index=None if edition.policy_index is None else Index(edition.policy_index),
        rules=event.rules,
        readings=event.readings,
        coverage_gaps=tuple(promise.gaps),
        rests_on=_rests_on(promise, totals, oldest),
    )


def _outcome(totals: Totals, doubts: Sequence[Doubt]) -> Verdict:
    if totals.verdicts["broken"]:
        return "broken"
    if doubts or totals.verdicts["undeterminable"]:
        return "undeterminable"
    return "pending" if totals.verdicts["pending"] else "kept"


def _parameters(promise: StandingPromise) -> tuple[ParameterInForce, ...]:
    declared = {each.name: each for each in promise.event.params}
    held = promise.edition.parameters
    found = []
    for name in dict.fromkeys([*declared, *held]):
        each = held.get(name) or declared[name]
        index = promise.edition.set_by.get(name)
        found.append(
            ParameterInForce(
                name=name,
                value=each.values or each.value,
                unit=each.unit or each.period,
                set_by_index=None if index is None else Index(index),
            )
        )
    return tuple(found)


def _rests_on(promise: StandingPromise, totals: Totals, oldest: Item | None) -> tuple[int, ...]:
    """What settles the promise, and the oldest break; else the latest evidence and coverage."""
    edition = promise.edition
    settled = (edition.policy_index, edition.read_by, edition.waived_by)
    indexes = {edition.declared_index, *edition.set_by.values()}
    indexes |= {index for index in settled if index is not None}
    if oldest is not None:
        indexes |= {oldest.index, *oldest.rests_on}
    else:
        indexes |= promise.coverage | {each.waived_by for each in promise.waivers}
        indexes |= {gap.lost_index for gap in promise.gaps if gap.lost_index is not None}
        if totals.latest is not None:
            indexes.add(totals.latest)
    return tuple(sorted(indexes))
