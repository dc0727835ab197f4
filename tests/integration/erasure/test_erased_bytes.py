"""After an erasure, the bytes of what was erased are in no file of the database."""

from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path
from typing import Final

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from projections import VIEWS, state
from projections.erasing import erase_subject
from tests.erasable_log import BY, OTHER, VICTIM, ErasableLog
from tests.opened import opened_records

Bytes = Callable[[], bytes]
SHARED_WORDS: Final = ("value",)


def sqlite_files(url: str) -> bytes:
    """Every file that SQLite keeps of a database."""
    path = Path(str(make_url(url).database))
    files = list(path.parent.glob(f"{path.name}*"))
    assert path in files
    return b"\n".join(file.read_bytes() for file in files)


def postgresql_files(url: str) -> bytes:
    """Every file of a database on the server: heaps, indexes, TOAST, catalogues, statistics."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        row = connection.execute(
            "SELECT current_setting('data_directory'), oid FROM pg_database "
            "WHERE datname = current_database()"
        ).fetchone()
    assert row is not None
    folder = Path(row[0]) / "base" / str(row[1])
    try:
        files = [file for file in folder.iterdir() if file.is_file()]
        return b"\n".join(file.read_bytes() for file in files)
    except PermissionError:
        pytest.skip("the files of the server cannot be read by this user")


def stored(log: ErasableLog) -> bytes:
    """Everything in the files of the database."""
    return sqlite_files(log.url) if log.url.startswith("sqlite") else postgresql_files(log.url)


def found_in(stored_bytes: bytes, secrets: Mapping[str, bytes]) -> list[str]:
    """What of it is there."""
    return [name for name, secret in secrets.items() if secret in stored_bytes]


def analyze(log: ErasableLog) -> None:
    """Has the database look at its columns, as it does by itself now and then."""
    with log.ledger.log.engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def test_nothing_of_the_erased_person_is_left_in_any_file(log: ErasableLog) -> None:
    """Whoever gets the disk, and the keys of today, could read who was erased."""
    analyze(log)
    secrets = log.secrets_of(VICTIM)
    others = log.secrets_of(OTHER)
    kept = {name: others[name] for name in ("wrapped key", "blind index", "ciphertext 0")}
    at_rest = {
        name: secret
        for name, secret in secrets.items()
        if name in {"wrapped key", "blind index"} or name.startswith(("ciphertext", "digest of"))
    }
    before = stored(log)
    assert found_in(before, at_rest) == list(at_rest)
    erase_subject(log.ledger, VICTIM, requested_by=BY, reason="asked", request_id="R-1")
    analyze(log)
    after = stored(log)
    assert found_in(after, secrets) == []
    assert found_in(after, kept) == list(kept)
    (opened,) = opened_records(log.ledger, log.ledger.log.scan(0, 1))
    assert opened.event is not None
    assert opened.event.subjects == ("withheld", OTHER)


def test_no_view_holds_the_token_of_the_erased_person(log: ErasableLog) -> None:
    """What they did could still be followed from row to row."""
    (subject_id,) = log.ledger.subjects_matching(VICTIM)
    erase_subject(log.ledger, VICTIM, requested_by=BY)
    rows = chain.from_iterable(state(log.ledger, name).rows for name in VIEWS)
    assert not [row for row in rows if subject_id.hex in str(row)]


def test_a_log_that_nobody_closed_is_scrubbed_too(log: ErasableLog) -> None:
    """Connections of a running program would keep pages with erased values in its log."""
    secrets = log.secrets_of(VICTIM)
    idle = [log.ledger.log.engine.connect() for _ in range(3)]
    for connection in idle:
        connection.execute(text("SELECT count(*) FROM zegel_disclosure")).scalar_one()
        connection.close()
    erase_subject(log.ledger, VICTIM, requested_by=BY)
    assert found_in(stored(log), secrets) == []
