"""Laws of questions in SQL: what is read early is what is asked, whatever the filter says."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ledger.ledger import Ledger
from tests.sql_answers import rows_of
from tests.view_histories import GRANTS, PEOPLE, histories, random_ledger, record_stretch

_TERMS = st.sampled_from(
    [
        "index >= 3",
        "index between 1 and 4",
        "index = 2",
        "index > 1",
        "index < 5",
        "system = 'a\") and (index == 0'",
        "kind = 'access.used.v1'",
        "kind in ('access.granted.v1', 'access.revoked.v1')",
        "kind not like 'access.u%'",
        "system is null",
        "system = 'crm'",
        "actor is null",
        "actor is not null",
        "actor = $who",
        "actor in ($who, 'nobody')",
        "purpose = 'support'",
        "purpose is null",
        "coalesce(purpose, 'none') = 'none'",
        "coalesce(resource, system) = 'crm'",
        "length(resource) > 7",
        "occurred_at >= timestamptz '2026-01-05'",
        "fields->>'resource' = 'payroll'",
        "version = 1",
    ]
)


def _both(inner: SearchStrategy[str]) -> SearchStrategy[str]:
    pair = st.tuples(inner, st.sampled_from(["and", "or"]), inner)
    return pair.map(lambda each: f"({' '.join(each)})") | inner.map(lambda each: f"(not {each})")


_FILTERS = st.recursive(_TERMS, _both, max_leaves=5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sql")


@settings(max_examples=20)
@given(history=histories(GRANTS), filters=st.lists(_FILTERS, min_size=2, max_size=4))
def test_a_filter_keeps_what_it_says(
    folder: Path, history: list[dict[str, Any]], filters: list[str]
) -> None:
    """A record would be left out of an answer, because it was judged before it was opened."""
    ledger = random_ledger(folder)
    record_stretch(ledger, history, 0, len(history))
    known = ledger.subjects_matching(PEOPLE[0])
    who = f"person#{known[0].hex}" if known else "person#"
    with duckdb.connect() as plain:
        _copy(ledger, plain)
        for each in filters:
            statement = f"select index, $who from events where {each} order by index"
            expected = plain.execute(statement, {"who": who}).fetchall()
            assert rows_of(ledger, statement, who=who) == expected, each


def _copy(ledger: Ledger, plain: duckdb.DuckDBPyConnection) -> None:
    """The records, unfiltered, as a table of an engine that holds them itself."""
    names = "index, kind, system, actor, purpose, resource, occurred_at, version, fields"
    plain.execute(
        "create table events (index bigint, kind varchar, system varchar, actor varchar, "
        "purpose varchar, resource varchar, occurred_at timestamptz, version bigint, fields json)"
    )
    plain.execute("set TimeZone = 'Europe/Amsterdam'")
    rows = rows_of(ledger, f"select {names} from events")
    plain.executemany("insert into events values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
