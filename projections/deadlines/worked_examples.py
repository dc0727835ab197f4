"""Runs worked examples, such as a lawyer's own, and lists every difference from what we compute.

A file is a JSON list of `{id, rule, description, inputs, expected}`. Instants are compared as
instants, dates as dates. What an example does not expect is not compared; what it expects and we
do not compute is a difference. An example that cannot be understood is malformed, with its place.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Struct

from ledger.errors import FormatError
from projections.deadlines.example_inputs import Inputs
from projections.deadlines.example_rules import Answers, answers_of


class Example(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One worked example."""

    id: str
    rule: str
    inputs: dict[str, Any]
    expected: dict[str, Any]
    description: str = ""


class Difference(Struct, frozen=True, kw_only=True):
    """One value that an example expects and that we compute otherwise, or not at all."""

    place: str
    expected: str
    found: str


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of one example: agreement, differences, or why it cannot be understood."""

    number: int
    """1 for the first example of the file."""
    id: str
    rule: str
    description: str
    differences: tuple[Difference, ...] = ()
    malformed: str | None = None

    @property
    def verdict(self) -> str:
        """`agrees`, `differs` or `malformed`."""
        if self.malformed is not None:
            return "malformed"
        return "differs" if self.differences else "agrees"


def check_examples(document: bytes) -> Iterator[Outcome]:
    """The outcome of every example of a file, in its order.

    Raises:
        FormatError: the document is no JSON list of examples, or an empty one.
    """
    try:
        items = msgspec.json.decode(document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError("worked examples", "a JSON list", str(error)) from error
    if not isinstance(items, list) or not items:
        found = "an empty list" if items == [] else f"JSON of type {type(items).__name__}"
        raise FormatError("worked examples", "a JSON list of examples", found)
    return _outcomes(items)


def _outcomes(items: list[Any]) -> Iterator[Outcome]:
    seen: set[str] = set()
    for number, item in enumerate(items, 1):
        outcome = _outcome(number, item)
        if outcome.malformed is None and outcome.id in seen:
            outcome = msgspec.structs.replace(
                outcome,
                malformed=f"{_place(number, outcome.id)}, id: expected an id of its own, "
                "found one that came before",
            )
        seen.add(outcome.id)
        yield outcome


def _outcome(number: int, item: object) -> Outcome:
    try:
        example = msgspec.convert(item, Example, strict=True)
    except msgspec.ValidationError as error:
        name = item.get("id") if isinstance(item, dict) else None
        known = name if isinstance(name, str) else ""
        return Outcome(
            number=number,
            id=known,
            rule="",
            description="",
            malformed=f"{_place(number, known)}: {error}",
        )
    place = _place(number, example.id)
    malformed: str | None = None
    differences: tuple[Difference, ...] = ()
    if not example.expected:
        malformed = f"{place}, expected: expected at least one value, found none"
    try:
        found = answers_of(example.rule, Inputs(place, example.inputs))
        differences = tuple(_differences("", example.expected, found))
    except FormatError as error:
        malformed = str(error)
    return Outcome(
        number=number,
        id=example.id,
        rule=example.rule,
        description=example.description,
        differences=differences,
        malformed=malformed,
    )


def _place(number: int, name: str) -> str:
    return f"example {number} ({name})" if name else f"example {number}"


def _differences(path: str, expected: dict[str, Any], found: Answers) -> Iterator[Difference]:
    refused = found.get("refused")
    for key, wanted in expected.items():
        place = f"{path}{key}"
        value = found.get(key)
        if isinstance(wanted, dict) and isinstance(value, dict):
            yield from _differences(f"{place}/", wanted, value)
        elif value is None:
            answered = "not refused" if key == "refused" else "not computed"
            nothing = f"refused: {refused}" if refused else answered
            yield Difference(place=place, expected=_shown(wanted), found=nothing)
        elif not _agrees(wanted, value):
            shown = _shown(value, like=wanted)
            yield Difference(place=place, expected=_shown(wanted), found=shown)


def _agrees(wanted: object, found: object) -> bool:
    if isinstance(found, list):
        return (
            isinstance(wanted, list)
            and len(wanted) == len(found)
            and all(map(_agrees, wanted, found))
        )
    if isinstance(found, datetime):
        at = _instant(wanted)
        return at is not None and at == found
    if isinstance(found, date):
        return wanted == found.isoformat()
    return type(wanted) is type(found) and wanted == found


def _instant(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None


def _shown(value: object, like: object = None) -> str:
    """A value as an example would write it; an instant with the offset of the one beside it."""
    if isinstance(value, datetime):
        beside = _instant(like)
        return (value.astimezone(beside.tzinfo) if beside else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return "[" + ", ".join(_shown(each) for each in value) + "]"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
