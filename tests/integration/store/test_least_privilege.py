"""The roles of `docs/how-to/run-on-postgresql.md` can do their work and nothing else."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, make_url

from ledger.errors import StoreUnavailable
from ledger.events.access import AccessUsed
from ledger.ledger import Ledger
from ledger.signing.heartbeat import heartbeat_of
from ledger.signing.signer import Signer
from ledger.signing.signing_folder import SigningFolder
from projections import state
from projections.erasing import erase_subject

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "run-on-postgresql.md"


@dataclass(frozen=True)
class Logins:
    """The addresses under which the roles of the page reach one fresh log."""

    work: str
    sign: str
    erase: str


@pytest.fixture
def logins(postgres_database: str, tmp_path: Path, worker_id: str) -> Iterator[Logins]:
    """A fresh log, opened to roles made by the very statements of the page."""
    Ledger.create(database=postgres_database, key_file=tmp_path / "keys", origin="a.nl/log").close()
    # Roles belong to the server, which several workers share.
    names = ("zegel_work", "zegel_sign", "zegel_erase", "zegel_owner")
    roles = {name: f"{name}_{worker_id}" for name in names}
    work, sign, erase, owner = roles.values()
    statements = re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[0]
    for name, role in roles.items():
        statements = re.sub(rf"\b{name}\b", role, statements)
    url = make_url(postgres_database)
    with administration(url) as connection:
        connection.execute(f"DROP ROLE IF EXISTS {erase}, {sign}, {work}, {owner}".encode())
        connection.execute(f"CREATE ROLE {owner}".encode())
        connection.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {owner}".encode())
        for (table,) in connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall():
            connection.execute(f"ALTER TABLE {table} OWNER TO {owner}".encode())
        connection.execute(statements.encode())
    yield Logins(
        url.set(username=work, password="choose-one").render_as_string(hide_password=False),
        url.set(username=sign, password="choose-another").render_as_string(hide_password=False),
        url.set(username=erase, password="choose-a-third").render_as_string(hide_password=False),
    )
    with administration(url) as connection:
        gone = f"{erase}, {sign}, {work}, {owner}"
        connection.execute(f"DROP OWNED BY {gone}; DROP ROLE {gone}".encode())


def administration(url: URL) -> psycopg.Connection[tuple[object, ...]]:
    """A connection of the driver alone, each statement committed at once."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)


def sealed_size(url: str, folder: Path) -> int:
    """How many records are signed after sealing under a role, with a new key and empty state."""
    folder.mkdir()
    signing = SigningFolder(folder)
    signing.create("a.nl/log", lambda: None)
    with closing(Ledger.open(database=url, key_file=folder.parent / "keys")) as ledger:
        ledger.record(used())
        signer = Signer(
            ledger.log, lambda: signing.current(lambda: None), signing.state, ledger.clock
        )
        sealed = signer.seal(heartbeat=heartbeat_of(ledger), heartbeat_s=3600.0)
    assert sealed is not None
    return sealed.checkpoint.size


def used() -> AccessUsed:
    """One use of access."""
    return AccessUsed(
        occurred_at=datetime(2026, 1, 2, tzinfo=UTC),
        resource="reports",
        actor="person:j@example.nl",
    )


def test_the_working_role_records_shows_and_verifies(logins: Logins, tmp_path: Path) -> None:
    """The documented grants would stop the program at work."""
    with closing(Ledger.open(database=logins.work, key_file=tmp_path / "keys")) as ledger:
        assert ledger.record(used()).index == 0
        assert state(ledger, "access").size == 1
        assert ledger.verify().outcome == "valid"


def test_only_the_signing_role_stores_checkpoints(logins: Logins, tmp_path: Path) -> None:
    """A working program that was taken over could put its own history under a checkpoint."""
    with pytest.raises(StoreUnavailable, match="access is denied"):
        sealed_size(logins.work, tmp_path / "work")
    assert sealed_size(logins.sign, tmp_path / "sign") == 2


def test_only_the_erasing_role_erases(logins: Logins, tmp_path: Path) -> None:
    """A working program that was taken over could destroy what the log is kept for."""
    with closing(Ledger.open(database=logins.work, key_file=tmp_path / "keys")) as ledger:
        ledger.record(used())
        state(ledger, "access")
        with pytest.raises(StoreUnavailable, match="access is denied"):
            erase_subject(ledger, "person:j@example.nl", requested_by="person:dpo")
        assert ledger.verify().outcome == "valid"
    with closing(Ledger.open(database=logins.erase, key_file=tmp_path / "keys")) as ledger:
        done = erase_subject(ledger, "person:j@example.nl", requested_by="person:dpo")
        assert done.disclosures_destroyed == 1
    with closing(Ledger.open(database=logins.work, key_file=tmp_path / "keys")) as ledger:
        assert ledger.verify().outcome == "valid"
        ledger.record(used())
        assert state(ledger, "access").size == ledger.head().size


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
        "DELETE FROM zegel_checkpoint",
        "DELETE FROM zegel_tile",
    ],
)
def test_neither_role_can_change_what_is_sealed(logins: Logins, statement: str) -> None:
    """A program that was taken over could rewrite history without touching the triggers."""
    for login in (logins.work, logins.sign):
        with (
            administration(make_url(login)) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement.encode())
