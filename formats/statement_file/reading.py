"""From the bytes of a statement file to typed promises; nothing of a wrong file is taken."""

import difflib
from pathlib import Path
from typing import Any

import msgspec

from formats.statement_file.checks import findings_of
from formats.statement_file.document import StatementFile
from formats.statement_file.findings import Finding, StatementRefused
from formats.statement_file.yaml_values import YamlDocument, read_yaml
from ledger.errors import BadRequest
from ledger.events.refusals import refusal_in
from ledger.events.wording import Path as Steps
from ledger.events.wording import expectation, field_names, shown


def read_statement_file(data: bytes, name: str) -> StatementFile:
    """The statement and promises that a file says.

    Args:
        data: The bytes of the file.
        name: Of the file, as errors call it.

    Raises:
        FormatError: it is no YAML that can be read safely.
        StatementRefused: a value is not what its place asks for, or contradicts another.
    """
    document = read_yaml(data, name)
    try:
        file = msgspec.convert(document.value, StatementFile, strict=True)
    except msgspec.ValidationError as error:
        raise StatementRefused(document, [_finding(document, str(error))]) from error
    findings = list(findings_of(file))
    if findings:
        raise StatementRefused(document, findings)
    return file


def statement_file_at(path: Path) -> StatementFile:
    """As `read_statement_file`, from a file of that path.

    Raises:
        BadRequest: it cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadRequest(f"{path}: expected a statement file, found {error.strerror}") from error
    return read_statement_file(data, str(path))


def _finding(document: YamlDocument, message: str) -> Finding:
    """What a message of msgspec means in this file."""
    refusal = refusal_in(message)
    if refusal.name is None:
        expected = expectation(StatementFile, refusal.path)
        return Finding(refusal.path, expected, _found_at(document.value, refusal.path))
    below = (*refusal.path, refusal.name)
    if refusal.fault == "missing":
        return Finding(below, expectation(StatementFile, below), "nothing")
    known = field_names(StatementFile, refusal.path)
    near = difflib.get_close_matches(refusal.name, known, 1)
    hint = f"did you mean {near[0]}?" if near else ", ".join(known)
    return Finding(below, f"a known name ({hint})", shown(refusal.name))


def _found_at(value: Any, path: Steps) -> str:  # noqa: ANN401 - what the file says, of any shape
    for step in path:
        value = value[step]
    return shown(value)
