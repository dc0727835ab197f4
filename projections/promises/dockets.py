"""Which rules judge the events of one kind from one system, sorted by what they look at."""

from collections.abc import Hashable, Iterator, Sequence
from typing import Final, NamedTuple

from projections.promises.alike import Sort, fields_of_each, key_of
from projections.promises.program import ORGANISATIONS
from projections.promises.trials import Trial
from projections.promises.values import EventValues

_MOST_KEPT: Final = 1_024
_TIMELESS: Final = frozenset({"never", "subset", "only-if", "metric"})
"""Rules that ask when an event took place only of others that bear on it."""


class Case(NamedTuple):
    """A rule that judges an event."""

    trial: Trial
    at: str | None
    """The field that gives the moment of the event."""


class Chosen(NamedTuple):
    """The rules that judge an event."""

    sorts: tuple[tuple[Sort, tuple[Case, ...]], ...]
    """Those that make the same of events that say the same."""
    apart: tuple[Case, ...]
    """Those that judge each event by itself."""


class Docket:
    """The rules for events of one kind from one system."""

    def __init__(self, kind: str, trials: Sequence[Trial]) -> None:
        """Takes the rules, by number."""
        self._kind = kind
        self._trials = trials
        self._of_each = fields_of_each(kind)
        self._key_of = key_of(kind, _paths_choosing(trials))
        self._chosen: dict[Hashable, Chosen] = {}

    def chosen(self, event: object) -> Chosen:
        """The rules that judge an event."""
        if self._key_of is None:
            return self._choice(event)
        key = self._key_of(event)
        found = self._chosen.get(key)
        if found is None:
            if len(self._chosen) >= _MOST_KEPT:
                self._chosen.clear()
            found = self._chosen[key] = self._choice(event)
        return found

    def _choice(self, event: object) -> Chosen:
        values = EventValues(event)
        cases = [case for each in self._trials if (case := _case(each, values)) is not None]
        apart = [case for case in cases if not _is_shared(case)]
        alike: dict[frozenset[str], list[Case]] = {}
        for case in cases:
            if _is_shared(case):
                looked_at = {path.partition(".")[0] for path in case.trial.rule.asked_paths}
                alike.setdefault(self._of_each & looked_at, []).append(case)
        sorts: list[tuple[Sort, tuple[Case, ...]]] = []
        for some in alike.values():
            key = key_of(self._kind, _paths_asked(some))
            if key is None:
                apart += some
            else:
                sorts.append((Sort(key), tuple(some)))
        return Chosen(tuple(sorts), tuple(apart))


def _case(trial: Trial, values: EventValues) -> Case | None:
    """A rule with the moment by which it judges an event, if it judges it at all."""
    for trigger in trial.triggers:
        if trigger.fits(values):
            break
    else:
        return None
    if not (trial.is_certain or trial.rule.is_about(values)):
        return None
    return Case(trial, trigger.at)


def _is_shared(case: Case) -> bool:
    """Whether a rule makes the same of events with the same values, as long as it stands."""
    rule = case.trial.rule
    if case.at is not None or rule.is_state or rule.used_up:
        return False
    elapsed = rule.rule.measure is not None and rule.rule.measure.of == "elapsed"
    return not rule.is_alone or (rule.rule.rule_kind in _TIMELESS and not elapsed)


def _paths_choosing(trials: Sequence[Trial]) -> Iterator[str]:
    """The fields by which it is decided which rules judge an event."""
    for trial in trials:
        for trigger in trial.triggers:
            yield from trigger.paths
        if not trial.is_certain:
            yield from ORGANISATIONS


def _paths_asked(cases: Sequence[Case]) -> Iterator[str]:
    for case in cases:
        yield from case.trial.rule.asked_paths
