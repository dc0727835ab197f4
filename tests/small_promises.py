"""Promises of one rule or a few, and what a small log says of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from ledger.events import Event
from ledger.ledger import Ledger
from ledger.units import Size
from projections.cases.reading import Moment
from projections.promises import Item, PromiseVerdict, promise_items, promise_verdicts
from tests.histories import day, event, new_ledger

SYSTEM: Final = "portal"
NAME: Final = "ABC-01"
Rule = dict[str, Any]


def small_log(folder: Path) -> Ledger:
    """An empty log in a file of its own."""
    return new_ledger(f"sqlite:///{folder / 'small.sqlite'}", folder, "small")


def declared(*rules: Rule, on: float = 0, name: str = NAME, **fields: Any) -> Event:  # noqa: ANN401 - whatever a declaration takes
    """That a promise about one system was declared."""
    told = {"applies_to": [SYSTEM], "rules": list(rules), **fields}
    return event("promise.declared", on, promise_id=name, **told)


def reported(kind: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - whatever the kind takes
    """An event that the system reports."""
    return event(kind, on, system=SYSTEM, **fields)


def connected(since: float = -5, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """That the system was declared connected."""
    return event(
        "log.source_coverage_declared",
        0,
        source=SYSTEM,
        covered_from=day(since).isoformat(),
        **fields,
    )


def parameter(on: float, name: str = NAME, **values: Any) -> Event:  # noqa: ANN401 - as above
    """That parameters were set."""
    params = [{"name": each, "value": value} for each, value in values.items()]
    return event("promise.parameter_set", on, promise_id=name, params=params)


def asked(
    ledger: Ledger, on: float = 100, size: int | None = None, name: str = NAME
) -> PromiseVerdict:
    """The verdict on a promise at a moment, by what so many records say."""
    known = ledger.head().size if size is None else Size(size)
    (found,) = promise_verdicts(ledger, Moment(day(on), known), promise_ids=[name])
    return found


def asked_items(ledger: Ledger, on: float = 100, name: str = NAME) -> list[Item]:
    """The judged events of a promise."""
    return promise_items(ledger, Moment(day(on), ledger.head().size), name)


def said_of(
    folder: Path, rules: Sequence[Rule], events: Sequence[Event], on: float = 100
) -> PromiseVerdict:
    """The verdict on a promise with some rules, over some events."""
    ledger = small_log(folder)
    ledger.record_many([declared(*rules), *events])
    found = asked(ledger, on)
    ledger.close()
    return found


def counts(verdict: PromiseVerdict) -> tuple[str, int, int, int, int]:
    """The verdict with how many judged events are kept, broken, pending, undeterminable."""
    found = verdict
    return (found.verdict, found.kept, found.broken, found.pending, found.undeterminable)
