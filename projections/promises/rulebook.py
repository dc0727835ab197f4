"""The rules by which one generation of the view judges: those settled when it began.

What is settled afterwards (a promise declared, a parameter set, a policy published) makes the
generation stale: its rows say what was believed without it. The next question builds another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, and_, case, func, insert, select

from ledger.body import join_body
from projections.bitemporal import FOREVER
from projections.position import read_places
from projections.promises.dockets import Docket
from projections.promises.editions import Editions, Setting, SettingRecord
from projections.promises.needs import NeedBook
from projections.promises.program import JudgedRule, rules_of
from projections.promises.tables import JUDGED_WITH, SETTING, SETTINGS_VIEW
from projections.promises.trials import Trial, trial_of
from projections.tables import Scope

NOTHING_SETTLED: Final = -1


@dataclass(frozen=True)
class Rulebook:
    """Promises as they were settled up to a record, and their rules ready to judge."""

    settled: int
    editions: Editions
    rules: tuple[JudgedRule, ...] = field(init=False)
    """Each stands at the place of its number."""
    needs: NeedBook = field(init=False)
    """What they need of other events."""

    def __post_init__(self) -> None:
        """Makes the rules ready, in the order of their declarations."""
        rules = [
            rule
            for index in sorted(self.editions.declarations)
            for rule in rules_of(self.editions.declarations[index])
        ]
        needs = NeedBook()
        numbered = tuple(
            replace(
                rule,
                number=place,
                editions=self.editions.of(rule.declaration.index),
                needs=needs.of(rule.rule, place),
            )
            for place, rule in enumerate(rules)
        )
        object.__setattr__(self, "rules", numbered)
        object.__setattr__(self, "needs", needs)

    def judging(self, kind: str, system: str | None) -> Sequence[Trial]:
        """How events of a kind from a system are judged."""
        found = self._judging.get((kind, system))
        if found is None:
            trials = (trial_of(rule, kind, system) for rule in self.rules)
            found = [trial for trial in trials if trial is not None]
            self._judging[kind, system] = found
        return found

    def docket(self, kind: str, system: str | None) -> Docket:
        """The same, with what events have in common that say the same."""
        found = self._dockets.get((kind, system))
        if found is None:
            found = self._dockets[kind, system] = Docket(kind, self.judging(kind, system))
        return found

    @cached_property
    def _dockets(self) -> dict[tuple[str, str | None], Docket]:
        return {}

    @cached_property
    def _judging(self) -> dict[tuple[str, str | None], list[Trial]]:
        return {}


_KNOWN: Final["WeakKeyDictionary[Engine, dict[tuple[int, int, int], Rulebook]]"] = (
    WeakKeyDictionary()
)
"""Rulebooks by log, generation of the settings, and what was settled: they never change."""


def rulebook(connection: Connection, scope: Scope) -> Rulebook:
    """The rules of a generation; those settled by now, if it has none yet."""
    columns = JUDGED_WITH.c
    settled = connection.scalar(
        select(columns.settled).where(
            columns.log == scope.log, columns.generation == scope.generation
        )
    )
    if settled is None:
        settled = settled_now(connection, scope.log)
        row = {"log": scope.log, "generation": scope.generation, "settled": settled}
        connection.execute(insert(JUDGED_WITH).values(**row))
    return read_rulebook(connection, scope.log, settled)


def rulebook_read(connection: Connection, scope: Scope) -> Rulebook:
    """The rules of a generation as a reader needs them; none, where nothing was folded yet."""
    columns = JUDGED_WITH.c
    settled = connection.scalar(
        select(columns.settled).where(
            columns.log == scope.log, columns.generation == scope.generation
        )
    )
    return read_rulebook(connection, scope.log, NOTHING_SETTLED if settled is None else settled)


def is_stale(connection: Connection, scope: Scope) -> bool:
    """Whether anything was settled since a generation began."""
    columns = JUDGED_WITH.c
    settled = connection.scalar(
        select(columns.settled).where(
            columns.log == scope.log, columns.generation == scope.generation
        )
    )
    return settled is not None and settled != settled_now(connection, scope.log)


def settled_now(connection: Connection, log: int) -> int:
    """The index of the last record that settled anything, or took such a one back."""
    place = read_places(connection, log).get(SETTINGS_VIEW)
    if place is None:
        return NOTHING_SETTLED
    columns = SETTING.c
    last = case((columns.known_to < FOREVER, columns.known_to), else_=columns.idx)
    mine = and_(columns.log == log, columns.generation == place.generation)
    found = connection.scalar(select(func.max(last)).where(mine))
    return NOTHING_SETTLED if found is None else found


def read_rulebook(connection: Connection, log: int, settled: int) -> Rulebook:
    """The rules as they were settled up to a record."""
    place = read_places(connection, log).get(SETTINGS_VIEW)
    if place is None or settled == NOTHING_SETTLED:
        return Rulebook(NOTHING_SETTLED, Editions(()))
    known = _KNOWN.setdefault(connection.engine, {})
    key = (log, place.generation, settled)
    if key not in known:
        columns = SETTING.c
        query = select(columns.idx, columns.known_to, columns.body).where(
            columns.log == log, columns.generation == place.generation, columns.idx <= settled
        )
        records = [
            SettingRecord(
                row.idx,
                row.known_to if row.known_to <= settled else FOREVER,
                cast("Setting", join_body(row.body.encode(), {})),
            )
            for row in connection.execute(query)
        ]
        known[key] = Rulebook(settled, Editions(records))
    return known[key]
