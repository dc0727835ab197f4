"""Judged events, the evidence about them and verdicts, as the tables keep them.

Many are looked up at once: a statement joins a list of links, each with its bounds, with the rows.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, and_, select

from projections.batches import batched
from projections.bitemporal import FOREVER
from projections.promises.history import KnownSegment
from projections.promises.material import Ask, Evidence
from projections.promises.tables import ASK, ASK_LINK, EVIDENCE, TALLY, VERDICT
from projections.promises.values import Values
from projections.tables import Scope, insert_rows, update_rows

_ASKED_AT_ONCE: Final = 250
_encode = msgspec.json.Encoder().encode
_decode_terms = msgspec.json.Decoder(dict[str, tuple[bool | int | str, ...]]).decode
_EVIDENCE_COLUMNS: Final = (
    "e.rule, e.need, e.idx, e.link, e.stream, e.moment, e.until, e.effect, e.terms, e.gone"
)


class AskPlace(NamedTuple):
    """Where a judged event stands: its record and the number of the rule."""

    record: int
    rule: int


class RuleAsk(NamedTuple):
    """A judged event with the number of its rule."""

    rule: int
    ask: Ask


class RuleEvidence(NamedTuple):
    """Evidence with the number of the rule it serves."""

    rule: int
    evidence: Evidence


class Span(NamedTuple):
    """A link with the moments that are asked for, both included."""

    link: str
    since: int
    until: int


def link_of(rule: int, need: int, key: str) -> str:
    """Where a key of a need of a rule is found."""
    return f"{rule}.{need} {key}"


def insert_asks(connection: Connection, scope: Scope, asks: Sequence[RuleAsk]) -> None:
    """Stores judged events with their links."""
    insert_rows(
        connection,
        ASK,
        [(*scope, ask.index, rule, ask.moment, ask.gone, _text(ask.terms)) for rule, ask in asks],
    )
    insert_links(connection, scope, asks)


def insert_links(connection: Connection, scope: Scope, asks: Sequence[RuleAsk]) -> None:
    """Stores the links of judged events."""
    insert_rows(
        connection,
        ASK_LINK,
        [(*scope, link, ask.moment, ask.index) for rule, ask in asks for link in links(rule, ask)],
    )


def links(rule: int, ask: Ask) -> Iterator[str]:
    """The links of a judged event."""
    for need, keys in enumerate(ask.keys):
        for key in keys:
            yield link_of(rule, need, key)


def insert_evidence(connection: Connection, scope: Scope, found: Sequence[RuleEvidence]) -> None:
    """Stores evidence, each record's in the order in which it came."""
    places: dict[tuple[int, int, int], int] = {}
    rows = []
    for rule, each in found:
        place = places.get((rule, each.index, each.need), 0)
        places[rule, each.index, each.need] = place + 1
        stream = link_of(rule, each.need, each.stream) if each.stream else ""
        rows.append(
            (
                *(*scope, each.index, rule, each.need, place),
                *(link_of(rule, each.need, each.key), stream, each.moment, each.until, each.gone),
                *(each.effect, _text(each.terms)),
            )
        )
    insert_rows(connection, EVIDENCE, rows)


def insert_verdicts(
    connection: Connection,
    scope: Scope,
    found: Iterable[tuple[int, Ask, str | None, str | None, KnownSegment]],
) -> None:
    """Stores verdicts; each with its rule, event, group and counted value."""
    insert_rows(
        connection,
        VERDICT,
        [
            (
                *(*scope, ask.index, rule, row.segment.valid_from, row.known_from),
                *(row.segment.valid_to, row.known_to, ask.moment, row.segment.verdict),
                *(row.segment.due, row.segment.measure, grouped, counted, row.segment.reason),
                _encode(row.segment.evidence).decode() if row.segment.evidence else None,
            )
            for rule, ask, grouped, counted, row in found
        ],
    )


def delete_verdicts(connection: Connection, scope: Scope, places: Iterable[AskPlace]) -> None:
    """Deletes every verdict about some events under some rules."""
    update_rows(
        connection,
        f"DELETE FROM {VERDICT.name} "  # noqa: S608 - our names
        "WHERE log = ? AND generation = ? AND idx = ? AND rule = ?",
        [(*scope, *place) for place in places],
    )


def mark_gone(connection: Connection, scope: Scope, voids: Sequence[tuple[int, int]]) -> None:
    """Marks what records gave as taken back; each `(target, index)`, the first one counts."""
    for table in (ASK, EVIDENCE):
        update_rows(
            connection,
            f"UPDATE {table.name} SET gone = ? "  # noqa: S608 - our names
            "WHERE log = ? AND generation = ? AND idx = ? AND gone = ?",
            [(index, *scope, target, FOREVER) for target, index in voids],
        )
    for table in (VERDICT, TALLY):  # of events that are judged by themselves
        update_rows(
            connection,
            f"UPDATE {table.name} SET known_to = ? "  # noqa: S608 - our names
            "WHERE log = ? AND generation = ? AND idx = ? AND known_to > ?",
            [(index, *scope, target, index) for target, index in voids],
        )


def delete_links(connection: Connection, scope: Scope, asks: Sequence[RuleAsk]) -> None:
    """Deletes the links of judged events."""
    update_rows(
        connection,
        f"DELETE FROM {ASK_LINK.name} "  # noqa: S608 - our names
        "WHERE log = ? AND generation = ? AND link = ? AND moment = ? AND idx = ?",
        [(*scope, link, ask.moment, ask.index) for rule, ask in asks for link in links(rule, ask)],
    )


def delete_records(connection: Connection, scope: Scope, indexes: Collection[int]) -> None:
    """Deletes all that some records gave, but for the links."""
    for table in (ASK, EVIDENCE, VERDICT, TALLY):
        update_rows(
            connection,
            f"DELETE FROM {table.name} "  # noqa: S608 - our names
            "WHERE log = ? AND generation = ? AND idx = ?",
            [(*scope, index) for index in sorted(indexes)],
        )


def read_asks(connection: Connection, scope: Scope, indexes: Iterable[int]) -> list[RuleAsk]:
    """The judged events that some records are, without their keys."""
    found = []
    for some in batched(sorted(set(indexes)), _ASKED_AT_ONCE):
        query = select(ASK).where(_mine(ASK, scope), ASK.c.idx.in_(some))
        found += [
            RuleAsk(row.rule, Ask(row.idx, row.moment, _decode_terms(row.terms), (), row.gone))
            for row in connection.execute(query)
        ]
    return found


def asks_linked(connection: Connection, scope: Scope, spans: Sequence[Span]) -> set[AskPlace]:
    """The judged events on some links with moments in their spans."""
    found: set[AskPlace] = set()
    for some in batched(spans, _ASKED_AT_ONCE):
        rows = _joined(
            connection,
            scope,
            some,
            f"SELECT v.link, a.idx FROM v JOIN {ASK_LINK.name} a "  # noqa: S608 - our names
            "ON a.log = ? AND a.generation = ? AND a.link = v.link "
            "AND a.moment >= v.since AND a.moment <= v.until",
        )
        found.update(AskPlace(row[1], int(row[0].partition(".")[0])) for row in rows)
    return found


def moments_before(connection: Connection, scope: Scope, spans: Sequence[Span]) -> dict[str, int]:
    """Of some links, the latest moment of standing evidence before the span begins."""
    found: dict[str, int] = {}
    for some in batched(spans, _ASKED_AT_ONCE):
        rows = _joined(
            connection,
            scope,
            some,
            f"SELECT v.link, MAX(e.moment) FROM v JOIN {EVIDENCE.name} e "  # noqa: S608
            "ON e.log = ? AND e.generation = ? AND e.link = v.link "
            f"AND e.moment < v.since AND e.gone = {FOREVER} GROUP BY v.link",
        )
        found.update((row[0], row[1]) for row in rows)
    return found


def evidence_linked(
    connection: Connection, scope: Scope, spans: Sequence[Span]
) -> list[RuleEvidence]:
    """The evidence on some links with moments in their spans."""
    found: list[RuleEvidence] = []
    for some in batched(spans, _ASKED_AT_ONCE):
        rows = _joined(
            connection,
            scope,
            some,
            f"SELECT {_EVIDENCE_COLUMNS} FROM v JOIN {EVIDENCE.name} e "  # noqa: S608 - our names
            "ON e.log = ? AND e.generation = ? AND e.link = v.link "
            "AND e.moment >= v.since AND e.moment <= v.until",
        )
        found += [_evidence(row) for row in rows]
    return found


def evidence_on_streams(
    connection: Connection, scope: Scope, streams: Collection[str]
) -> list[RuleEvidence]:
    """The evidence that belongs to some cases; `streams` as the table has them."""
    found: list[RuleEvidence] = []
    for some in batched(sorted(streams), _ASKED_AT_ONCE):
        query = select(EVIDENCE).where(_mine(EVIDENCE, scope), EVIDENCE.c.stream.in_(some))
        found += [_evidence(_as_tuple(row)) for row in connection.execute(query)]
    return found


def evidence_at(
    connection: Connection, scope: Scope, indexes: Collection[int]
) -> list[RuleEvidence]:
    """The evidence that some records gave."""
    found = []
    for some in batched(sorted(indexes), _ASKED_AT_ONCE):
        query = select(EVIDENCE).where(_mine(EVIDENCE, scope), EVIDENCE.c.idx.in_(some))
        found += [_evidence(_as_tuple(row)) for row in connection.execute(query)]
    return found


def _joined(
    connection: Connection, scope: Scope, spans: Sequence[Span], statement: str
) -> Sequence[Any]:
    """The rows of a statement that joins a list of spans, `v(link, since, until)`."""
    typed = "(?, ?, ?)"
    if connection.dialect.name == "postgresql":
        typed = "(%s::text, %s::bigint, %s::bigint)"
        statement = statement.replace("?", "%s")
    values = ", ".join([typed] * len(spans))
    asked = tuple(value for span in spans for value in span)
    whole = f"WITH v(link, since, until) AS (VALUES {values}) {statement}"
    return connection.exec_driver_sql(whole, (*asked, *scope)).fetchall()


def _mine(table: Table, scope: Scope) -> ColumnElement[bool]:
    return and_(table.c.log == scope.log, table.c.generation == scope.generation)


def _text(terms: Mapping[str, Values]) -> str:
    return _encode(terms).decode()


def _as_tuple(row: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a row of the evidence
    return (
        *(row.rule, row.need, row.idx, row.link, row.stream, row.moment, row.until),
        *(row.effect, row.terms, row.gone),
    )


def _evidence(row: Sequence[Any]) -> RuleEvidence:
    rule, need, index, link, stream, moment, until, effect, terms, gone = row
    key, case = link.partition(" ")[2], stream.partition(" ")[2]
    return RuleEvidence(
        rule,
        Evidence(need, index, key, case, moment, until, effect, _decode_terms(terms), gone),
    )
