"""What is wrong in a statement file, and where: by line and by the way to the value."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from formats.statement_file.yaml_values import YamlDocument
from ledger.errors import FormatError
from ledger.events.wording import Path


class Finding(NamedTuple):
    """One thing that is wrong."""

    path: Path
    """Of the value: `("promises", 3, "rules", 0, "within")`."""
    expected: str
    found: str


class StatementRefused(FormatError):
    """A statement file cannot be taken; the message is the first of its findings."""

    def __init__(self, document: YamlDocument, findings: Sequence[Finding]) -> None:
        """Names the place, expectation and finding of the first; `findings` has all, by line."""
        ordered = sorted(findings, key=lambda each: document.line_of(each.path))
        first = ordered[0]
        super().__init__(place_of(document, first.path), first.expected, first.found)
        self.findings = tuple(
            FormatError(place_of(document, each.path), *each[1:]) for each in ordered
        )


def place_of(document: YamlDocument, path: Path) -> str:
    """A place as people find it: `ragiox-gold.yaml, line 37, RAG-03, rules[0].within.amount`."""
    parts = [document.name, f"line {document.line_of(path)}"]
    match path:
        case ("promises", int() as number, *rest):
            parts.append(_promise(document.value, number))
            shown = _spelled(tuple(rest))
        case _:
            shown = _spelled(path)
    return ", ".join([*parts, shown] if shown else parts)


def _promise(value: Any, number: int) -> str:  # noqa: ANN401 - what the file says, of any shape
    try:
        promise_id = value["promises"][number]["id"]
    except (LookupError, TypeError):
        promise_id = None
    return promise_id if isinstance(promise_id, str) else f"promise {number + 1}"


def _spelled(path: Path) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")
