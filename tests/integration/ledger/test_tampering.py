"""One byte changed in the database itself, in any column of any sealed table, is found."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import Engine, Table, and_, delete, insert, inspect, select, text, update
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from ledger.errors import VerificationError, ZegelError
from ledger.events.log_keeping import LogErasureRequested
from ledger.ledger import Ledger
from ledger.own_records import ERASURES
from ledger.personal import token_text
from ledger.store.engine import open_engine
from ledger.store.schema import DISCLOSURE, ERASED, ERASURE, HEAD, LOG, RECORD, SUBJECT
from projections.erasing import erase_subject
from tests.filled_events import filled_events

SEALED: Final = (RECORD, HEAD, LOG, DISCLOSURE, ERASED)
ORIGIN: Final = "tamper.example/log"
BY: Final = "person:dpo"


@dataclass(frozen=True)
class OpenedDatabase:
    """A database whose triggers are gone, as a rogue administrator leaves it."""

    engine: Engine
    url: str
    key_file: Path

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """Every row of a table, in order of its key."""
        with self.engine.connect() as connection:
            found = connection.execute(select(table).order_by(*table.primary_key.columns))
            return [dict(row) for row in found.mappings()]

    def write(self, table: Table, key: dict[str, Any], values: dict[str, Any]) -> None:
        """Changes one row behind the back of the program."""
        where = and_(*(table.c[name] == value for name, value in key.items()))
        with self.engine.begin() as connection:
            assert connection.execute(update(table).where(where).values(values)).rowcount == 1

    def outcome(self) -> tuple[str, set[tuple[str, int | None]]]:
        """What a verification from a fresh start says, and the faults it names."""
        try:
            ledger = Ledger.open(database=self.url, key_file=self.key_file, origin=ORIGIN)
        except ZegelError as error:
            return type(error).__name__, set()
        with closing(ledger):
            try:
                report = ledger.verify()
            except VerificationError as error:
                return error.verdict, set()
        return report.outcome, {(f.verdict, f.index) for f in report.findings if f.is_fault}


@pytest.fixture
def tampered(database_url: str, tmp_path: Path) -> Iterator[OpenedDatabase]:
    """A small log of many kinds in a database without triggers."""
    key_file = tmp_path / "keys.json"
    with closing(Ledger.create(database=database_url, key_file=key_file, origin=ORIGIN)) as ledger:
        # Every column shall have something in it that can be changed.
        events = [replace(event, system="crm") for event in filled_events()[:20]]
        ledger.record_many(events[:12])
        ledger.record_many(events[12:])
        # Whoever stands in the last records, so that tombstones have records after and before.
        for index in (3, 9):
            row = ledger.log.disclosures_of([index])[index][0]
            erase_subject(ledger, token_text("person", row.subject_id), requested_by=BY)
    engine = open_engine(database_url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            for table in SEALED:
                connection.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER ALL"))
        else:
            triggers = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type='trigger'")
            )
            for (name,) in triggers.all():
                connection.execute(text(f"DROP TRIGGER {name}"))
    yield OpenedDatabase(engine, database_url, key_file)
    engine.dispose()


def changed(data: st.DataObject, value: Any) -> Any:  # noqa: ANN401 - of any column
    """The value with one byte changed; a value where there was none."""
    match value:
        case UUID():
            return UUID(bytes=changed(data, value.bytes))
        case bytes() if value:
            place = data.draw(st.integers(0, len(value) - 1), label="byte")
            flip = data.draw(st.integers(1, 255), label="xor")
            return value[:place] + bytes([value[place] ^ flip]) + value[place + 1 :]
        case str() if value:
            place = data.draw(st.integers(0, len(value) - 1), label="character")
            other = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
            new = data.draw(other.filter(lambda found: found != value[place]), label="new")
            return value[:place] + new + value[place + 1 :]
        case int():
            return value ^ (1 << data.draw(st.integers(0, 30), label="bit"))
        case _:
            raise AssertionError(f"no way to change {value!r}")


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_byte_of_any_column_is_found(tampered: OpenedDatabase, data: st.DataObject) -> None:
    """Somebody with the database in hand could change history unseen."""
    table = data.draw(st.sampled_from(SEALED), label="table")
    row = data.draw(st.sampled_from(tampered.rows(table)), label="row")
    filled = [name for name, value in row.items() if value not in (None, b"", "")]
    column = data.draw(st.sampled_from(filled), label="column")
    value = changed(data, row[column])
    key = {name.name: row[name.name] for name in table.primary_key.columns}
    moved = {**key, column: value} if column in key else key
    try:
        tampered.write(table, key, {column: value})
    except IntegrityError:
        reject()  # the place is taken: the database itself refuses this change
    try:
        outcome, faults = tampered.outcome()
    finally:
        tampered.write(table, moved, {column: row[column]})
    assert outcome != "valid"
    if table is RECORD and column not in key:
        assert ("MODIFIED", row["idx"]) in faults
        # An erasure that no intact record tells of leaves what it erased unexplained.
        tells = str(row["kind"]).startswith("log.erasure_")
        assert tells or faults == {("MODIFIED", row["idx"])}
        assert {verdict for verdict, _ in faults} <= {"MODIFIED", "MISSING_PAYLOAD"}
    assert tampered.outcome() == ("valid", set())


@pytest.mark.parametrize("column", ["wrapped_key", "epoch"])
def test_a_changed_subject_key_is_found(tampered: OpenedDatabase, column: str) -> None:
    """Values that can no longer be opened would pass for verified."""
    row = next(row for row in tampered.rows(SUBJECT) if row["wrapped_key"] is not None)
    value = row[column]
    new = value + 1 if isinstance(value, int) else bytes([value[0] ^ 1]) + value[1:]
    key = {"log": row["log"], "subject_id": row["subject_id"]}
    tampered.write(SUBJECT, key, {column: new})
    outcome, faults = tampered.outcome()
    assert outcome == "broken"
    assert {verdict for verdict, _ in faults} == {"DISCLOSURE_MISMATCH"}


@pytest.mark.parametrize("table", SEALED, ids=lambda table: table.name)
def test_every_column_is_reached(tampered: OpenedDatabase, table: Table) -> None:
    """A column that no row of the example fills would never be tampered with."""
    columns = inspect(tampered.engine).get_columns(table.name)
    rows = tampered.rows(table)
    for column in columns:
        assert any(row[column["name"]] not in (None, b"", "") for row in rows), column["name"]


def _forged(row: dict[str, Any], requested_index: int) -> dict[str, Any]:
    """A tombstone for a disclosure that nobody erased."""
    return {
        "log": row["log"],
        "idx": row["idx"],
        "part": 7,
        "fields": row["fields"],
        "digests": bytes(32 * len(row["fields"].split(","))),
        "requested_index": requested_index,
    }


def _delete_disclosure(tampered: OpenedDatabase) -> dict[str, Any]:
    row = tampered.rows(DISCLOSURE)[0]
    with tampered.engine.begin() as connection:
        key = (DISCLOSURE.c.idx == row["idx"]) & (DISCLOSURE.c.subject_id == row["subject_id"])
        assert connection.execute(delete(DISCLOSURE).where(key)).rowcount == 1
    return row


def test_a_deleted_disclosure_is_found(tampered: OpenedDatabase) -> None:
    """Whoever can write the database could make evidence disappear as if it were erased."""
    row = _delete_disclosure(tampered)
    assert tampered.outcome() == ("broken", {("MISSING_PAYLOAD", row["idx"])})


@pytest.mark.parametrize("under_way", [False, True])
@pytest.mark.parametrize("names", ["an erasure", "another record", "no record"])
def test_a_forged_tombstone_is_found(
    tampered: OpenedDatabase, names: str, *, under_way: bool
) -> None:
    """An erasure that did happen would explain whatever was deleted afterwards."""
    row = _delete_disclosure(tampered)
    erasures = [each["requested_index"] for each in tampered.rows(ERASED)]
    named = {"an erasure": max(erasures), "another record": 19, "no record": 900}[names]
    with tampered.engine.begin() as connection:
        connection.execute(insert(ERASED), _forged(row, named))
        if under_way:
            job = {"log": row["log"], "requested_index": named, "subject_id": row["subject_id"]}
            connection.execute(insert(ERASURE), job)
    outcome, faults = tampered.outcome()
    assert outcome == "broken"
    assert ("MISSING_PAYLOAD", row["idx"]) in faults


def test_a_removed_tombstone_is_found(tampered: OpenedDatabase) -> None:
    """What was erased, and what is merely lost, could not be told apart any more."""
    row = tampered.rows(ERASED)[0]
    with tampered.engine.begin() as connection:
        key = (ERASED.c.idx == row["idx"]) & (ERASED.c.part == row["part"])
        connection.execute(delete(ERASED).where(key))
    outcome, faults = tampered.outcome()
    assert outcome == "broken"
    assert ("MISSING_PAYLOAD", row["idx"]) in faults


def test_a_request_that_nobody_carries_out_explains_nothing(tampered: OpenedDatabase) -> None:
    """A request that was never confirmed would be an excuse for every deletion after it."""
    with closing(
        Ledger.open(database=tampered.url, key_file=tampered.key_file, origin=ORIGIN)
    ) as ledger:
        asked = LogErasureRequested(
            event_id=uuid7(),
            occurred_at=ledger.clock(),
            system=ERASURES,
            erasure_id="never carried out",
        )
        index = ledger.record_own(asked).index
    row = _delete_disclosure(tampered)
    with tampered.engine.begin() as connection:
        connection.execute(insert(ERASED), _forged(row, int(index)))
    outcome, faults = tampered.outcome()
    assert outcome == "broken"
    assert faults >= {("MISSING_PAYLOAD", row["idx"]), ("MISSING_PAYLOAD", int(index))}


def test_a_request_that_a_source_reports_explains_nothing(tampered: OpenedDatabase) -> None:
    """Whoever may record could ask for an erasure in the name of the log."""
    with closing(
        Ledger.open(database=tampered.url, key_file=tampered.key_file, origin=ORIGIN)
    ) as ledger:
        asked = LogErasureRequested(occurred_at=ledger.clock(), system="crm", erasure_id="mine")
        index = ledger.record(asked).index
    row = _delete_disclosure(tampered)
    with tampered.engine.begin() as connection:
        connection.execute(insert(ERASED), _forged(row, int(index)))
        connection.execute(insert(ERASURE), {"log": row["log"], "requested_index": int(index)})
    outcome, faults = tampered.outcome()
    assert outcome == "broken"
    assert ("MISSING_PAYLOAD", row["idx"]) in faults
