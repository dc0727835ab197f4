"""Rules of the house that hold for every file of the repository."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.house.tracked_files import PROJECT, tracked_files

LONGEST_FILE: Final = 400
EMPTY_NAMES: Final = frozenset(
    ("util", "utils", "helper", "helpers", "common", "manager", "managers", "base", "misc")
)
# The patterns are written so that this file does not match what it looks for.
REGISTRIES: Final = [
    *(("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com")),
    *(("crates", "io"), ("proxy", "golang", "org"), ("rubygems", "org"), ("debian", "org")),
]
REGISTRY_HOST: Final = re.compile("|".join(re.escape(".".join(host)) for host in REGISTRIES))
MACHINE_PATH: Final = re.compile(r"(?<![\w.}>])/(?:work|root|tmp)(?:/|\b(?![-\w]))")
UNFINISHED: Final = re.compile(r"\b(?:[T]ODO|[F]IXME|[N]otImplementedError|for [n]ow)\b")
PIN: Final = re.compile(r"[a-z0-9-]+==\S+( ; [^;]+)? \\")
HASH: Final = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?")


def _lines(*suffixes: str) -> Iterator[tuple[Path, int, str]]:
    for path in tracked_files():
        if suffixes and path.suffix not in suffixes:
            continue
        text = (PROJECT / path).read_bytes().decode("utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            yield path, number, line


def _found(pattern: re.Pattern[str], *suffixes: str) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, number, line in _lines(*suffixes)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry() -> None:
    """An installation would go to a registry that its owner did not choose."""
    assert _found(REGISTRY_HOST) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    """The project would work, or its pages make sense, only where it was written."""
    assert _found(MACHINE_PATH) == []


def test_no_python_file_is_unfinished() -> None:
    """Something would look done to a caller that is not."""
    assert _found(UNFINISHED, ".py") == []


def test_file_names_say_what_is_inside() -> None:
    """A reader could not tell from its name what a file is for."""
    assert [path for path in tracked_files() if path.stem.lower() in EMPTY_NAMES] == []


def test_python_files_fit_in_a_head() -> None:
    """A file would hold more than one idea."""
    lengths = {
        path: len((PROJECT / path).read_text("utf-8").splitlines())
        for path in tracked_files()
        if path.suffix == ".py"
    }
    assert {path: size for path, size in lengths.items() if size > LONGEST_FILE} == {}


def test_every_test_says_what_would_be_wrong() -> None:
    """A failing test would leave its reader guessing what broke."""
    silent = [
        f"{path}:{node.lineno}: {node.name}"
        for path in tracked_files()
        if path.parts[0] == "tests" and path.name.startswith("test_") and path.suffix == ".py"
        for node in ast.walk(ast.parse((PROJECT / path).read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and ast.get_docstring(node) is None
    ]
    assert silent == []


def test_every_dependency_is_pinned_with_hashes_and_no_address() -> None:
    """Two installations could differ, or go to a registry that their owner did not choose."""
    lines = (PROJECT / "constraints.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if not (PIN.fullmatch(line) or HASH.fullmatch(line))] == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (REGISTRY_HOST, "see https://pypi~.org/project/zegel"),
        (REGISTRY_HOST, "https://files.pythonhosted~.org/packages"),
        (MACHINE_PATH, "cd /~work/main"),
        (MACHINE_PATH, 'Path("/~tmp")'),
        (UNFINISHED, "# TO~DO: sort"),
        (UNFINISHED, "raise NotImplemented~Error"),
    ],
)
def test_the_patterns_find_what_they_look_for(pattern: re.Pattern[str], line: str) -> None:
    """A rule above would hold only because its pattern never matches."""
    assert pattern.search(line.replace("~", ""))
