"""The pages on epoch keys and tokens can be followed as they are written."""

import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec
import pytest

from tests.command_line import ZEGEL, clean_environment, zegel_here
from tests.house.tracked_files import PROJECT
from tests.soft_token import PIN, SETTINGS_VARIABLE, module_path, softhsm_settings

_HOW_TO: Final = PROJECT / "docs" / "how-to"
ROTATE: Final = (_HOW_TO / "rotate-epoch-keys.md").read_text("utf-8")
TOKEN: Final = (_HOW_TO / "use-a-hardware-token.md").read_text("utf-8")


def _run(command: str, folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**environment, "PATH": f"{ZEGEL.parent}:{environment['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout


def _commands(page: str) -> list[str]:
    return re.findall(r"^\$ (.*)$", page, re.MULTILINE)


def _set(home: Path, line: str) -> None:
    settings = home / "zegel.toml"
    settings.write_text(f"{settings.read_text('utf-8')}\n{line}\n", "utf-8")


def test_every_command_of_the_page_on_epochs_answers_as_shown(home: Path, tmp_path: Path) -> None:
    """A data protection officer would look for numbers that the command does not give."""
    _set(home, "backup_retention_days = 35")
    environment = clean_environment(ZEGEL_HOME=str(home))
    commands = _commands(ROTATE)
    assert len(commands) == 3
    for command in commands:
        answer = _run(command, tmp_path, environment)
        (shown,) = re.findall(rf"^\$ {re.escape(command)}\n(.*)$", ROTATE, re.MULTILINE)
        if shown.startswith("{"):
            assert msgspec.json.decode(answer).keys() == msgspec.json.decode(shown).keys()
        else:
            assert answer.splitlines()[0].split() == shown.split()


def test_the_settings_of_the_page_are_understood(home: Path) -> None:
    """Somebody who copies the block would have a home that cannot be opened."""
    (block,) = re.findall(r"```toml\n(.*?)```", ROTATE, re.DOTALL)
    _set(home, block)
    answer = zegel_here("--home", home, "key", "epochs", "--json")
    assert answer.returncode == 0, answer.stderr
    document = msgspec.json.decode(answer.stdout)
    assert document["erasure_horizon"] is not None
    assert document["rotate_before"] is not None


def test_the_horizon_is_shown_or_said_to_be_unknown(home: Path) -> None:
    """A number would be shown that nobody set, or none although it is known."""
    unknown = zegel_here("--home", home, "key", "epochs")
    assert "not known: set backup_retention_days" in unknown.stderr
    assert msgspec.json.decode(unknown.stdout)["state"] == "wraps"
    _set(home, "backup_retention_days = 35")
    known = zegel_here("--home", home, "key", "epochs")
    assert "what is erased now is in no readable backup from" in known.stderr


def test_an_epoch_that_is_overdue_is_pointed_out(home: Path) -> None:
    """`epoch_days` would be a setting that nothing comes of."""
    _set(home, "epoch_days = 1")
    assert "run zegel key rotate-epoch" not in zegel_here("--home", home, "key", "epochs").stderr
    two_days = 2 * 86_400 * 1_000_000
    with closing(sqlite3.connect(home / "zegel.db", isolation_level=None)) as connection:
        connection.execute("UPDATE zegel_epoch SET made_at_us = made_at_us - ?", (two_days,))
    assert "run zegel key rotate-epoch" in zegel_here("--home", home, "key", "epochs").stderr


def test_the_retention_can_be_given_to_init(tmp_path: Path) -> None:
    """The horizon would be unknown until somebody finds the settings file."""
    made = zegel_here("--home", tmp_path / "h", "init", "--backup-retention-days", "14")
    assert made.returncode == 0, made.stderr
    assert "\nbackup_retention_days = 14\n" in (tmp_path / "h" / "zegel.toml").read_text("utf-8")


def _on_this_machine(page: str) -> str:
    return page.replace("/usr/lib/softhsm/libsofthsm2.so", str(module_path()))


@pytest.fixture
def token_environment(tmp_path: Path) -> dict[str, str]:
    """What a shell needs for a token of its own."""
    module_path()
    settings = softhsm_settings(tmp_path / "softhsm")
    return clean_environment(
        **{SETTINGS_VARIABLE: str(settings)},
        ZEGEL_TOKEN_PIN=PIN,
        ZEGEL_HOME=str(tmp_path / "home"),
    )


def test_every_command_of_the_page_on_tokens_works(
    tmp_path: Path, token_environment: dict[str, str]
) -> None:
    """An operator with a token would be stuck half-way."""
    for command in _commands(_on_this_machine(TOKEN)):
        _run(command, tmp_path, token_environment)
    assert not (tmp_path / "home" / "keys" / "vault.key.json").exists()
    question = "zegel log --identities --purpose 'incident-investigation: 1'"
    answer = _run(question, tmp_path, token_environment)
    assert "person:jan@example.nl" in answer
    assert PIN not in (tmp_path / "home" / "zegel.toml").read_text("utf-8")


def test_a_wrong_pin_is_named_and_not_repeated(
    tmp_path: Path, token_environment: dict[str, str]
) -> None:
    """A PIN would stand in a log file, or its error would not tell what is wrong."""
    for command in _commands(_on_this_machine(TOKEN))[:2]:
        _run(command, tmp_path, token_environment)
    for pin, expected in (("0815", "expected the PIN of its user"), ("", "expected a PIN in")):
        done = subprocess.run(
            [ZEGEL, "verify"],
            env={**token_environment, "ZEGEL_TOKEN_PIN": pin},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, expected in done.stderr) == (4, True), done.stderr
        assert not pin or pin not in done.stderr
