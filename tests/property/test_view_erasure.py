"""Laws of the views after an erasure: what was swept equals a rebuild, and no token is left."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from ledger.erasure.terms import ErasedPlace
from ledger.errors import BadRequest, LegalHoldStands, SubjectErased
from ledger.ledger import Ledger
from ledger.store import reading
from ledger.store.requests import microseconds
from projections import VIEWS, catch_up, rebuild, running
from projections.erasing import erase_disclosures, erase_subject
from projections.position import read_places
from projections.reader import Reader
from projections.sweeping import view_table_names
from projections.tables import Scope
from tests.histories import day
from tests.view_histories import (
    ADDRESSES,
    CUSTOMERS,
    GRANTS,
    LAST_DAY,
    MOST_EVENTS,
    PEOPLE,
    histories,
    random_ledger,
    record_stretch,
)
from tests.view_rows import rows_of_all

_SUBJECTS: Final = st.sampled_from([*PEOPLE, *ADDRESSES, *CUSTOMERS])
_MOMENTS: Final = st.tuples(st.integers(0, LAST_DAY + 1), st.integers(0, 20))
"""A day to ask about, and a size of the log as of which something was known."""
_PLACES: Final = st.lists(st.integers(0, MOST_EVENTS - 1), min_size=1, max_size=4)
_ERASURE: Final = st.one_of(
    st.tuples(st.just("erase somebody"), _SUBJECTS),
    st.tuples(st.just("erase values"), st.tuples(_PLACES, st.booleans())),
)
_STEP: Final = st.one_of(
    _ERASURE,
    st.tuples(st.just("record"), st.integers(1, MOST_EVENTS)),
    st.tuples(st.just("follow"), st.none()),
    st.tuples(st.just("half a rebuild"), st.integers(1, 4)),
)


@st.composite
def _steps(draw: st.DrawFn) -> list[tuple[str, Any]]:
    """What happens to a log, in order: each recording takes the next events of its history."""
    begun = ("record", draw(st.integers(MOST_EVENTS // 2, MOST_EVENTS)))
    first = [begun, ("follow", None), draw(_STEP), draw(_ERASURE)]
    return first + draw(st.lists(_STEP, max_size=3))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all examples keep their logs: in one database, whose tables they share."""
    return tmp_path_factory.mktemp("views")


class _StopError(Exception):
    """Stands for whatever ends a rebuild before its time."""


def _half_a_rebuild(ledger: Ledger, batches: int) -> None:
    told = iter(range(batches + 1))

    def stop(_: int) -> None:
        if next(told) == batches:
            raise _StopError

    with suppress(_StopError):
        rebuild(ledger, progress=stop)


def _subject_ids(ledger: Ledger) -> set[UUID]:
    found = ledger.log.disclosures_of(range(ledger.head().size))
    return {each.subject_id for rows in found.values() for each in rows}


def _erase_somebody(ledger: Ledger, identity: str) -> None:
    # Whom nobody named, or somebody holds, is not erased; nor is anybody twice.
    with suppress(BadRequest, LegalHoldStands, SubjectErased):
        erase_subject(ledger, identity, requested_by="person:dpo")


def _erase_values(ledger: Ledger, places: list[int], *, one: bool) -> None:
    """Erases of some records what they say of one subject, or of each of them."""
    size = ledger.head().size
    found = ledger.log.disclosures_of(sorted({place % size for place in places}))
    doomed = [
        ErasedPlace(each.index, each.subject_id)
        for rows in found.values()
        for each in (rows[:1] if one else rows)
    ]
    if doomed:
        erase_disclosures(ledger, doomed, rule_id="logs")


def _live(ledger: Ledger, history: Sequence[dict[str, Any]], steps: Sequence[Any]) -> set[UUID]:
    """Lets everything happen; gives whoever was ever named."""
    place, named = 0, set()
    for step, value in steps:
        if step == "record":
            stop = min(place + value, len(history))
            record_stretch(ledger, history, place, stop)
            place = stop
        elif step == "follow":
            catch_up(ledger)
        elif step == "half a rebuild":
            _half_a_rebuild(ledger, value)
        elif step == "erase somebody":
            named |= _subject_ids(ledger)
            _erase_somebody(ledger, value)
        else:
            named |= _subject_ids(ledger)
            _erase_values(ledger, value[0], one=value[1])
    catch_up(ledger)
    return named


def _cells(ledger: Ledger) -> str:
    """Every cell of the log in every table of every view, of whatever generation."""
    found = []
    with reading(ledger.log.engine) as connection:
        for name in view_table_names(connection):
            query = text(f"SELECT * FROM {name} WHERE log = :log")
            rows = connection.execute(query, {"log": ledger.log.log_id})
            found += [str(tuple(row)) for row in rows]
    return "\n".join(found)


def _answers(ledger: Ledger, on: int, size: int) -> dict[tuple[str, str], Any]:
    """What every question of every view is answered, as of a day and as known at a size."""
    log = ledger.log.log_id
    found: dict[tuple[str, str], Any] = {}
    with reading(ledger.log.engine) as connection:
        places = read_places(connection, log)
        for view in VIEWS.values():
            scope = Scope(log, places[view.name].generation)
            reader = Reader(connection, scope, microseconds(day(on)), size, {})
            for name, section in view.sections.items():
                found[view.name, name] = section.rows(reader)
    return found


def _require_swept_as_rebuilt(
    ledger: Ledger,
    history: Sequence[dict[str, Any]],
    steps: Sequence[Any],
    batch: int,
    moment: tuple[int, int],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "BATCH_RECORDS", batch)
        named = _live(ledger, history, steps)
        cells, swept, answers = _cells(ledger), rows_of_all(ledger), _answers(ledger, *moment)
        for _ in range(2):  # the first one may go on with what was swept
            rebuild(ledger)
            assert rows_of_all(ledger) == swept
            assert _answers(ledger, *moment) == answers
    left = {each.hex for each in _subject_ids(ledger)}
    assert [each.hex for each in named if each.hex not in left and each.hex in cells] == []
    ledger.close()


@given(histories(), _steps(), st.integers(1, 5), _MOMENTS)
@settings(max_examples=25, phases=[Phase.generate])
def test_what_was_swept_is_what_a_rebuild_gives(
    folder: Path,
    history: list[dict[str, Any]],
    steps: list[Any],
    batch: int,
    moment: tuple[int, int],
) -> None:
    """A view would go on showing who was erased, or show what no record says."""
    _require_swept_as_rebuilt(random_ledger(folder), history, steps, batch, moment)


@given(
    history=histories(GRANTS, 6),
    places=_PLACES,
    somebody=st.sampled_from(PEOPLE),
    one=st.booleans(),
    moment=_MOMENTS,
)
@settings(max_examples=25, phases=[Phase.generate])
def test_entities_are_folded_again_as_a_rebuild_folds_them(
    folder: Path,
    history: list[dict[str, Any]],
    places: list[int],
    somebody: str,
    *,
    one: bool,
    moment: tuple[int, int],
) -> None:
    """What was once believed of a grant would be lost, or told of somebody who is erased."""
    begun = [("record", MOST_EVENTS), ("follow", None), ("erase values", (places, one))]
    steps = [*begun, ("erase somebody", somebody)]
    _require_swept_as_rebuilt(random_ledger(folder), history, steps, MOST_EVENTS, moment)
