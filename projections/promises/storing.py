"""Judged events, the evidence about them and verdicts, as the tables keep them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, select

from projections.batches import batched
from projections.bitemporal import FOREVER
from projections.promises.history import KnownSegment
from projections.promises.material import Ask, Evidence
from projections.promises.tables import ASK, ASK_KEY, EVIDENCE, TALLY, VERDICT
from projections.promises.values import Terms, Values
from projections.tables import Scope, insert_rows, update_rows

_ASKED_AT_ONCE: Final = 500
_encode = msgspec.json.Encoder().encode
_decode_terms = msgspec.json.Decoder(dict[str, tuple[bool | int | str, ...]]).decode


@dataclass(frozen=True, slots=True)
class AskPlace:
    """Where a judged event stands under a rule."""

    rule: str
    index: int


class RuleAsk(NamedTuple):
    """A judged event with the name of its rule."""

    rule: str
    ask: Ask


class RuleEvidence(NamedTuple):
    """Evidence with the name of the rule it serves."""

    rule: str
    evidence: Evidence


def insert_asks(connection: Connection, scope: Scope, asks: Sequence[RuleAsk]) -> None:
    """Stores judged events with their keys."""
    insert_rows(
        connection,
        ASK,
        [
            (
                *scope,
                each.ask.index,
                each.rule,
                each.ask.moment,
                each.ask.gone,
                _text(each.ask.terms),
            )
            for each in asks
        ],
    )
    insert_rows(
        connection,
        ASK_KEY,
        [
            (*scope, each.ask.index, each.rule, need, place, key, each.ask.moment)
            for each in asks
            for need, keys in enumerate(each.ask.keys)
            for place, key in enumerate(keys)
        ],
    )


def insert_evidence(connection: Connection, scope: Scope, found: Sequence[RuleEvidence]) -> None:
    """Stores evidence, each record's in the order in which it came."""
    places: dict[tuple[str, int, int], int] = {}
    rows = []
    for rule, each in found:
        place = places.get((rule, each.index, each.need), 0)
        places[rule, each.index, each.need] = place + 1
        rows.append(
            (
                *(*scope, each.index, rule, each.need, place, each.key, each.stream),
                *(each.moment, each.until, each.gone, each.effect, _text(each.terms)),
            )
        )
    insert_rows(connection, EVIDENCE, rows)


def insert_verdicts(
    connection: Connection,
    scope: Scope,
    found: Iterable[tuple[str, Ask, str | None, str | None, KnownSegment]],
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
        [(*scope, place.index, place.rule) for place in places],
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


def delete_material(connection: Connection, scope: Scope, indexes: Collection[int]) -> None:
    """Deletes all that some records gave."""
    for table in (ASK, ASK_KEY, EVIDENCE, VERDICT, TALLY):
        update_rows(
            connection,
            f"DELETE FROM {table.name} "  # noqa: S608 - our names
            "WHERE log = ? AND generation = ? AND idx = ?",
            [(*scope, index) for index in sorted(indexes)],
        )


def read_asks(
    connection: Connection, scope: Scope, places: Collection[AskPlace], needs: Mapping[str, int]
) -> dict[AskPlace, Ask]:
    """Judged events with their keys.

    Args:
        connection: The database.
        scope: Whose rows.
        places: Which.
        needs: How many needs each rule has.
    """
    indexes = sorted({place.index for place in places})
    wanted = set(places)
    keys: dict[AskPlace, dict[int, list[str]]] = {}
    table = ASK_KEY
    for some in batched(indexes, _ASKED_AT_ONCE):
        query = (
            select(table.c.idx, table.c.rule, table.c.need, table.c.key)
            .where(_mine(table, scope), table.c.idx.in_(some))
            .order_by(table.c.idx, table.c.rule, table.c.need, table.c.place)
        )
        for row in connection.execute(query):
            keys.setdefault(AskPlace(row.rule, row.idx), {}).setdefault(row.need, []).append(
                row.key
            )
    found: dict[AskPlace, Ask] = {}
    for some in batched(indexes, _ASKED_AT_ONCE):
        for row in connection.execute(select(ASK).where(_mine(ASK, scope), ASK.c.idx.in_(some))):
            place = AskPlace(row.rule, row.idx)
            if place in wanted:
                mine = keys.get(place, {})
                grouped = tuple(tuple(mine.get(need, ())) for need in range(needs[row.rule]))
                found[place] = Ask(row.idx, row.moment, _decode_terms(row.terms), grouped, row.gone)
    return found


def asks_between(  # noqa: PLR0917 - the columns of the index
    connection: Connection, scope: Scope, rule: str, need: int, key: str, since: int, until: int
) -> Iterator[AskPlace]:
    """The judged events of a key with moments in [since, until]."""
    table = ASK_KEY.c
    query = select(table.idx).where(
        _mine(ASK_KEY, scope),
        table.rule == rule,
        table.need == need,
        table.key == key,
        table.moment >= since,
        table.moment <= until,
    )
    return (AskPlace(rule, index) for index in connection.scalars(query).all())


def moment_before(connection: Connection, scope: Scope, rule: str, place: Evidence) -> int | None:
    """The moment of the latest event that serves the same need and key before another one."""
    table = EVIDENCE.c
    query = (
        select(table.moment)
        .where(
            _mine(EVIDENCE, scope),
            table.rule == rule,
            table.need == place.need,
            table.key == place.key,
            table.moment < place.moment,
            table.gone == FOREVER,
            table.idx < place.index,
        )
        .order_by(table.moment.desc())
        .limit(1)
    )
    return connection.scalar(query)


def keys_of_streams(
    connection: Connection, scope: Scope, rule: str, need: int, streams: Collection[str]
) -> set[str]:
    """The keys under which events of some cases serve a need."""
    table = EVIDENCE.c
    found: set[str] = set()
    for some in batched(sorted(streams), _ASKED_AT_ONCE):
        query = select(table.key).where(
            _mine(EVIDENCE, scope), table.rule == rule, table.need == need, table.stream.in_(some)
        )
        found.update(connection.scalars(query.distinct()))
    return found


def read_evidence(
    connection: Connection,
    scope: Scope,
    rule: str,
    need: int,
    keys: Collection[str],
    *,
    since: int | None = None,
    until: int | None = None,
) -> dict[str, list[Evidence]]:
    """What serves a need under some keys, and what ends it, by key.

    Args:
        connection: The database.
        scope: Whose rows.
        rule: The name of the rule.
        need: Its place in the rule.
        keys: Which keys.
        since: Only from this moment on.
        until: Only up to this moment.
    """
    table = EVIDENCE.c
    bounds: list[ColumnElement[bool]] = []
    if since is not None:
        bounds.append(table.moment >= since)
    if until is not None:
        bounds.append(table.moment <= until)
    common = (_mine(EVIDENCE, scope), table.rule == rule, table.need == need, *bounds)
    found: dict[str, list[Evidence]] = {key: [] for key in keys}
    streams: dict[str, set[str]] = {}
    for some in batched(sorted(keys), _ASKED_AT_ONCE):
        for row in connection.execute(select(EVIDENCE).where(*common, table.key.in_(some))):
            found[row.key].append(_evidence(row))
            if row.stream:
                streams.setdefault(row.stream, set()).add(row.key)
    if "" not in found:  # endings that name the case alone
        for some in batched(sorted(streams), _ASKED_AT_ONCE):
            query = select(EVIDENCE).where(*common, table.stream.in_(some), table.key == "")
            for row in connection.execute(query):
                for key in streams[row.stream]:
                    found[key].append(_evidence(row))
    return found


def evidence_at(
    connection: Connection, scope: Scope, indexes: Collection[int]
) -> list[RuleEvidence]:
    """The evidence that some records gave."""
    found = []
    for some in batched(sorted(indexes), _ASKED_AT_ONCE):
        query = select(EVIDENCE).where(_mine(EVIDENCE, scope), EVIDENCE.c.idx.in_(some))
        found += [RuleEvidence(row.rule, _evidence(row)) for row in connection.execute(query)]
    return found


def asks_at(connection: Connection, scope: Scope, indexes: Collection[int]) -> list[AskPlace]:
    """The judged events that some records are."""
    found = []
    for some in batched(sorted(indexes), _ASKED_AT_ONCE):
        query = select(ASK.c.rule, ASK.c.idx).where(_mine(ASK, scope), ASK.c.idx.in_(some))
        found += [AskPlace(row.rule, row.idx) for row in connection.execute(query)]
    return found


def _mine(table: Any, scope: Scope) -> ColumnElement[bool]:  # noqa: ANN401 - a table
    return and_(table.c.log == scope.log, table.c.generation == scope.generation)


def _text(terms: Mapping[str, Values]) -> str:
    return _encode(terms).decode()


def _evidence(row: Row[Any]) -> Evidence:
    terms: Terms = _decode_terms(row.terms)
    return Evidence(
        row.need, row.idx, row.key, row.stream, row.moment, row.until, row.effect, terms, row.gone
    )
