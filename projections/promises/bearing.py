"""Which judged events some evidence bears on, and which evidence bears on judged events.

What bears on what is a question of links and moments; both directions are asked for many at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection

from projections.bitemporal import FOREVER
from projections.promises.editions import Edition
from projections.promises.limits import LimitUnknownError, span_after
from projections.promises.material import Ask, Evidence
from projections.promises.program import JudgedRule, key_pair
from projections.promises.rulebook import Rulebook
from projections.promises.storing import (
    EARLIEST,
    AskPlace,
    RuleAsk,
    RuleEvidence,
    Span,
    asks_linked,
    evidence_linked,
    evidence_on_streams,
    link_of,
    moments_before,
)
from projections.tables import Scope

_BEFORE: Final = frozenset({"required", "forbidden", "term"})
"""Needs that bear on what happens after them."""
_AFTER: Final = frozenset({"answer", "extension", "end"})
"""Needs that bear on what came before them; the others bear on both."""


def touched_by(
    connection: Connection, scope: Scope, book: Rulebook, bearing: Iterable[RuleEvidence]
) -> set[AskPlace]:
    """The judged events whose verdicts some evidence may change.

    Args:
        connection: The database.
        scope: Whose rows.
        book: The rules.
        bearing: The evidence; it may stand in the tables already or not.
    """
    everything = list(bearing)
    spans: dict[str, Span] = {}
    lookups: list[Span] = []
    linked = [each for each in everything if not _is_ending_of_case(each.evidence)]
    linked += _on_same_cases(connection, scope, everything)
    for number, each in linked:
        link = link_of(number, each.need, each.key)
        since, until = _range(book.rules[number], each)
        if since is None:
            lookups.append(Span(link, each.moment, FOREVER))
            since = each.moment
        known = spans.get(link, Span(link, since, until))
        spans[link] = Span(link, min(known.since, since), max(known.until, until))
    earliest: dict[str, Span] = {}
    for span in lookups:
        known = earliest.get(span.link, span)
        earliest[span.link] = Span(span.link, min(known.since, span.since), FOREVER)
    before = moments_before(connection, scope, list(earliest.values()))
    wanted = [
        span._replace(since=before.get(link, EARLIEST - 1) + 1) if link in earliest else span
        for link, span in spans.items()
    ]
    return asks_linked(connection, scope, wanted)


def evidence_for(
    connection: Connection,
    scope: Scope,
    book: Rulebook,
    asks: Sequence[RuleAsk],
    coming: Sequence[RuleEvidence] = (),
) -> Mapping[str, Sequence[Evidence]]:
    """What bears on some judged events, by link.

    Args:
        connection: The database.
        scope: Whose rows.
        book: The rules.
        asks: The events.
        coming: Evidence that does not stand in the tables yet.
    """
    spans: dict[str, Span] = {}
    for number, ask in asks:
        rule = book.rules[number]
        for need, keys in enumerate(ask.keys):
            since, until = _window(book, rule, need, ask)
            for key in keys:
                link = link_of(number, need, key)
                known = spans.get(link)
                if known is not None:
                    since, until = min(known.since, since), max(known.until, until)
                spans[link] = Span(link, since, until)
    found: dict[str, list[Evidence]] = {}
    streams: dict[str, set[str]] = {}
    endings: dict[str, list[Evidence]] = {}
    stored = evidence_linked(connection, scope, list(spans.values()))
    for number, each in (*stored, *coming):
        if _is_ending_of_case(each):
            endings.setdefault(link_of(number, each.need, each.stream), []).append(each)
            continue
        link = link_of(number, each.need, each.key)
        if link in spans:
            found.setdefault(link, []).append(each)
            if each.stream and book.rules[number].spans[each.need]:
                case = link_of(number, each.need, each.stream)
                streams.setdefault(case, set()).add(link)
    for number, each in evidence_on_streams(connection, scope, streams):
        if _is_ending_of_case(each):
            endings.setdefault(link_of(number, each.need, each.stream), []).append(each)
    for case, some in streams.items():
        for link in some:
            found[link] += endings.get(case, ())
    return found


def _is_ending_of_case(each: Evidence) -> bool:
    """Whether it ends whatever serves the need on its case, and names nothing else."""
    return each.effect == "closes" and not each.key and bool(each.stream)


def _on_same_cases(
    connection: Connection, scope: Scope, bearing: Sequence[RuleEvidence]
) -> list[RuleEvidence]:
    """Endings that name a case alone, once for each key under which the case serves the need."""
    endings: dict[str, list[RuleEvidence]] = {}
    for each in bearing:
        if _is_ending_of_case(each.evidence):
            case = link_of(each.rule, each.evidence.need, each.evidence.stream)
            endings.setdefault(case, []).append(each)
    found: dict[tuple[str, str, int], RuleEvidence] = {}
    for number, one in evidence_on_streams(connection, scope, endings):
        case = link_of(number, one.need, one.stream)
        for _, ending in endings[case]:
            moved = Evidence(
                ending.need,
                ending.index,
                one.key,
                ending.stream,
                ending.moment,
                ending.until,
                ending.effect,
                ending.terms,
                ending.gone,
            )
            found[case, one.key, ending.index] = RuleEvidence(number, moved)
    return list(found.values())


def _range(rule: JudgedRule, each: Evidence) -> tuple[int | None, int]:
    """The moments of the judged events on which evidence may bear.

    `None` as their beginning: from the evidence before it on, which would have served instead.
    """
    need = rule.rule.needs[each.need]
    if need.role in _BEFORE:
        return each.moment, FOREVER
    if need.role not in _AFTER:
        return EARLIEST, FOREVER
    pair = key_pair(need)
    if len(need.pairs) > (0 if pair is None else 1):
        return EARLIEST, each.moment
    return None, each.moment


def _window(book: Rulebook, rule: JudgedRule, need: int, ask: Ask) -> tuple[int, int]:
    """The moments of evidence that may bear on a judged event."""
    role = rule.rule.needs[need].role
    if role in _AFTER:
        return ask.moment, FOREVER
    if role not in _BEFORE:
        return EARLIEST, FOREVER
    return ask.moment - _longest(rule, need, book.editions.of(rule.declaration.index)), ask.moment


def _longest(rule: JudgedRule, need: int, editions: Sequence[Edition]) -> int:
    """For how long at most an opening stands, in microseconds."""
    held = rule.rule.needs[need]
    if held.lasting is None or held.closes:
        return FOREVER
    try:
        return max(span_after(held.lasting, 0, each.parameters, "UTC") for each in editions)
    except (LimitUnknownError, ValueError):
        return FOREVER
