"""No way leads to a personal value but through the file that records who looks."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

PROJECT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("ledger", "projections", "formats", "service", "cli")

MAY_DECRYPT: Final = {
    "ledger/reading.py": "opens values for somebody, against a recorded reading",
    "ledger/vault/vault.py": "does the decrypting",
    "ledger/rows_to_verify.py": "compares values with their digests",
    "ledger/erasure/destroying.py": "keeps the digests of what it destroys",
    "ledger/inspection.py": "compares values with their digests",
    "ledger/case_names.py": "names a case to the log itself, which records another step of it",
}
"""Why each file may decrypt; only the first one shows what it found."""

DECRYPTING: Final = frozenset({"values_of", "texts_of", "decrypt_disclosures"})


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((PROJECT / package).rglob("*.py")):
            yield path.relative_to(PROJECT).as_posix(), ast.parse(path.read_text("utf-8"))


def called_names(tree: ast.AST) -> Iterator[str]:
    """The last name of whatever is called, or handed on to be called, in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id


def test_only_listed_files_decrypt() -> None:
    """Somebody could be shown identities, and the log would not know."""
    found = {name for name, tree in _sources() if DECRYPTING & set(called_names(tree))}
    assert found == set(MAY_DECRYPT)


def test_only_a_recorded_reading_gives_the_right_to_open() -> None:
    """A caller could make the right itself, and open values before they are recorded."""
    makers = {
        name
        for name, tree in _sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Opening"
    }
    assert makers == {"ledger/reading.py"}


def test_a_right_is_made_where_the_reading_was_recorded_and_nowhere_else() -> None:
    """The file that may open values would have a second way to do so."""
    tree = ast.parse((PROJECT / "ledger" / "reading.py").read_text("utf-8"))
    makers = [
        function.name
        for function in tree.body
        if isinstance(function, ast.FunctionDef) and "Opening" in _constructed(function)
    ]
    assert makers == ["record_reading"]
    (recording,) = [each for each in tree.body if getattr(each, "name", "") == "record_reading"]
    lines = {name: line for line, name in _lines(recording)}
    assert lines["require_role"] < lines["record_own"] < lines["Opening"]


def test_what_opens_without_a_record_stays_in_its_file() -> None:
    """A caller elsewhere would use what only decides what a question is about."""
    users = {name for name, tree in _sources() if "_unrecorded" in set(called_names(tree))}
    assert users == {"ledger/reading.py"}


@pytest.mark.parametrize(
    "text", ["ledger.vault.values_of(a, b)", "from x import y\ny(vault.texts_of)", "f(values_of)"]
)
def test_a_new_way_would_be_seen(text: str) -> None:
    """The tests above would pass whatever was written."""
    assert DECRYPTING & set(called_names(ast.parse(text)))


def _lines(function: ast.AST) -> Iterator[tuple[int, str]]:
    """Where each function or method is called."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func).rpartition(".")[2]


def _constructed(function: ast.FunctionDef) -> set[str]:
    return {
        node.func.id
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
