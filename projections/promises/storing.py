"""Judged events, the evidence about them and verdicts, as the tables keep them.

Many are looked up at once: a statement joins a list of links, each with its bounds, with the rows.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, and_, literal_column, select

from projections.batches import batched
from projections.bitemporal import FOREVER
from projections.promises.history import KnownSegment
from projections.promises.material import Ask, Evidence
from projections.promises.rulebook import Rulebook
from projections.promises.tables import ASK, ASK_LINK, EVIDENCE, TALLY, VERDICT, number_of
from projections.reader import listed
from projections.tables import Scope, insert_rows, update_rows

_ASKED_AT_ONCE: Final = 250
_BY_STREAM: Final = f"INDEXED BY ix_{EVIDENCE.name}_stream"
_encode = msgspec.json.Encoder().encode
_decode_terms = msgspec.json.Decoder(dict[str, tuple[bool | int | str, ...]]).decode
_EVIDENCE_COLUMNS: Final = (
    "e.need, e.idx, e.link, e.stream, e.moment, e.until, e.effect, e.terms, e.gone"
)


class AskPlace(NamedTuple):
    """Where a judged event stands: its record and the number of the rule."""

    record: int
    rule: int


class Span(NamedTuple):
    """A link with the moments that are asked for, both included."""

    link: str
    since: int
    until: int


def insert_asks(connection: Connection, scope: Scope, book: Rulebook, asks: Sequence[Ask]) -> None:
    """Stores judged events with their links."""
    together: dict[tuple[int, int], list[Ask]] = {}
    for ask in asks:
        together.setdefault((ask.index, ask.moment), []).append(ask)
    insert_rows(connection, ASK, [_ask_row(scope, book, some) for some in together.values()])
    insert_links(connection, scope, book, asks)


def _ask_row(scope: Scope, book: Rulebook, asks: Sequence[Ask]) -> tuple[Any, ...]:
    """The row of one event, as some rules judge it."""
    _, index, moment, _, _, gone, _ = asks[0]
    numbers = [ask.rule for ask in asks]
    terms = {path: ask.terms[path] for ask in asks for path in book.rules[ask.rule].asked_paths}
    return (*scope, index, moment, gone, _encode(numbers).decode(), _encode(terms).decode())


def insert_links(connection: Connection, scope: Scope, book: Rulebook, asks: Sequence[Ask]) -> None:
    """Stores the links of judged events."""
    insert_rows(connection, ASK_LINK, _link_rows(scope, book, asks))


def _link_rows(scope: Scope, book: Rulebook, asks: Iterable[Ask]) -> list[tuple[Any, ...]]:
    """The rows of the links, each once: rules may share a need, and needs a key.

    In the order of the key: neighbours are written together.
    """
    numbers: dict[str, int] = {}
    found = set()
    for ask in asks:
        for links in ask.links:
            for link in links:
                number = numbers.get(link)
                if number is None:
                    number = numbers[link] = number_of(book.needs.asked_link(link))
                found.add((number, ask.moment, ask.index))
    return [(*scope, *row) for row in sorted(found)]


def insert_evidence(connection: Connection, scope: Scope, found: Sequence[Evidence]) -> None:
    """Stores evidence, each record's in the order in which it came."""
    places: dict[tuple[int, int], int] = {}
    rows = []
    for need, index, link, stream, moment, until, effect, terms, gone in found:
        place = places.get((index, need), 0)
        places[index, need] = place + 1
        links = (link, number_of(link), stream, number_of(stream))
        text = _encode(terms).decode()
        rows.append((*scope, index, need, place, *links, moment, until, gone, effect, text))
    insert_rows(connection, EVIDENCE, rows)


def insert_verdicts(
    connection: Connection,
    scope: Scope,
    found: Iterable[tuple[Ask, str | None, str | None, KnownSegment]],
) -> None:
    """Stores verdicts; each with its event, group and counted value."""
    insert_rows(
        connection,
        VERDICT,
        # In the order of the key: the database writes at the end of the table only.
        sorted(_verdict_rows(scope, found)),
    )


def _verdict_rows(
    scope: Scope, found: Iterable[tuple[Ask, str | None, str | None, KnownSegment]]
) -> Iterator[tuple[Any, ...]]:
    log, generation = scope
    for (rule, index, moment, *_), grouped, counted, (segment, known_from, known_to) in found:
        since, until, verdict, due, measure, reason, evidence = segment
        rests_on = _encode(evidence).decode() if evidence else None
        yield (
            *(log, generation, index, rule, since, known_from, until, known_to, moment, verdict),
            *(due, measure, grouped, counted, reason, rests_on),
        )


def delete_verdicts(connection: Connection, scope: Scope, asks: Iterable[Ask]) -> None:
    """Deletes every verdict about some judged events."""
    update_rows(
        connection,
        f"DELETE FROM {VERDICT.name} "  # noqa: S608 - our names
        "WHERE log = ? AND generation = ? AND idx = ? AND rule = ?",
        [(*scope, ask.index, ask.rule) for ask in asks],
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


def delete_links(connection: Connection, scope: Scope, book: Rulebook, asks: Sequence[Ask]) -> None:
    """Deletes the links of judged events; of all that a record gave."""
    update_rows(
        connection,
        f"DELETE FROM {ASK_LINK.name} "  # noqa: S608 - our names
        "WHERE log = ? AND generation = ? AND link = ? AND moment = ? AND idx = ?",
        _link_rows(scope, book, asks),
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


def read_asks(connection: Connection, scope: Scope, indexes: Iterable[int]) -> list[Ask]:
    """The judged events that some records are, without their links."""
    found = []
    for some in batched(sorted(set(indexes)), _ASKED_AT_ONCE):
        query = select(ASK).where(_mine(ASK, scope), ASK.c.idx.in_(some))
        for row in connection.execute(query):
            terms = _decode_terms(row.terms)
            found += [
                Ask(rule, row.idx, row.moment, terms, (), row.gone) for rule in listed(row.rules)
            ]
    return found


def asks_linked(
    connection: Connection, scope: Scope, book: Rulebook, spans: Sequence[Span]
) -> set[tuple[int, str]]:
    """The records of judged events on some links with moments in their spans, with the link.

    Some may be on another link with the same key or number: the judge makes nothing else of them.
    """
    found: set[tuple[int, str]] = set()
    for some in batched(spans, _ASKED_AT_ONCE):
        asked = [(book.needs.asked_link(span.link), span) for span in some]
        rows = _joined(
            connection,
            scope,
            [span._replace(link=link) for link, span in asked],
            f"SELECT a.idx, v.place FROM v JOIN {ASK_LINK.name} a "  # noqa: S608 - our names
            "ON a.log = ? AND a.generation = ? AND a.link = v.number "
            "AND a.moment >= v.since AND a.moment <= v.until",
        )
        found.update((index, some[place].link) for index, place in rows)
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
            "ON e.log = ? AND e.generation = ? AND e.link_number = v.number AND e.link = v.link "
            f"AND e.moment < v.since AND e.gone = {FOREVER} GROUP BY v.link",
        )
        found.update((row[0], row[1]) for row in rows)
    return found


def evidence_linked(connection: Connection, scope: Scope, spans: Sequence[Span]) -> list[Evidence]:
    """The evidence on some links with moments in their spans."""
    found: list[Evidence] = []
    for some in batched(spans, _ASKED_AT_ONCE):
        rows = _joined(
            connection,
            scope,
            some,
            f"SELECT {_EVIDENCE_COLUMNS} FROM v JOIN {EVIDENCE.name} e "  # noqa: S608 - our names
            "ON e.log = ? AND e.generation = ? AND e.link_number = v.number AND e.link = v.link "
            "AND e.moment >= v.since AND e.moment <= v.until",
        )
        found += [_evidence(row) for row in rows]
    return found


def evidence_on_streams(
    connection: Connection, scope: Scope, streams: Collection[str]
) -> list[Evidence]:
    """The evidence that belongs to some cases; `streams` as the table has them."""
    found: list[Evidence] = []
    for some in batched(sorted(streams), _ASKED_AT_ONCE):
        query = select(EVIDENCE).where(
            _mine(EVIDENCE, scope),
            EVIDENCE.c.stream_number.in_(sorted({number_of(stream) for stream in some})),
            EVIDENCE.c.stream.in_(some),
            # Word by word the condition of the index: without both SQLite walks all evidence.
            EVIDENCE.c.stream != literal_column("''"),
        )
        query = query.with_hint(EVIDENCE, _BY_STREAM, "sqlite")
        found += [_evidence(_as_tuple(row)) for row in connection.execute(query)]
    return found


def evidence_at(connection: Connection, scope: Scope, indexes: Collection[int]) -> list[Evidence]:
    """The evidence that some records gave."""
    found = []
    for some in batched(sorted(indexes), _ASKED_AT_ONCE):
        query = select(EVIDENCE).where(_mine(EVIDENCE, scope), EVIDENCE.c.idx.in_(some))
        found += [_evidence(_as_tuple(row)) for row in connection.execute(query)]
    return found


def _joined(
    connection: Connection, scope: Scope, spans: Sequence[Span], statement: str
) -> Sequence[Any]:
    """The rows of a statement that joins spans, `v(link, since, until, number, place)`."""
    typed = "(?, ?, ?, ?, ?)"
    if connection.dialect.name == "postgresql":
        typed = "(%s::text, %s::bigint, %s::bigint, %s::bigint, %s::bigint)"
        statement = statement.replace("?", "%s")
    values = ", ".join([typed] * len(spans))
    asked = [
        value for place, span in enumerate(spans) for value in (*span, number_of(span.link), place)
    ]
    whole = f"WITH v(link, since, until, number, place) AS (VALUES {values}) {statement}"
    return connection.exec_driver_sql(whole, (*asked, *scope)).fetchall()


def _mine(table: Table, scope: Scope) -> ColumnElement[bool]:
    return and_(table.c.log == scope.log, table.c.generation == scope.generation)


def _as_tuple(row: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a row of the evidence
    return (
        *(row.need, row.idx, row.link, row.stream, row.moment, row.until),
        *(row.effect, row.terms, row.gone),
    )


def _evidence(row: Sequence[Any]) -> Evidence:
    need, index, link, stream, moment, until, effect, terms, gone = row
    return Evidence(need, index, link, stream, moment, until, effect, _decode_terms(terms), gone)
