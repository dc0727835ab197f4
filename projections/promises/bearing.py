"""Which judged events some evidence bears on, and which evidence bears on judged events.

What bears on what is a question of links and moments; both directions are asked for many at once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection

from projections.bitemporal import FOREVER
from projections.promises.erased_keys import asks_in_doubt
from projections.promises.known import Known
from projections.promises.material import Ask, Evidence, names_only_case
from projections.promises.needs import need_number
from projections.promises.rulebook import Rulebook
from projections.promises.storing import (
    AskPlace,
    Span,
    asks_linked,
    evidence_linked,
    evidence_on_streams,
    moments_before,
)
from projections.promises.windows import EARLIEST
from projections.tables import Scope


def touched_by(
    connection: Connection, scope: Scope, book: Rulebook, bearing: Sequence[Evidence]
) -> set[AskPlace]:
    """Where the judged events are whose verdicts some evidence may change.

    A place may turn out to hold none: rules that share a need do not judge the same events.

    Args:
        connection: The database.
        scope: Whose rows.
        book: The rules.
        bearing: The evidence; it may stand in the tables already or not.
    """
    bounds: dict[str, list[int]] = {}
    lookups: dict[str, list[int]] = {}
    linked = [each for each in bearing if not names_only_case(each)]
    for each in [*linked, *_on_same_cases(connection, scope, bearing)]:
        since, until = book.needs.needs[each.need].bears_on(each.moment)
        if since is None:
            since = each.moment
            _widen(lookups, each.link, since, FOREVER)
        _widen(bounds, each.link, since, until)
    before = moments_before(connection, scope, list(_spans(lookups).values()))
    wanted = [
        # From that moment itself on: what is judged there may have been its own answer.
        span._replace(since=before.get(link, EARLIEST)) if link in lookups else span
        for link, span in _spans(bounds).items()
    ]
    touched = {
        AskPlace(index, rule)
        for index, link in asks_linked(connection, scope, book, wanted)
        for rule in book.needs.needs[need_number(link)].rules
    }
    for each in linked:
        need = book.needs.needs[each.need]
        if each.link == need.erased:
            touched |= asks_in_doubt(connection, scope, need, each)
    return touched


def known_about(
    connection: Connection,
    scope: Scope,
    book: Rulebook,
    asks: Sequence[Ask],
    coming: Sequence[Evidence] = (),
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
    cases: dict[str, set[str]] = {}
    endings: dict[str, list[Evidence]] = {}
    for each in (*evidence_linked(connection, scope, list(spans.values())), *coming):
        if names_only_case(each):
            endings.setdefault(each.stream, []).append(each)
        elif each.link in spans:
            found.setdefault(each.link, []).append(each)
            if each.stream and book.needs.needs[each.need].ends_cases:
                cases.setdefault(each.stream, set()).add(each.link)
    for each in evidence_on_streams(connection, scope, cases):
        if names_only_case(each):
            endings.setdefault(each.stream, []).append(each)
    for case, links in cases.items():
        for link in links:
            found[link] += endings.get(case, ())
    return Known(found)


def _spans_of(book: Rulebook, asks: Iterable[Ask]) -> dict[str, Span]:
    """The links of some judged events, each with the moments that bear on any of them."""
    alike: dict[int, tuple[Ask, list[int]]] = {}
    for ask in asks:
        # Events that say the same to a rule under one edition of it share the links themselves.
        found = alike.get(id(ask.links))
        if found is None:
            alike[id(ask.links)] = (ask, [ask.moment, ask.moment])
        elif ask.moment < found[1][0]:
            found[1][0] = ask.moment
        elif ask.moment > found[1][1]:
            found[1][1] = ask.moment
    bounds: dict[str, list[int]] = {}
    for ask, (first, last) in alike.values():
        rule = book.rules[ask.rule]
        for need, links, reach in zip(rule.needs, ask.links, rule.reaches(ask), strict=True):
            since, until = reach.around(first)[0], reach.around(last)[1]
            for link in links:
                _widen(bounds, link, since, until)
            if need.erased is not None:
                _widen(bounds, need.erased, since, until)
    return _spans(bounds)


def _widen(bounds: dict[str, list[int]], link: str, since: int, until: int) -> None:
    """Makes the first and last moment of a link hold the moments from one to another."""
    known = bounds.get(link)
    if known is None:
        bounds[link] = [since, until]
        return
    if since < known[0]:  # noqa: PLR1730 - asked for every link: a call takes longer
        known[0] = since
    if until > known[1]:  # noqa: PLR1730 - likewise
        known[1] = until


def _spans(bounds: Mapping[str, Sequence[int]]) -> dict[str, Span]:
    return {link: Span(link, since, until) for link, (since, until) in bounds.items()}


def _on_same_cases(
    connection: Connection, scope: Scope, bearing: Collection[Evidence]
) -> list[Evidence]:
    """Endings that name a case alone, once for each link under which the case serves the need."""
    endings: dict[str, list[Evidence]] = {}
    for each in bearing:
        if names_only_case(each):
            endings.setdefault(each.stream, []).append(each)
    found: dict[tuple[str, int], Evidence] = {}
    for one in evidence_on_streams(connection, scope, endings):
        for ending in endings[one.stream]:
            found[one.link, ending.index] = ending._replace(link=one.link)
    return list(found.values())
