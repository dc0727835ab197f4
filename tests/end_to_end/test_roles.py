"""Roles at the terminal: who may see identities, and what stays of an attempt."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

import pytest

import cli
from cli import reader
from tests.command_line import Answer, zegel_here

_WHY = ("--identities", "--purpose", "incident-investigation: ticket 9")


@contextmanager
def as_account(name: str) -> Iterator[None]:
    """Runs commands as another account of the same machine."""
    # Whoever imported it has a name of its own for it; all are imported before it is replaced, so
    # that none takes the replacement for its own.
    modules = [
        importlib.import_module(found.name) for found in pkgutil.iter_modules(cli.__path__, "cli.")
    ]
    own = reader.account
    with ExitStack() as patched:
        for module in modules:
            if getattr(module, "account", None) is own:
                patched.enter_context(mock.patch.object(module, "account", return_value=name))
        yield


def run(home: Path, *arguments: str) -> Answer:
    """What a command answered."""
    return zegel_here("--home", home, *arguments)


def events(home: Path, kind: str) -> list[dict[str, object]]:
    """The events of a kind, with tokens."""
    lines = run(home, "log", "--kind", kind).stdout.splitlines()
    return [json.loads(line)["event"] for line in lines]


@pytest.fixture
def founded(tmp_path: Path) -> Path:
    """A home made as people make one, with one fact about somebody."""
    home = tmp_path / "home"
    with as_account("person:maker@desk"):
        assert run(home, "init", "--origin", "log.example/roles").returncode == 0
    fact = ("--grant-id", "G", "--grantee", "person:a@example.nl", "--resource", "files")
    assert run(home, "record", "access.granted", *fact).returncode == 0
    return home


def test_whoever_makes_a_log_has_every_role(founded: Path) -> None:
    """Nobody could ever see a name in a new log."""
    with as_account("person:maker@desk"):
        (row,) = json.loads(run(founded, "role", "list", "--json").stdout)["roles"]
        shown = run(founded, "log", *_WHY)
    assert row["roles"] == ["resolve", "export", "erase", "hold", "decide", "administer"]
    assert row["is_you"] == "you"
    assert "person:a@example.nl" in shown.stdout
    assert shown.returncode == 0


def test_without_the_role_tokens_are_shown_and_the_exit_code_says_so(founded: Path) -> None:
    """Anybody with an account would see names, or a script not notice that it does not."""
    with as_account("person:other@desk"):
        for arguments in (("log", *_WHY), ("show", "1", *_WHY)):
            answer = run(founded, *arguments)
            assert answer.returncode == 5
            assert "example.nl" not in answer.stdout
            assert "person#" in answer.stdout
            assert "tokens are shown" in answer.stderr
        assert run(founded, "log").returncode == 0
        refused = run(founded, "role", "list", *_WHY)
        assert (refused.returncode, refused.stdout) == (5, "")
    attempts = events(founded, "access.attempt_denied")
    assert [each["act"] for each in attempts] == ["resolve"] * 3
    assert events(founded, "log.read") == []


def test_a_role_is_given_used_and_taken(founded: Path) -> None:
    """An auditor could not be let in, or not be put out again."""
    person = "person:auditor@desk"
    with as_account("person:maker@desk"):
        given = run(founded, "role", "grant", person, "resolve", "--reason", "yearly audit")
        assert given.returncode == 0, given.stderr
    with as_account(person):
        assert "person:a@example.nl" in run(founded, "log", *_WHY).stdout
        assert run(founded, "role", "grant", person, "administer").returncode == 5
        assert run(founded, "erase", "person:a@example.nl", "--yes").returncode == 5
    with as_account("person:maker@desk"):
        assert run(founded, "role", "revoke", person).returncode == 0
        every = json.loads(run(founded, "role", "list", "--all", "--json").stdout)["roles"]
    with as_account(person):
        assert run(founded, "log", *_WHY).returncode == 5
    assert [(row["roles"], row["taken"]) for row in every][1:] == [([], ["resolve"])]


def test_what_needs_another_role_is_refused_before_anything_is_done(
    founded: Path, tmp_path: Path
) -> None:
    """Whoever may look could also hand out, erase or hold."""
    run(founded, "seal")
    target = tmp_path / "out"
    with as_account("person:other@desk"):
        for arguments in (
            ("erase", "person:a@example.nl", "--yes"),
            ("hold", "place", "CASE-1", "--person", "person:a@example.nl", "--basis", "litigation"),
            ("export", "subject", "person:a@example.nl", "--to", str(target)),
            ("export", "bundle", *_WHY, "--to", str(target)),
            ("role", "grant", "person:x", "resolve"),
            ("role", "revoke", "person:maker@desk"),
        ):
            answer = run(founded, *arguments)
            assert answer.returncode == 5, (arguments, answer.stderr)
            assert not target.exists()
    acts = [each["act"] for each in events(founded, "access.attempt_denied")]
    assert acts == ["erase", "hold", "export", "export", "administer", "administer"]


def test_the_owner_of_the_keys_takes_over_when_nobody_is_left(founded: Path) -> None:
    """A log whose administrator left, or whose machine got another name, would stay closed."""
    with as_account("person:maker@renamed"):
        assert run(founded, "log", *_WHY).returncode == 5
        took = run(founded, "role", "grant", "person:b@desk", "resolve", "--as-key-owner")
        assert took.returncode == 0, took.stderr
        assert "has every role now" in took.stderr
        assert run(founded, "log", *_WHY).returncode == 0
        rows = json.loads(run(founded, "role", "list", "--json").stdout)["roles"]
        assert len(rows) == 3
        shown = run(founded, "show", str(rows[1]["index"]), *_WHY)
        assert "owns the key file" in shown.stdout
    with as_account("person:other@desk"), mock.patch("os.geteuid", return_value=4711):
        refused = run(founded, "role", "grant", "person:x", "resolve", "--as-key-owner")
        assert refused.returncode != 0


def test_a_log_without_roles_gives_them_to_the_owner_of_its_keys(home: Path) -> None:
    """A log of an older version could not be used any more."""
    run(home, "record", "access.used", "--resource", "files", "--actor", "person:a@example.nl")
    answer = run(home, "log", *_WHY)
    assert answer.returncode == 0
    assert "person:a@example.nl" in answer.stdout
    assert "who owns the key file" in answer.stderr
    (row,) = json.loads(run(home, "role", "list", "--json").stdout)["roles"]
    assert "administer" in row["roles"]
    shown = run(home, "show", str(row["index"]), *_WHY)
    assert "owns the key file" in shown.stdout


def test_who_looked_at_whom(founded: Path) -> None:
    """Somebody who asks who saw their data would get no answer."""
    fact = ("--grant-id", "H", "--grantee", "person:b@example.nl", "--resource", "files")
    run(founded, "record", "access.granted", *fact)
    with as_account("person:maker@desk"):
        run(founded, "log", "--subject", "person:a@example.nl", *_WHY)
        run(founded, "show", "2", "--identities", "--purpose", "audit")
        told = run(founded, "log", "--looked-at", "person:a@example.nl")
        named = run(founded, "log", "--looked-at", "person:b@example.nl", *_WHY)
        nobody = run(founded, "log", "--looked-at", "person:c@example.nl")
        table = run(founded, "log", "--looked-at", "person:a@example.nl", "--table")
    (line,) = [json.loads(each) for each in told.stdout.splitlines()]
    assert line["looked_at"] == "certainly"
    assert (line["event"]["purpose"], line["event"]["records"]) == ("incident-investigation", 1)
    assert line["event"]["actor"].startswith("person#")
    (seen,) = [json.loads(each)["event"] for each in named.stdout.splitlines()]
    assert (seen["actor"], seen["purpose"], seen["question"]) == (
        "person:maker@desk",
        "audit",
        "record 2",
    )
    assert nobody.stdout == ""
    assert "looked at identities for incident-investigation" in table.stdout
    wrong = run(founded, "log", "--looked-at", "person:a", "--kind", "access.granted")
    assert wrong.returncode == 2


def test_own_words_are_a_purpose_of_their_own(founded: Path) -> None:
    """Readings could not be counted by purpose, or people not say why."""
    with as_account("person:maker@desk"):
        for purpose in ("audit", "breach-assessment: 2026-3", "because"):
            run(founded, "show", "1", "--identities", "--purpose", purpose)
        run(founded, "log", "--kind", "log.read", *_WHY)
        told = run(founded, "log", "--kind", "log.read", "-n", "3", *_WHY)
    found = [json.loads(line)["event"] for line in told.stdout.splitlines()]
    assert [(each["purpose"], each.get("note")) for each in found] == [
        ("audit", None),
        ("breach-assessment", "2026-3"),
        ("other", "because"),
    ]


def test_the_account_is_not_what_the_environment_says() -> None:
    """Somebody would look under another name by setting a variable."""
    with mock.patch.dict("os.environ", {"USER": "boss", "LOGNAME": "boss"}):
        assert "boss" not in reader.account()


def test_the_last_administrator_is_not_erased(founded: Path) -> None:
    """An erasure would lock the log, which taking the role away is not allowed to do."""
    with as_account("person:maker@desk"):
        refused = run(founded, "erase", "person:maker@desk", "--yes")
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "expected somebody else who has the role administer" in refused.stderr
        assert events(founded, "log.erasure_requested") == []
        assert run(founded, "role", "grant", "person:next@desk", "administer").returncode == 0
        assert run(founded, "erase", "person:maker@desk", "--yes").returncode == 0
    assert events(founded, "log.erasure_confirmed") != []
