"""The working role of `docs/how-to/run-on-postgresql.md` can do its work and nothing else."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from ledger.events.access import AccessUsed
from ledger.ledger import Ledger
from projections import state

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "run-on-postgresql.md"
ROLE = "zegel_work"


@pytest.fixture
def working_url(postgres_database: str, tmp_path: Path, worker_id: str) -> Iterator[str]:
    """A fresh log, opened to a role made by the very statements of the page."""
    Ledger.create(database=postgres_database, key_file=tmp_path / "keys", origin="a.nl/log").close()
    role = f"{ROLE}_{worker_id}"  # roles belong to the server, which several workers share
    statements = re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[0]
    address = make_url(postgres_database).set(drivername="postgresql")
    with psycopg.connect(
        address.render_as_string(hide_password=False), autocommit=True
    ) as connection:
        connection.execute(f"DROP ROLE IF EXISTS {role}".encode())
        connection.execute(statements.replace(ROLE, role).encode())
    yours = make_url(postgres_database).set(username=role, password="choose-one")
    yield yours.render_as_string(hide_password=False)
    with psycopg.connect(
        address.render_as_string(hide_password=False), autocommit=True
    ) as connection:
        connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())


def test_the_working_role_records_shows_and_verifies(working_url: str, tmp_path: Path) -> None:
    """The documented grants would stop the program at work."""
    event = AccessUsed(
        occurred_at=datetime(2026, 1, 2, tzinfo=UTC),
        resource="reports",
        actor="person:j@example.nl",
    )
    with closing(Ledger.open(database=working_url, key_file=tmp_path / "keys")) as ledger:
        assert ledger.record(event).index == 0
        assert state(ledger, "access").size == 1
        assert ledger.verify().outcome == "valid"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE zegel_record SET kind = 'x'",
        "DELETE FROM zegel_record",
        "TRUNCATE zegel_record",
        "UPDATE zegel_log SET origin = 'x'",
        "DELETE FROM zegel_disclosure",
        "DELETE FROM zegel_head",
        "DROP TRIGGER zegel_record_append_only ON zegel_record",
        "ALTER TABLE zegel_record DISABLE TRIGGER ALL",
    ],
)
def test_the_working_role_cannot_change_what_is_sealed(working_url: str, statement: str) -> None:
    """A program that was taken over could rewrite history without touching the triggers."""
    address = make_url(working_url).set(drivername="postgresql")
    with (
        psycopg.connect(address.render_as_string(hide_password=False)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())
