"""Questions in SQL: the tables say what the log says, and nothing else is reached or changed."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from ledger.errors import BadRequest, StoreUnavailable, VerificationError
from ledger.ledger import Ledger
from ledger.query import EventQuery
from ledger.units import Size
from projections import VIEWS, state
from projections.sql.asking import Limits, ask
from projections.sql.catalogue import sql_tables
from projections.sql.view_rows import Moment
from tests.histories import day, event, tokens, told
from tests.sql_answers import answered, moment_of, rows_of

REFUSED = [
    "drop view events",
    "create table mine as select * from events",
    "insert into events values (1)",
    "set memory_limit = '8GB'",
    "attach 'other.db'",
    "copy events to 'out.csv'",
    "install httpfs",
    "pragma database_size",
    "call pragma_version()",
    "select 1; select 2",
    "explain analyze copy events to 'out.csv'",
    "explain drop view events",
    "pivot events on kind using count(*)",
    "",
]


@pytest.fixture
def told_ledger(ledger: Ledger) -> Ledger:
    """A grant, its use, and an address that was kept out."""
    person = "person:anna@example.nl"
    told(
        ledger,
        event(
            "access.granted", 1, grant_id="G-1", grantee=person, resource="payroll", acts=["read"]
        ),
        event("access.used", 2, actor=person, resource="payroll", purpose="support", system="crm"),
        event(
            "ip.blocked",
            3,
            block_id="B-1",
            ip="ip:203.0.113.7",
            reason="Anna saw 203.0.113.7 twice",
            subjects=["data-subject:customer:1"],
        ),
    )
    return ledger


def test_records_are_what_the_log_says(told_ledger: Ledger) -> None:
    """An answer in SQL would tell another history than `zegel log`."""
    rows = rows_of(
        told_ledger,
        "select index, kind, recorded_at, occurred_at, stream, version, event_id, system, leaf_hash"
        " from events order by index",
    )
    expected = [
        (
            each.stored.index,
            each.stored.kind,
            each.recorded_at,
            each.event.occurred_at if each.event else None,
            each.stored.stream,
            each.stored.version,
            each.stored.event_id,
            each.stored.system,
            each.stored.leaf_hash,
        )
        for each in told_ledger.read(EventQuery())
    ]
    assert rows == expected


def test_people_are_tokens_and_words_are_withheld(told_ledger: Ledger) -> None:
    """Somebody without the role would read names or free words by asking in SQL."""
    known = tokens(
        told_ledger,
        anna="person:anna@example.nl",
        address="ip:203.0.113.7",
        customer="data-subject:customer:1",
    )
    used, blocked = rows_of(
        told_ledger, "select actor, ip, subjects, fields from events where index > 0 order by index"
    )
    assert used[0] == known["anna"]
    assert blocked[1:3] == (known["address"], [known["customer"]])
    assert json.loads(blocked[3])["reason"] == "withheld"
    everything = "".join(
        str(rows_of(told_ledger, f"select * from {table}")) for table in ("events", *VIEWS)
    )
    assert "anna" not in everything.lower()
    assert "203.0.113" not in everything


def test_a_value_finds_somebody_by_token(told_ledger: Ledger) -> None:
    """Nobody could ask about one person without typing a token by hand."""
    anna = tokens(told_ledger, anna="person:anna@example.nl")["anna"]
    found = rows_of(told_ledger, "select index from events where actor = $who", who=anna)
    assert found == [(1,)]


def test_each_question_of_a_view_is_a_table(told_ledger: Ledger) -> None:
    """A view would answer otherwise in SQL than `zegel state` does."""
    moment = moment_of(told_ledger)
    for table in sql_tables().values():
        if table.view is None or table.view.name not in {"access", "blocks", "activity", "systems"}:
            continue
        answer = state(told_ledger, table.view.name, only=table.section, as_of=moment.as_of)
        found = rows_of(told_ledger, f"select * from {table.name}", moment)
        assert len(found) == len(answer.rows), table.name
        for row, expected in zip(found, answer.rows, strict=True):
            for cell, column in zip(row, table.columns, strict=True):
                wanted = expected.get(column.name)
                assert cell == (list(wanted) if isinstance(wanted, tuple) else wanted)
    assert set(VIEWS) <= set(sql_tables())
    assert rows_of(told_ledger, "select resource, acts from access") == [("payroll", ["read"])]


def test_every_table_is_true_of_the_same_size(told_ledger: Ledger) -> None:
    """A join would mix what was known with what was recorded later."""
    early = Moment(as_of=day(9), size=Size(1), zone="Europe/Amsterdam")
    joined = "select (select count(*) from events), (select count(*) from blocks)"
    assert rows_of(told_ledger, joined, early) == [(1, 0)]
    assert rows_of(told_ledger, joined) == [(3, 1)]


def test_a_view_is_as_of_a_moment(told_ledger: Ledger) -> None:
    """What stood on a date could not be asked."""
    size = told_ledger.head().size
    before = Moment(as_of=day(3) - timedelta(hours=1), size=size, zone="Europe/Amsterdam")
    assert rows_of(told_ledger, "select * from blocks", before) == []


def test_tables_join_and_are_read_twice(told_ledger: Ledger) -> None:
    """A statement that names a table twice would find it empty the second time."""
    rows = rows_of(
        told_ledger,
        "select u.index, a.resource from access a join events u on u.actor = a.grantee "
        "join events g on g.stream::varchar = a.grant",
    )
    assert rows == [(1, "payroll")]


@pytest.mark.parametrize("statement", REFUSED)
def test_what_does_more_than_read_is_refused(told_ledger: Ledger, statement: str) -> None:
    """A question could write, load code, or change its own limits."""
    with pytest.raises(BadRequest, match="expected one SELECT"):
        rows_of(told_ledger, statement)


def test_nothing_outside_is_reached(told_ledger: Ledger, tmp_path: Path) -> None:
    """A question could read files, or variables of this program, of whoever asks."""
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    for statement in (
        f"select * from read_text('{secret}')",
        f"select * from read_csv('{secret}')",
        f"select * from '{secret}'",
        "select * from glob('/*')",
        "select * from told_ledger",
        "select * from ledger",
        "select getenv('HOME')",
        "select * from 'https://example.org/a.parquet'",
    ):
        with pytest.raises(BadRequest, match=r"does not exist|disabled by configuration"):
            rows_of(told_ledger, statement)


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("selec 1", "line 1, column 1: "),
        ("select 'é',\n  nobody from events", 'line 2, column 3: .*"nobody"'),
        ("select * from acess", "line 1, column 15: .*Did you mean access"),
        ("select * from zzzzzzzz", "line 1, column 15: .*zegel sql --tables"),
        ("select 'a'::int", "line 1, column "),
    ],
)
def test_a_mistake_is_named_by_its_place(ledger: Ledger, statement: str, place: str) -> None:
    """Whoever mistypes a long statement would have to find the place alone."""
    with pytest.raises(BadRequest, match=place):
        rows_of(ledger, statement)


def test_a_long_answer_is_cut_and_says_so(ledger: Ledger) -> None:
    """An answer would look complete though it is not."""
    rows, answer = answered(ledger, "select * from range(1000000)", Limits(rows=7))
    assert (len(rows), answer.is_cut) == (7, True)
    rows, answer = answered(ledger, "select * from range(7)", Limits(rows=7))
    assert (len(rows), answer.is_cut) == (7, False)


def test_a_slow_answer_ends(ledger: Ledger) -> None:
    """One question could keep a machine busy for ever."""
    endless = "select count(*) from range(1000000000000) where random() < 2"
    with pytest.raises(StoreUnavailable, match=r"within 0\.2 s"):
        answered(ledger, endless, Limits(seconds=0.2))


def test_what_needs_more_memory_goes_to_disk(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large sort would end the program instead of taking longer, or leave its files behind."""
    spilled = tmp_path / "spilled"
    spilled.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spilled))
    sorted_rows = "select md5(range::varchar) x from range(1000000) order by x"
    large = f"select count(*), count(distinct x) from ({sorted_rows})"
    rows, _ = answered(ledger, large, Limits(memory_mib=64, threads=1))
    assert rows == [(1_000_000, 1_000_000)]
    assert list(spilled.iterdir()) == []


def test_what_fits_nowhere_is_said(ledger: Ledger) -> None:
    """A question that cannot be answered would end as a fault of the program."""
    with pytest.raises(StoreUnavailable, match="limits"):
        answered(ledger, "select list(range) from range(30000000)", Limits(memory_mib=64))


def test_a_name_that_comes_twice_gets_a_number(ledger: Ledger) -> None:
    """One of two columns of a name would be lost from the answer."""
    _, answer = answered(ledger, "select 1 as a, 'x' as a, 3 as a", Limits())
    assert [name for name, _ in answer.columns] == ["a", "a_2", "a_3"]


def test_a_damaged_record_is_told(told_ledger: Ledger) -> None:
    """Damage would pass for a record without fields."""
    _damage(told_ledger, "sealed", b"broken")
    for column in ("actor", "purpose", "fields"):
        with ask(told_ledger, f"select {column} from events", moment_of(told_ledger)) as answer:
            assert len(list(answer.rows)) == 3
        assert answer.damaged == [1]


def test_an_impossible_cell_is_named(told_ledger: Ledger) -> None:
    """A cell that was tampered with would end as a fault of the program."""
    if told_ledger.log.engine.dialect.name == "postgresql":
        pytest.skip("PostgreSQL takes no text in a column of bytes")
    _damage(told_ledger, "stream", b"short")
    with pytest.raises(VerificationError, match=r"record 1: .*stream"):
        rows_of(told_ledger, "select stream from events")


def _damage(ledger: Ledger, column: str, value: bytes) -> None:
    """Changes a cell of record 1 behind the back of the triggers."""
    with ledger.log.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE zegel_record DISABLE TRIGGER USER"))
        else:
            names = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).scalars()
            for name in list(names):
                connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(
            text(f"UPDATE zegel_record SET {column} = :value WHERE idx = 1"), {"value": value}
        )
