"""`--spark` says what it lacks, before anything is begun."""

import sys
from pathlib import Path

import pytest

from tests.command_line import zegel_here

SPARK = ("--spark", "local[2]")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with an empty log."""
    folder = tmp_path / "home"
    made = zegel_here("--home", folder, "init", "--no-roles", "--origin", "log.example/test")
    assert made.returncode == 0, made.stderr
    return folder


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("verify", *SPARK, "--quick"), "--spark: expected no --quick"),
        (("verify", "--sealed-only"), "--sealed-only: expected --spark beside it"),
        (("verify", *SPARK), "expected an archive, whose segments workers check, found none"),
        (("verify", *SPARK, "--bundle", "."), "--bundle: expected no"),
        (("rebuild", *SPARK, "--from", "."), "--spark: expected no --from beside it"),
        (("rebuild", *SPARK, "--jobs", "2"), "--jobs: expected no --from and no --spark"),
        (("rebuild", "--from", ".", "--jobs", "2"), "--jobs: expected no --from and no --spark"),
        (("rebuild", "--spark", "yarn"), "expected spark://HOST:PORT or local[N], found 'yarn'"),
    ],
)
def test_what_cannot_be_meant_is_refused(home: Path, words: tuple[str, ...], expected: str) -> None:
    """A verification would silently check something else than was asked for."""
    answer = zegel_here("--home", home, *words)
    assert answer.returncode == 2, answer.stderr
    assert expected in answer.stderr
    assert answer.stdout == ""


def test_without_pyspark_nothing_is_rebuilt(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command would end as if Zegel itself were at fault."""
    monkeypatch.setitem(sys.modules, "pyspark", None)
    answer = zegel_here("--home", home, "rebuild", *SPARK)
    assert answer.returncode == 4
    assert "expected PySpark, found none; `pip install 'zegel[spark]'`" in answer.stderr
