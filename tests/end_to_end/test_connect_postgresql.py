"""A real PostgreSQL with pgaudit and the configuration of the page: who read, wrote and granted."""

import contextlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.command_line import clean_environment, zegel_here
from tests.postgres_server import find_programs, running_server, unprivileged_launcher
from tests.real_round import blocks_of

SECRET: Final = "123456782"
CALL: Final = (
    "CREATE TABLE public.claims (id int, bsn text);"
    "CREATE ROLE readers; CREATE ROLE trainee NOLOGIN IN ROLE readers;"
    "CREATE ROLE analyst LOGIN PASSWORD 'of-analyst';"
    "GRANT SELECT, INSERT ON public.claims TO analyst; GRANT readers TO analyst;"
    f"INSERT INTO public.claims VALUES (1, '{SECRET}'), (2, 'x');"
    "REVOKE INSERT ON public.claims FROM analyst; GRANT USAGE ON SCHEMA public TO readers"
)

Told = list[dict[str, Any]]


def settings_of_page() -> dict[str, str]:
    """The settings that the page shows."""
    (block,) = blocks_of("postgresql", "ini")
    lines = (line for line in block.splitlines() if line and not line.startswith("#"))
    pairs = (line.partition(" = ") for line in lines)
    return {name: value.strip("'") for name, _, value in pairs}


def require_pgaudit() -> Path:
    """The programs of a PostgreSQL that has pgaudit; skips, or fails, without."""
    programs = find_programs()
    if programs is None or not list(programs.parent.glob("lib/pgaudit.so")):
        if os.environ.get("ZEGEL_TEST_TOOLS") == "installed":
            pytest.fail("pgaudit is not installed, although ZEGEL_TEST_TOOLS says so")
        pytest.skip("pgaudit is not installed; `make test` installs it")
    return programs


def play(url: str) -> None:
    """What people do to the database."""
    address = make_url(url).set(drivername="postgresql")
    owner = address.render_as_string(hide_password=False)
    analyst = address.set(username="analyst", password="of-analyst")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pgaudit")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(CALL.encode())
    with psycopg.connect(
        analyst.render_as_string(hide_password=False), autocommit=True
    ) as connection:
        connection.execute(f"SELECT * FROM public.claims WHERE bsn <> '{SECRET}'".encode())
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"DELETE FROM public.claims WHERE bsn = '{SECRET}'".encode())
    wrong = analyst.set(password="guessed").render_as_string(hide_password=False)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(wrong)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The history after the log of a real server was imported twice."""
    programs = require_pgaudit()
    home = tmp_path_factory.mktemp("pgaudit") / "home"
    made = zegel_here("--home", home, "init", "--no-roles", "--origin", "log.example/sql")
    assert made.returncode == 0, made.stderr
    # The server runs under another account, which cannot enter the folders of pytest.
    folder = Path(tempfile.mkdtemp(prefix="zegel-pgaudit-"))
    try:
        unprivileged_launcher(folder)
        with running_server(programs, settings_of_page() | {"log_directory": str(folder)}) as url:
            play(url)
        log = folder / "audit.json"
        words = ("--home", home, "import", log, "--system", "insight-database", "--json")
        first, second = zegel_here(*words), zegel_here(*words, "--again")
    finally:
        shutil.rmtree(folder)
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    summary, again = json.loads(first.stdout), json.loads(second.stdout)
    assert (summary["unreadable"], summary["conflicts"], summary["warnings"]) == (0, 0, {})
    assert (again["recorded"], again["conflicts"]) == (0, 0)
    shown = zegel_here(
        *("--home", home, "log", "--json", "--identities", "--purpose", "test"),
        **clean_environment(),
    )
    assert shown.returncode == 0, shown.stderr
    found = (json.loads(line)["event"] for line in shown.stdout.splitlines())
    return [each for each in found if each.get("system") == "insight-database"]


def test_every_right_is_told_once_and_with_whom_it_was_given(told: Told) -> None:
    """Every line repeats the whole call: rights would be told again and again, or not at all."""
    rights = [
        (each["kind"].split(".")[1], *each.get("acts", ()), each["resource"], each["grantee"])
        for each in told
        if "grant_id" in each
    ]
    claims, schema = "postgresql/postgres/public.claims", "postgresql/postgres/public"
    assert rights == [
        ("granted", "postgresql-role/readers", "person:trainee"),
        ("granted", "select", claims, "person:analyst"),
        ("granted", "insert", claims, "person:analyst"),
        ("granted", "postgresql-role/readers", "person:analyst"),
        ("revoked", "insert", claims, "person:analyst"),
        ("granted", "usage", schema, "person:readers"),
    ]
    assert {each["actor"] for each in told if "grant_id" in each} == {"person:zegel"}


def test_reading_and_writing_are_told_with_their_rows(told: Told) -> None:
    """How much somebody read could not be told."""
    used = {
        (each["actor"], each["act"]): (each["resource"], each.get("records_count"))
        for each in told
        if each["kind"] == "access.used.v1" and each["act"] in {"select", "insert"}
    }
    assert used["person:zegel", "insert"] == ("postgresql/postgres/public.claims", 2)
    assert used["person:analyst", "select"] == ("postgresql/postgres/public.claims", 1)
    assert {each["origin"] for each in told} == {"ip:127.0.0.1"}


def test_refusals_are_told(told: Told) -> None:
    """Who tries to delete, or guesses a password, would not be seen."""
    refused = [
        (each["act"], each["actor"], each["resource"])
        for each in told
        if each["kind"] == "access.attempt_denied.v1"
    ]
    assert refused == [
        ("delete", "person:analyst", "postgresql/postgres/claims"),
        ("log-in", "person:analyst", "postgresql/postgres"),
    ]


def test_the_roles_that_were_made_are_named(told: Told) -> None:
    """Each of their lines lacks what follows the password: one would be told as another."""
    made = [each["object_id"] for each in told if each.get("act") == "create-role"]
    assert made == ["readers", "trainee", "analyst"]


def test_no_literal_comes_in(told: Told) -> None:
    """The log would hold what was written, and the password of a role."""
    whole = json.dumps(told)
    assert told
    assert SECRET not in whole
    assert "of-analyst" not in whole
