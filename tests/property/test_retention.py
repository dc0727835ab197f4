"""Laws of retention: when a term ends, what is due, and what a hold does to it."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given
from hypothesis import strategies as st

from ledger.legal_hold import Hold
from ledger.opening import instant_of
from ledger.retention.due import TriggerTimes, due_of
from ledger.retention.rules import Facts, Rule, rules_in_force
from ledger.retention.terms import Term, add_period, first_instant
from ledger.store.requests import microseconds
from ledger.stored import StoredRecord
from ledger.units import Index

_ZONES: Final = [
    ZoneInfo(name)
    for name in (
        "Europe/Amsterdam",
        "UTC",
        "America/Sao_Paulo",  # has had days that begin at one o'clock
        "Pacific/Apia",  # left out a whole day in 2011
        "Asia/Kathmandu",
    )
]
_AMSTERDAM: Final = _ZONES[0]
_INSTANTS: Final = st.datetimes(
    datetime(1995, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    datetime(2090, 1, 1),  # noqa: DTZ001 - likewise
    timezones=st.just(UTC),
)
_PERIODS: Final = st.builds(
    lambda years, months, weeks, days: f"P{years}Y{months}M{weeks}W{days}D",
    *(st.integers(0, most) for most in (8, 30, 9, 70)),
)
_TERMS: Final = st.builds(
    Term,
    st.none() | _PERIODS,
    st.none() | st.timedeltas(timedelta(), timedelta(days=900)),
).filter(lambda term: term != Term())
_KINDS: Final = ("access.used.v1", "access.granted.v1", "contract.ended.v1", "log.read.v1")
_PEOPLE: Final = [UUID(int=number) for number in range(1, 5)]
_STREAMS: Final = [UUID(int=number) for number in range(10, 13)]


@given(_INSTANTS, _TERMS, st.sampled_from(_ZONES))
def test_the_cutoff_parts_what_is_over_from_what_is_not(
    limit: datetime, term: Term, zone: ZoneInfo
) -> None:
    """The look-up by time would leave out what is due, or the due list would differ from it."""
    bound = term.begun_before(limit, zone)
    assert bound is not None
    assert _is_over(term, bound - timedelta(microseconds=1), limit, zone)
    assert not _is_over(term, bound, limit, zone)


@given(_INSTANTS, st.timedeltas(timedelta(), timedelta(days=4000)), _TERMS, st.sampled_from(_ZONES))
def test_what_began_later_ends_no_sooner(
    first: datetime, after: timedelta, term: Term, zone: ZoneInfo
) -> None:
    """A month that is too short would let the younger of two records go first."""
    assume(first.year + after.days // 365 < 2090)
    earlier, later = term.end(first, zone), term.end(first + after, zone)
    assert earlier is not None
    assert later is not None
    assert earlier <= later


@given(_INSTANTS, _PERIODS, st.sampled_from(_ZONES))
def test_a_calendar_term_ends_when_a_local_day_begins(
    beginning: datetime, period: str, zone: ZoneInfo
) -> None:
    """A promise of days would be counted in hours of another zone, or cut its last day short."""
    end = Term(period).end(beginning, zone)
    assert end is not None
    last_day = add_period(beginning.astimezone(zone).date(), period)
    assert (end - timedelta(microseconds=1)).astimezone(zone).date() <= last_day
    assert end.astimezone(zone).date() > last_day


@given(st.dates(date(1996, 1, 1), date(2080, 12, 31)), st.integers(0, 600))
@example(date(2024, 2, 29), 12)
@example(date(2023, 1, 31), 1)
def test_months_keep_the_day_or_take_the_last_one(day: date, months: int) -> None:
    """Three months from the last of November would end in March."""
    end = add_period(day, f"P{months}M")
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == min(day.day, monthrange(end.year, end.month)[1])


@given(_INSTANTS, st.timedeltas(timedelta(), timedelta(days=4000)), st.sampled_from(_ZONES))
def test_an_elapsed_term_knows_no_clock_change(
    beginning: datetime, duration: timedelta, zone: ZoneInfo
) -> None:
    """A file that must go after 3600 seconds would stay an hour longer in October."""
    assert Term(duration=duration).end(beginning, zone) == beginning + duration


def _is_over(term: Term, beginning: datetime, limit: datetime, zone: ZoneInfo) -> bool:
    end = term.end(beginning, zone)
    return end is not None and end <= limit


_facts: Final = st.builds(
    lambda kind, occurred, late, people, customers, stream: Facts(
        record=StoredRecord(
            Index(7), b"\n\n{}", b"", stream, 1, kind, UUID(int=99),
            microseconds(occurred + late), microseconds(occurred), "crm",
        ),
        public={"kind": kind, "data_categories": ["contact"]},
        subject_ids=people | customers,
        data_subjects=customers,
    ),
    st.sampled_from(_KINDS),
    _INSTANTS,
    st.timedeltas(timedelta(), timedelta(days=30)),
    st.frozensets(st.sampled_from(_PEOPLE[:2]), min_size=1),
    st.frozensets(st.sampled_from(_PEOPLE[2:])),
    st.sampled_from(_STREAMS),
)  # fmt: skip


def _rule(number: int, **fields: object) -> Rule:
    given_fields = {
        "rule_id": f"rule-{number}",
        "index": number,
        "event_id": UUID(int=1000 + number),
        "set_at": datetime(1990, 1, 1, tzinfo=UTC),
        "effective_from": datetime(1990, 1, 1, tzinfo=UTC),
        "category": "any",
        **fields,
    }
    return Rule(**given_fields)  # type: ignore[arg-type]  # as drawn below


_rules: Final = st.lists(
    st.fixed_dictionaries(
        {
            "kinds": st.sampled_from([(), ("access.used",), ("access.granted.v1", "log.read")]),
            "category": st.sampled_from(["any", "contact", "health"]),
            "systems": st.sampled_from([frozenset(), frozenset({"crm"}), frozenset({"web"})]),
            "term": _TERMS,
            "trigger": st.sampled_from(["occurred", "recorded", "contract.ended"]),
            "overrides": st.frozensets(st.sampled_from(["rule-0", "rule-1", "rule-2"])),
        }
    ),
    max_size=4,
).map(lambda drawn: [_rule(number, **fields) for number, fields in enumerate(drawn)])
_triggers: Final = st.builds(
    lambda streams, people: {"contract.ended": TriggerTimes(streams, people)},
    st.dictionaries(st.sampled_from(_STREAMS), _INSTANTS.map(microseconds)),
    st.dictionaries(st.sampled_from(_PEOPLE), _INSTANTS.map(microseconds)),
)


@given(_facts, _rules, _triggers, _INSTANTS)
def test_the_rule_that_decides_finds_what_it_decides_about(
    facts: Facts, rules: list[Rule], triggers: dict[str, TriggerTimes], limit: datetime
) -> None:
    """What is due would be missed, because the walk of its rule starts from its own cutoff."""
    for subject_id in facts.subject_ids:
        due = due_of(facts, subject_id, rules, triggers, _AMSTERDAM)
        if due is None or due.due_at > limit:
            continue
        assert due.rule.concerns(facts)
        bound = due.rule.term.begun_before(limit, _AMSTERDAM)
        assert bound is not None
        if due.rule.trigger == "occurred":
            assert instant_of(facts.record.occurred_at_us or 0) < bound


@given(_facts, _rules, _triggers)
def test_no_rule_of_equal_rank_would_have_kept_it_longer(
    facts: Facts, rules: list[Rule], triggers: dict[str, TriggerTimes]
) -> None:
    """A duty to keep would give way to a shorter rule that somebody set beside it."""
    plain = [_without_overrides(rule) for rule in rules]
    for subject_id in facts.subject_ids:
        due = due_of(facts, subject_id, plain, triggers, _AMSTERDAM)
        alone = [
            due_of(facts, subject_id, [rule], triggers, _AMSTERDAM)
            for rule in plain
            if rule.concerns(facts)
        ]
        ends = [each.due_at for each in alone if each is not None]
        if due is None:
            assert None in alone or not alone
        else:
            assert None not in alone
            assert due.due_at >= max(ends)
            # What others count from is kept as long as they are.
            assert due.due_at == max(ends) or facts.record.kind == "contract.ended.v1"


@given(_facts, _rules, _rules, _triggers)
def test_one_more_rule_without_overrides_never_makes_anything_due_sooner(
    facts: Facts, rules: list[Rule], more: list[Rule], triggers: dict[str, TriggerTimes]
) -> None:
    """To set a rule that keeps data would destroy data, that of a rule beside it."""
    first = [_without_overrides(rule) for rule in rules]
    added = [
        _rule(10 + number, kinds=rule.kinds, category=rule.category, term=rule.term)
        for number, rule in enumerate(more)
    ]
    for subject_id in facts.subject_ids:
        before = due_of(facts, subject_id, first, triggers, _AMSTERDAM)
        after = due_of(facts, subject_id, [*first, *added], triggers, _AMSTERDAM)
        if before is not None and after is not None:
            assert after.due_at >= before.due_at


def _without_overrides(rule: Rule) -> Rule:
    return _rule(
        rule.index,
        kinds=rule.kinds,
        category=rule.category,
        systems=rule.systems,
        term=rule.term,
        trigger=rule.trigger,
    )


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(0, 9), st.booleans()),
        max_size=8,
    ),
    st.integers(0, 9),
)
def test_a_rule_is_in_force_in_its_newest_version_only(
    drawn: list[tuple[int, int, int, bool]], now: int
) -> None:
    """A period that was replaced would still decide, or one announced would decide already."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    versions = [
        _rule(
            index,
            rule_id=f"rule-{number}",
            set_at=start + timedelta(days=said),
            effective_from=start + timedelta(days=effective),
        )
        for index, (number, effective, said, _) in enumerate(drawn)
    ]
    gone = {rule.event_id for rule, (*_, is_gone) in zip(versions, drawn, strict=True) if is_gone}
    at = start + timedelta(days=now)
    found = {rule.rule_id: rule for rule in rules_in_force(versions, gone, at)}
    for rule in versions:
        counts = rule.event_id not in gone and rule.effective_from <= at
        assert not counts or found[rule.rule_id].effective_from >= rule.effective_from
    assert all(rule.event_id not in gone and rule.effective_from <= at for rule in found.values())


@given(
    _facts,
    st.frozensets(st.sampled_from(_PEOPLE)),
    st.sampled_from([(), ("access.used",)]),
    st.sampled_from([frozenset[str](), frozenset({"crm"}), frozenset({"web"})]),
)
def test_each_thing_that_a_hold_names_narrows_it(
    facts: Facts, people: frozenset[UUID], kinds: tuple[str, ...], systems: frozenset[str]
) -> None:
    """A hold that names more would hold more, or one that names nothing would hold nothing."""

    def hold(**fields: object) -> Hold:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        made = {
            "index": 3,
            "event_id": UUID(int=500),
            "stream": UUID(int=501),
            "binds_from": at,
            "placed_at": at,
            "recorded_at": at,
            **fields,
        }
        return Hold(**made)  # type: ignore[arg-type]  # as drawn above

    def covers(**fields: object) -> bool:
        return hold(**fields).covers(facts.record, facts.subject_ids)

    named = {"people": people, "names_people": bool(people)}
    assert covers()
    assert covers(damaged=True, **named)
    whole = covers(kinds=kinds, systems=systems, **named)
    parts = [covers(kinds=kinds), covers(systems=systems), covers(**named)]
    assert whole is all(parts)


@given(st.dates(date(1996, 1, 1), date(2080, 12, 31)), st.sampled_from(_ZONES))
def test_a_day_begins_after_the_one_before(day: date, zone: ZoneInfo) -> None:
    """Terms that end on two days would end at the same instant, or the wrong way round."""
    before = first_instant(day - timedelta(days=1), zone)
    assert before < first_instant(day, zone) or zone.key == "Pacific/Apia"
