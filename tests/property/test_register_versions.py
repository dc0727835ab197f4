"""Laws of the register: an id and a time mean one version, and its number never changes."""

from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ledger.units import Size
from projections import state
from projections.art30.versions import resolve, versions_of
from projections.cases.reading import Moment
from tests.histories import day
from tests.view_histories import LAST_DAY, MOST_EVENTS, histories, random_ledger, record_stretch

ACTIVITY: Final = "urn:activity:a"
_DAYS: Final = st.integers(0, LAST_DAY)
_LATER: Final = st.none() | _DAYS.map(lambda on: day(on).isoformat())


def _change(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    known = {"kind": st.just(kind), "on": _DAYS, "effective_from": _LATER}
    return st.fixed_dictionaries({**known, "processing_activity_id": st.just(ACTIVITY), **fields})


_ROLES: Final = st.sampled_from(["controller", "processor", "joint"])
CHANGES: Final = st.one_of(
    _change("processing_activity.registered", role=_ROLES),
    _change("processing_activity.amended", role=_ROLES),
    _change("processing_activity.retired"),
    st.fixed_dictionaries(
        {
            "kind": st.just("log.correction_recorded"),
            "on": _DAYS,
            "corrected": st.integers(0, MOST_EVENTS - 1),
        }
    ),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all examples keep their logs: in one database, whose tables they share."""
    return tmp_path_factory.mktemp("versions")


@given(histories(CHANGES), st.integers(0, MOST_EVENTS))
@settings(max_examples=30)
def test_an_id_and_a_time_mean_one_version(
    folder: Path, history: list[dict[str, Any]], cut: int
) -> None:
    """A line of a log would mean two entries of the register, or another one than it shows."""
    ledger = random_ledger(folder)
    record_stretch(ledger, history, 0, len(history))
    size = Size(min(cut, len(history)))
    for on in range(LAST_DAY + 2):
        moment = Moment(day(on), size)
        versions = versions_of(ledger, ACTIVITY, moment)
        standing = [
            stretch
            for version in versions
            for stretch in version.in_force
            if stretch.since <= day(on) and (stretch.until is None or day(on) < stretch.until)
        ]
        found = resolve(ledger, ACTIVITY, moment)
        assert len(standing) <= 1
        assert (found.version is None) == (standing == [])
        assert (found.reason is None) == (found.version is not None)
        if found.version is not None:
            assert found.version.version == standing[0].version
        if size == len(history):
            rows = state(ledger, "register", as_of=day(on)).rows
            assert [row["version"] for row in rows] == [each.version for each in standing]
    ledger.close()


@given(histories(CHANGES), st.integers(0, MOST_EVENTS))
@settings(max_examples=30)
def test_a_number_stays_whatever_comes_later(
    folder: Path, history: list[dict[str, Any]], cut: int
) -> None:
    """A version that somebody wrote down would be another one a week later."""
    ledger = random_ledger(folder)
    record_stretch(ledger, history, 0, len(history))
    size = min(cut, len(history))
    early = versions_of(ledger, ACTIVITY, Moment(day(5), Size(size)))
    late = versions_of(ledger, ACTIVITY, Moment(day(5), Size(len(history))))
    numbered = {each.index: each.version for each in late}
    assert [each.version for each in late] == list(range(1, len(late) + 1))
    assert all(numbered[each.index] == each.version for each in early)
    assert {each.index for each in early} == {index for index in numbered if index < size}
    ledger.close()
