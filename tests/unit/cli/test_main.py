"""Every way a command can end has its exit code and one clear line."""

from pathlib import Path

import click
import pytest

from cli import app as app_module
from cli.main import run
from ledger.errors import StoreUnavailable, VerificationError


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(*_arguments: object, **_settings: object) -> None:
        raise error

    monkeypatch.setattr(app_module.app, "main", fail)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (click.Abort(), 130),
        (KeyboardInterrupt(), 130),
        (click.UsageError("what?"), 2),
        (click.FileError("a", "no"), 2),
        (StoreUnavailable("database is locked"), 4),
        (VerificationError("MODIFIED", 3, "expected a"), 3),
        (RuntimeError("boom"), 1),
    ],
)
def test_an_error_ends_with_its_code_and_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
) -> None:
    """A person would see a trace, or a script the wrong code."""
    failing(monkeypatch, error)
    assert run(["log"]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("zegel: ")
    assert said.err.count("\n") == 1


def test_an_acting_character_in_an_error_is_visible(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A forged log line could repaint the screen through the message that refuses it."""
    failing(monkeypatch, StoreUnavailable("a\x1b[2Jb"))
    run(["log"])
    assert capsys.readouterr().err == "zegel: a\\x1b[2Jb\n"


def test_a_trace_is_shown_on_demand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody could tell where a failure came from."""
    assert run(["--home", str(tmp_path / "none"), "log"]) == 4
    assert "Traceback" not in capsys.readouterr().err
    assert run(["log", "--home", str(tmp_path / "none"), "--debug"]) == 4
    assert "Traceback" in capsys.readouterr().err


def test_no_arguments_is_wrong_usage_with_help(capsys: pytest.CaptureFixture[str]) -> None:
    """A script that lost its arguments would go on as if a command had run."""
    assert run([]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Commands:" in said.err
