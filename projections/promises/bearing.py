"""Which judged events some evidence bears on, and which evidence bears on judged events.

What bears on what is a question of links and moments; both directions are asked for many at once.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from projections.bitemporal import FOREVER
from projections.promises.known import Known
from projections.promises.material import Evidence
from projections.promises.program import JudgedRule, key_pair
from projections.promises.rulebook import Rulebook
from projections.promises.storing import (
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
from projections.promises.windows import AFTER, BEFORE, EARLIEST
from projections.tables import Scope


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


def known_about(
    connection: Connection,
    scope: Scope,
    book: Rulebook,
    asks: Sequence[RuleAsk],
    coming: Sequence[RuleEvidence] = (),
) -> Known:
    """What bears on some judged events.

    Args:
        connection: The database.
        scope: Whose rows.
        book: The rules.
        asks: The events.
        coming: Evidence that does not stand in the tables yet.
    """
    spans = _spans_of(book, asks)
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
    return Known(found)


def _spans_of(book: Rulebook, asks: Sequence[RuleAsk]) -> dict[str, Span]:
    """The links of some judged events, each with the moments that bear on any of them."""
    spans: dict[str, Span] = {}
    for number, ask in asks:
        reaches = book.rules[number].reaches
        for need, keys in enumerate(ask.keys):
            since, until = reaches[need].around(ask.moment)
            for key in keys:
                link = link_of(number, need, key)
                known = spans.get(link)
                if known is None:
                    spans[link] = Span(link, since, until)
                elif since < known.since or until > known.until:
                    spans[link] = Span(link, min(known.since, since), max(known.until, until))
    return spans


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
    if need.role in BEFORE:
        return each.moment, FOREVER
    if need.role not in AFTER:
        return EARLIEST, FOREVER
    pair = key_pair(need)
    if len(need.pairs) > (0 if pair is None else 1):
        return EARLIEST, each.moment
    return None, each.moment
