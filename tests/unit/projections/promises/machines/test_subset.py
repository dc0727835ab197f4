"""The rule `subset`: all that an event says lies within what is allowed."""

from pathlib import Path
from typing import Any, Final

import pytest

from tests.small_promises import Rule, counts, parameter, reported, said_of

OPEN: Final = ("undeterminable", 0, 0, 0, 1)


def rule(test: str = "at-most", **limit: Any) -> Rule:  # noqa: ANN401 - of a condition
    """A message is at most 500 bytes, unless another limit is given."""
    told: Rule = {"rule_kind": "subset", "for_each": [{"kinds": ["exchange.performed"]}]}
    size = {"field": "size_bytes", "test": test, **(limit or {"values": [500]})}
    return {**told, "where": [size]}


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (500, ("kept", 1, 0, 0, 0)),
        (501, ("broken", 0, 1, 0, 0)),
        (None, OPEN),
    ],
)
def test_a_number_is_within_its_limit(
    tmp_path: Path, size: int | None, expected: tuple[Any, ...]
) -> None:
    """The limit itself would be too much, or a message of unknown size would break a promise."""
    told = {} if size is None else {"size_bytes": size}
    sent = reported("exchange.performed", 1, direction="in", exchange_kind="sync", **told)
    assert counts(said_of(tmp_path, [rule()], [sent])) == expected


@pytest.mark.parametrize("value", ["large", True])
def test_a_limit_that_is_no_number_decides_nothing(tmp_path: Path, value: str | bool) -> None:  # noqa: FBT001 - a value
    """A word in the place of a number would stop every later question."""
    sent = reported("exchange.performed", 1, direction="in", exchange_kind="sync", size_bytes=9)
    told = [parameter(0, most=value), sent]
    assert counts(said_of(tmp_path, [rule(parameter="most")], told)) == OPEN


@pytest.mark.parametrize(
    ("named", "expected"),
    [(["status"], "kept"), (["status", "documents"], "broken"), ([], "undeterminable")],
)
def test_every_word_is_among_those_allowed(tmp_path: Path, named: list[str], expected: str) -> None:
    """One allowed word would let any other through."""
    where = [{"field": "content_classes", "test": "in", "values": ["status", "version"]}]
    told = {"direction": "in", "exchange_kind": "sync", "content_classes": named}
    sent = reported("exchange.performed", 1, **told)
    assert said_of(tmp_path, [{**rule(), "where": where}], [sent]).verdict == expected
