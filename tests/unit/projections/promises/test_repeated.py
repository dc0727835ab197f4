"""A verdict that is held for the events that come is the one that each would be given by itself."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.events.promise import Need, Pairing, PromiseDeclared, PromiseRule, Selector
from projections.bitemporal import FOREVER
from projections.promises import repeated
from projections.promises.editions import Declaration, Edition
from projections.promises.gathering import VerdictRow, verdict_rows
from projections.promises.known import Known
from projections.promises.material import Ask, Evidence
from projections.promises.needs import NeedBook
from projections.promises.program import JudgedRule
from projections.promises.repeated import Repeated
from projections.promises.standing import in_order
from tests.histories import day

_LATEST = 12
_MOMENTS = st.integers(0, _LATEST)
_PEOPLE = ("anna", "bram")


def _need(role: str, kind: str, ended_by: str) -> Need:
    return Need(
        role=role,  # type: ignore[arg-type]  # one of the roles, from the lists below
        opens=(Selector(kinds=(kind,)),),
        closes=(Selector(kinds=(ended_by,)),),
        pairs=(Pairing(field="actor", of="grantee", test="equals"),),
    )


_RULE = PromiseRule(
    rule_kind="only-if",
    for_each=(Selector(kinds=("access.used",)),),
    needs=(
        _need("required", "access.granted", "access.revoked"),
        _need("forbidden", "person.departed", "person.engaged"),
    ),
)


def _edition(since: int, until: int, known_from: int, waived_by: int | None) -> Edition:
    return Edition(
        promise_id="RAG-08",
        declared_index=0,
        policy_index=None,
        parameters={},
        set_by={},
        reading=None,
        read_by=None,
        waived_by=waived_by,
        zone="Europe/Amsterdam",
        valid_from=since,
        valid_to=until,
        known_from=known_from,
        known_to=FOREVER,
    )


@st.composite
def _rules(draw: st.DrawFn) -> JudgedRule:
    declared = PromiseDeclared(
        occurred_at=day(0), promise_id="RAG-08", policy_id="privacy", rules=(_RULE,)
    )
    cut = draw(_MOMENTS)
    waived = draw(st.none() | st.just(0))
    editions = [_edition(cut, FOREVER, draw(st.integers(0, 8)), None)]
    if draw(st.booleans()):
        editions.insert(0, _edition(0, cut, 0, waived))
    needs = NeedBook().of(_RULE, 0)
    declaration = Declaration(0, declared)
    return JudgedRule("RAG-08@0/0", declaration, None, 0, _RULE, 0, editions, needs)


@st.composite
def _evidence(draw: st.DrawFn) -> tuple[int, int, str, int, int, str, str, int]:
    since = draw(_MOMENTS)
    until = draw(st.just(FOREVER) | st.integers(since, _LATEST))
    return (
        draw(st.integers(0, 1)),
        draw(st.integers(0, 20)),
        draw(st.sampled_from(_PEOPLE)),
        since,
        until,
        draw(st.sampled_from(["opens", "opens", "closes"])),
        draw(st.sampled_from(["", "case"])),
        draw(st.just(FOREVER) | st.just(FOREVER) | st.integers(21, 22)),
    )


def _known(
    rule: JudgedRule, told: Sequence[tuple[int, int, str, int, int, str, str, int]]
) -> Known:
    lines: dict[str, list[Evidence]] = {}
    for place, index, person, since, until, effect, case, gone in told:
        need = rule.needs[place]
        link = f"{need.number} {person}"
        stream = f"{need.number} {case}" if case else ""
        terms = {"grantee": (person,)}
        each = Evidence(need.number, index, link, stream, since, until, effect, terms, gone)  # type: ignore[arg-type]  # an effect
        lines.setdefault(link, []).append(each)
    return Known({link: sorted(some, key=in_order) for link, some in lines.items()})


def _ask(rule: JudgedRule, index: int, moment: int, person: str) -> Ask:
    terms = {"actor": (person,)}
    return Ask(rule.number, index, moment, terms, rule.links(terms))


@given(
    _rules(),
    st.lists(_evidence(), max_size=6),
    st.lists(
        st.tuples(st.integers(2, 19), _MOMENTS, st.sampled_from(_PEOPLE)),
        min_size=3,
        max_size=12,
        unique_by=lambda each: each[0],
    ),
)
@settings(max_examples=100)
def test_what_is_held_is_what_each_would_be_given(
    rule: JudgedRule,
    told: list[tuple[int, int, str, int, int, str, str, int]],
    events: list[tuple[int, int, str]],
) -> None:
    """An event would get the verdict of one before it although something changed in between."""
    known = _known(rule, told)
    verdicts = Repeated(known)
    for index, moment, person in events:
        ask = _ask(rule, index, moment, person)
        assert verdicts.rows(rule, ask) == verdict_rows(rule, ask, known.of(rule, ask))


def test_what_repeats_itself_is_not_judged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everyday events would each be judged by themselves, which takes most of a rebuild."""
    declared = PromiseDeclared(
        occurred_at=day(0), promise_id="RAG-08", policy_id="privacy", rules=(_RULE,)
    )
    needs, editions = NeedBook().of(_RULE, 0), [_edition(0, FOREVER, 0, None)]
    declaration = Declaration(0, declared)
    rule = JudgedRule("RAG-08@0/0", declaration, None, 0, _RULE, 0, editions, needs)
    judged: list[int] = []

    def counted(
        rule: JudgedRule, ask: Ask, known: Sequence[Sequence[Evidence]]
    ) -> list[VerdictRow]:
        judged.append(ask.index)
        return verdict_rows(rule, ask, known)

    monkeypatch.setattr(repeated, "verdict_rows", counted)
    verdicts = Repeated(_known(rule, [(0, 1, "anna", 0, FOREVER, "opens", "", FOREVER)]))
    for index in range(5):
        (row,) = verdicts.rows(rule, _ask(rule, 2 + index, 3 + index, "anna"))
        assert (row[-1].segment.verdict, row[-1].segment.valid_from) == ("kept", 3 + index)
    assert judged == [2, 3]
