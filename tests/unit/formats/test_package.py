"""What the package `formats` loads, and when."""

import subprocess
import sys

import pytest

import formats


def test_a_guard_against_formulas_loads_no_parser() -> None:
    """Every command that can write CSV would start as slowly as an import of logs."""
    code = "import sys, formats.formula_guard; sys.exit('formats.detection' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_names_of_the_package_are_there_when_asked_for() -> None:
    """A command could not find the formats that it imports from."""
    assert set(formats.FORMATS) >= {"ndjson", "openssh"}
    with pytest.raises(AttributeError, match="no attribute 'parsers'"):
        _ = formats.parsers  # type: ignore[attr-defined]
