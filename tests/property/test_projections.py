"""Laws of the views: rebuilt equals followed, and what was known stays known."""

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ledger.ledger import Ledger
from ledger.store import reading
from ledger.store.requests import microseconds
from projections import VIEWS, catch_up, rebuild, running
from projections.position import Place, begin, read_places
from projections.reader import Reader
from projections.tables import Scope
from projections.view import View
from tests.histories import day, event, new_ledger
from tests.view_rows import rows_of_all

_LAST_DAY: Final = 9
_DAYS: Final = st.integers(0, _LAST_DAY)
_LATER: Final = st.none() | _DAYS.map(lambda on: day(on).isoformat())
_PEOPLE: Final = st.sampled_from(["person:anna", "person:bram"])
_RESOURCES: Final = st.sampled_from(["customer-file", "payroll"])
_GRANTS: Final = st.sampled_from(["G-1", "G-2"])
_ACTS: Final = st.lists(st.sampled_from(["read", "write"]), unique=True)
_IPS: Final = st.sampled_from(["ip:203.0.113.7", "ip:198.51.100.1"])
_SYSTEMS: Final = st.none() | st.sampled_from(["crm", "web"])
_ORGANISATIONS: Final = st.sampled_from(["acme", "xential"])
_MOST_EVENTS: Final = 14


def _fact(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"kind": st.just(kind), "on": _DAYS, **fields})


def _block(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return _fact(kind, block_id=st.sampled_from(["B-1", "B-2"]), ip=_IPS, **fields)


def _activity(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    uris = st.sampled_from(["urn:activity:a", "urn:activity:b"])
    return _fact(kind, processing_activity_id=uris, effective_from=_LATER, **fields)


def _party(role: str) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"role": st.just(role), "organisation": _ORGANISATIONS})


_FACTS: Final = st.one_of(
    _fact(
        "access.granted",
        grant_id=_GRANTS,
        grantee=_PEOPLE,
        resource=_RESOURCES,
        acts=_ACTS,
        valid_until=_LATER,
    ),
    _fact("access.modified", grant_id=_GRANTS, acts=_ACTS, valid_from=_LATER),
    _fact("access.revoked", grant_id=_GRANTS),
    _fact(
        "access.used",
        grant_id=st.none() | _GRANTS,
        actor=_PEOPLE,
        resource=_RESOURCES,
        act=st.none() | st.sampled_from(["read", "write"]),
        system=_SYSTEMS,
    ),
    _block("ip.blocked", until=_LATER),
    _block("ip.unblocked"),
    _fact("intrusion.attempt_detected", ip=_IPS, system=_SYSTEMS),
    _fact(
        "policy.published",
        policy_id=st.just("privacy"),
        text_sha256=st.sampled_from(["a" * 64, "b" * 64]),
        effective_from=_LATER,
    ),
    _fact(
        "policy.withdrawn",
        policy_id=st.just("privacy"),
        text_sha256=st.none() | st.just("a" * 64),
    ),
    _activity("processing_activity.registered", role=st.just("controller")),
    _activity("processing_activity.amended", role=st.just("processor")),
    _activity("processing_activity.retired"),
    _fact(
        "exchange.performed",
        direction=st.sampled_from(["in", "out"]),
        exchange_kind=st.just("sync"),
        sender=_party("processor"),
        recipient=_party("controller"),
        size_bytes=st.none() | st.integers(0, 99),
        system=_SYSTEMS,
    ),
    _fact("system.registered", system_id=st.just("crm"), organisation=_ORGANISATIONS),
    _fact("system.retired", system_id=st.just("crm")),
    _fact(
        "log.source_coverage_declared",
        source=st.just("crm"),
        covered_from=st.just("2026-01-03T00:00:00Z"),
    ),
    _fact("contact.requested", channel=st.just("phone"), system=_SYSTEMS),
    _fact("log.correction_recorded", corrected=st.integers(0, _MOST_EVENTS - 1)),
)
"""Facts about few entities, so that they meet: late, twice, out of order, about what nobody saw."""


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Facts with places in the list for whatever they take back, before or after themselves."""
    facts = draw(st.lists(_FACTS, min_size=1, max_size=_MOST_EVENTS))
    for fact in facts:
        if draw(st.integers(0, 3)) == 0:
            fact["supersedes"] = draw(st.integers(0, _MOST_EVENTS - 1))
    return facts


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all examples keep their logs: in one database, whose tables they share."""
    return tmp_path_factory.mktemp("views")


_NUMBERS: Final[Iterator[int]] = count()


def _ledger(folder: Path) -> Ledger:
    return new_ledger(f"sqlite:///{folder / 'zegel.db'}", folder, f"log-{next(_NUMBERS)}")


def _record(ledger: Ledger, history: Sequence[dict[str, Any]], start: int, stop: int) -> None:
    """Records a stretch of a history; the event at a place has the id of that place."""
    events = []
    for place in range(start, stop):
        fact = {name: value for name, value in history[place].items() if value is not None}
        for pointer, name in (("supersedes", "supersedes"), ("corrected", "corrected_event_id")):
            if pointer in fact:
                fact[name] = str(_id_of(ledger, fact.pop(pointer)))
        fact["event_id"] = str(_id_of(ledger, place))
        events.append(event(fact.pop("kind"), fact.pop("on"), **fact))
    if events:
        ledger.record_many(events)


def _id_of(ledger: Ledger, place: int) -> UUID:
    return UUID(int=(ledger.log.log_id << 80) | (7 << 76) | (2 << 62) | place)


@given(
    histories(),
    st.lists(st.integers(0, _MOST_EVENTS), max_size=3),
    st.integers(1, 5),
    st.integers(1, 5),
)
@settings(max_examples=30)
def test_a_rebuild_gives_the_rows_that_following_gave(
    folder: Path, history: list[dict[str, Any]], cuts: list[int], batch: int, other: int
) -> None:
    """What a view says would depend on when it was asked, or on where a process stopped."""
    ledger = _ledger(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "BATCH_RECORDS", batch)
        start = 0
        for stop in [*sorted(min(cut, len(history)) for cut in cuts), len(history)]:
            _record(ledger, history, start, stop)
            catch_up(ledger)
            start = stop
        followed = rows_of_all(ledger)
        patch.setattr(running, "BATCH_RECORDS", other)
        rebuild(ledger)
    rebuilt = rows_of_all(ledger)
    ledger.close()
    assert rebuilt == followed


def _folded_to(ledger: Ledger, view: View, size: int) -> Scope:
    """A generation of a view that never saw more than the first records."""
    log = ledger.log.log_id
    place = Place(f"{view.name}/prefix", view.version, 1_000 + size, 0)
    with ledger.log.engine.begin() as connection:
        begin(connection, log, place)
    running._follow(ledger, {place.key: view}, size, None)
    return Scope(log, place.generation)


@given(histories(), st.integers(0, _MOST_EVENTS), st.integers(0, _LAST_DAY + 1))
@settings(max_examples=30)
def test_what_was_known_at_a_size_is_what_that_prefix_says(
    folder: Path, history: list[dict[str, Any]], cut: int, on: int
) -> None:
    """A later record would change what we say that we knew before it."""
    ledger = _ledger(folder)
    _record(ledger, history, 0, len(history))
    catch_up(ledger)
    size = min(cut, len(history))
    log, moment = ledger.log.log_id, microseconds(day(on))
    for view in VIEWS.values():
        prefix = _folded_to(ledger, view, size)
        with reading(ledger.log.engine) as connection:
            whole = Scope(log, read_places(connection, log)[view.name].generation)
            known = Reader(connection, whole, moment, size, {})
            latest = Reader(connection, prefix, moment, size, {})
            for name, section in view.sections.items():
                assert section.rows(known) == section.rows(latest), (view.name, name)
    ledger.close()
