"""What a user installs, and which imports are allowed, is what the project says."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath
from typing import Final

import pytest

from tests.house.tracked_files import PROJECT, tracked_files

PACKAGES: Final = {"ledger", "projections", "formats", "service", "cli"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[PurePosixPath]:
    """The paths inside a wheel built from the project as it is."""
    folder = tmp_path_factory.mktemp("wheel")
    builder = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    built = subprocess.run([*builder, str(PROJECT)], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("zegel-*.whl")
    with zipfile.ZipFile(path) as archive:
        return [PurePosixPath(name) for name in archive.namelist()]


def test_wheel_holds_exactly_the_five_packages(wheel: list[PurePosixPath]) -> None:
    """A user would get a stray top-level name, or miss a package, if this failed."""
    top = {path.parts[0] for path in wheel}
    assert {name for name in top if not name.endswith(".dist-info")} == PACKAGES


def test_wheel_says_that_each_package_is_typed(wheel: list[PurePosixPath]) -> None:
    """A user's type checker would take a package for untyped if this failed."""
    assert {PurePosixPath(package, "py.typed") for package in PACKAGES} <= set(wheel)


def test_wheel_holds_every_tracked_file_of_the_packages(wheel: list[PurePosixPath]) -> None:
    """A migration, page or seed that works in the checkout would be absent after installation."""
    tracked = {PurePosixPath(p) for p in tracked_files() if p.parts[0] in PACKAGES}
    assert sorted(tracked - set(wheel)) == []


def test_wheel_holds_the_example_statements(wheel: list[PurePosixPath]) -> None:
    """The names that `zegel policy publish` knows would mean nothing after installation."""
    names = {path.name for path in tracked_files() if path.parts[:2] == ("examples", "statements")}
    inside = {path.name for path in wheel if path.parent.as_posix() == "cli/demo_data/statements"}
    assert inside == names != set()


@pytest.mark.parametrize(
    ("contract", "module", "statement"),
    [
        ("an auditor needs no database", "ledger/units.py", "import sqlalchemy"),
        (
            "an auditor needs no database",
            "ledger/verification/log_check.py",
            "import eventsourcing.utils",
        ),
        ("one stack", "ledger/record.py", "import projections"),
        ("one stack", "projections/__init__.py", "import formats"),
        ("one stack", "formats/__init__.py", "import service"),
        ("one stack", "service/__init__.py", "import cli"),
        ("only cli.serve starts the service", "cli/main.py", "import service"),
    ],
)
def test_import_contracts_catch_a_wrong_import(
    tmp_path: Path, contract: str, module: str, statement: str
) -> None:
    """The house could lose its order without anybody noticing if a contract let this pass."""
    for package in PACKAGES:
        shutil.copytree(PROJECT / package, tmp_path / package)
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    with (tmp_path / module).open("a") as source:
        source.write(f"\n{statement}\n")
    answer = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert f"{contract} BROKEN" in answer.stdout
