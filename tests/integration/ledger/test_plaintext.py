"""No personal value reaches the database in clear."""

from base64 import urlsafe_b64encode
from pathlib import Path

import msgspec
import psycopg
import pytest
from sqlalchemy.engine import make_url

from ledger.events import PLANS
from ledger.evidence import Reading
from ledger.ledger import Ledger
from ledger.query import EventQuery
from tests.filled_events import ADDRESS_CORE, CORE, filled_events, traces_of_core
from tests.opened import opened_records
from tests.roles import give_every_role


def _stored_bytes(ledger: Ledger) -> bytes:
    """Everything that the database holds: all files of SQLite, all tables of PostgreSQL."""
    address = make_url(ledger.log.engine.url)
    if address.get_backend_name() == "sqlite":
        files = list(Path(str(address.database)).parent.glob("zegel.sqlite*"))
        assert any(file.name.endswith("-wal") for file in files)
        return b"".join(file.read_bytes() for file in files)
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    found = bytearray()
    with psycopg.connect(plain) as connection:
        tables = connection.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        for (table,) in tables:
            with connection.cursor().copy(
                f"COPY {table} TO STDOUT (FORMAT binary)".encode()
            ) as copy:
                for block in copy:
                    found += block
    return bytes(found)


def test_no_personal_value_is_stored_in_clear(ledger: Ledger) -> None:
    """Whoever gets the database without its keys would read who did what to whom."""
    events = filled_events()
    ledger.record_many(events)
    again = [msgspec.structs.replace(event, subject_count=7) for event in events[:20]]
    ledger.record_many(again)  # conflicts, whose evidence must not repeat what was refused
    give_every_role(ledger, f"person:{CORE}")
    asked = EventQuery(subject=f"person:{CORE}0@example.nl")
    list(ledger.read(asked, reading=Reading(f"person:{CORE}", "other", f"because {CORE}")))
    stored = _stored_bytes(ledger)
    assert b"access.granted.v1" in stored
    found = [name for name, trace in traces_of_core().items() if trace in stored]
    assert found == []


def test_every_personal_field_of_every_kind_was_filled(ledger: Ledger) -> None:
    """The test above would pass for fields that it never wrote."""
    events = filled_events()
    ledger.record_many(events)
    opened = opened_records(ledger, ledger.log.scan())
    for event, record in zip(events, opened, strict=True):
        assert [record.event] == [event]
        names = {path.partition("/")[0] for path in record.personal}
        assert names == {field.name for field in PLANS[record.stored.kind].fields}
        for path in record.personal:
            shown = str(getattr(record.event, path.partition("/")[0])).casefold()
            assert CORE.casefold() in shown or ADDRESS_CORE in shown


@pytest.mark.parametrize("shift", range(6))
def test_the_search_finds_a_value_that_is_there(shift: int) -> None:
    """The first test would pass because it looks for the wrong bytes."""
    around = b"x" * shift
    disclosed = urlsafe_b64encode(around + f'["salt","actor","person:{CORE.lower()}"]'.encode())
    addressed = urlsafe_b64encode(around + f'["salt","origin","ip:{ADDRESS_CORE}::1"]'.encode())
    for stored in (disclosed, addressed, around + CORE.upper().encode() + around):
        assert any(trace in stored for trace in traces_of_core().values())
