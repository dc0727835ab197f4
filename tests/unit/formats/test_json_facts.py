"""Messages of JSON as outcomes: places, numbers, all or nothing."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, BinaryIO

import pytest

from formats.json_facts import (
    Fact,
    JsonLanguage,
    Told,
    occurred_at,
    occurred_at_milliseconds,
    read_facts,
)
from formats.json_members import Object, needed_count, objects_in
from formats.reading import Numbered, Outcome, ReadContext, Translated
from ledger.errors import FormatError
from tests.unit.formats.sources import context_of, facts, outcomes, reasons, skipped, warnings

AT = "2026-03-12T06:17:02Z"


def _tell(message: Object, _context: ReadContext) -> Sequence[Told]:
    return [
        each if isinstance(each, str) else Fact(each, ("odd",)) for each in message.get("told", ())
    ]


LANGUAGE = JsonLanguage(
    "zegel-test/1",
    "message",
    _tell,
    within=("All",),
    messages_in=lambda value: objects_in(value, "inner") if "inner" in value else (value,),
    number_of=lambda message: Numbered("s", needed_count(message, "n")) if "n" in message else None,
)


def read(stream: BinaryIO, context: ReadContext) -> Any:  # noqa: ANN401 - an iterator of outcomes
    return read_facts(stream, context, LANGUAGE)


def used(resource: str) -> dict[str, Any]:
    return {"kind": "access.used", "occurred_at": AT, "resource": resource, "note": None}


def found_in(*values: object) -> list[Outcome]:
    return outcomes(read, "\n".join(json.dumps(value) for value in values))


def test_one_message_may_tell_several_facts_at_one_place() -> None:
    """A resumed import would go on between two facts of one message."""
    found = found_in({"n": 4, "told": [used("a"), "nothing", used("b")]})
    assert [outcome.place for outcome in found] == ["line 1"] * 3
    assert len({outcome.end_offset for outcome in found}) == 1
    assert [outcome.numbered for outcome in found] == [Numbered("s", 4)] * 3
    assert [fact["resource"] for fact in facts(found)] == ["a", "b"]
    assert skipped(found) == ["nothing"]
    assert warnings(found) == ["odd", "odd"]


def test_what_the_source_does_not_say_is_completed_by_its_owner() -> None:
    """A fact would stand in the log without the system that it comes from."""
    (fact,) = facts(found_in({"told": [used("a")]}))
    assert (fact["system"], fact["parser"]) == ("web-1", "zegel-test/1")
    assert "note" not in fact


def test_a_message_counts_whole_or_not_at_all() -> None:
    """Half an act would look like a whole one; its number would look like a gap."""
    found = found_in({"n": 5, "told": [used("a"), used("Not A Resource")]})
    assert facts(found) == []
    assert [outcome.numbered for outcome in found] == [Numbered("s", 5)]
    (reason,) = reasons(found)
    assert reason.startswith("access.used.v1: field resource: expected")


def test_messages_inside_an_object_have_their_own_places() -> None:
    """Nobody could find the message that is meant."""
    found = found_in({"inner": [{"told": [used("a")]}, {"n": "x"}]}, {"inner": []})
    assert [outcome.place for outcome in found] == [
        "line 1, message 1",
        "line 1, message 2",
        "line 2",
    ]
    assert reasons(found) == ["n: expected a whole number, 0 or more, found other text"]
    assert skipped(found) == ["an object without messages"]


def test_an_array_under_a_name_is_split() -> None:
    """A file as it is delivered would be one unreadable value."""
    raw = json.dumps({"More": 1, "All": [{"told": [used("a")]}, 7]}, indent=1)
    found = outcomes(read, raw)
    assert [outcome.place for outcome in found] == ["message 1", "message 2"]
    assert isinstance(found[0], Translated)
    assert reasons(found) == ["expected an object, found another value"]


@pytest.mark.parametrize(
    "text", ["2026-03-12T06:17:02", "2026-03-12", "now", "2026-13-01T00:00:00Z"]
)
def test_a_time_that_says_no_instant_is_refused(text: str) -> None:
    """A fact would be placed in history by a guess."""
    with pytest.raises(FormatError, match=r"when: expected"):
        occurred_at(text, context_of(), "when")


def test_milliseconds_are_counted_from_1970() -> None:
    """Facts would stand in another year, or lose their milliseconds."""
    found = occurred_at_milliseconds(1773296222007, context_of(), "time")
    assert found.instant == datetime(2026, 3, 12, 6, 17, 2, 7000, tzinfo=UTC)
    assert found.precision == "millisecond"
    assert occurred_at_milliseconds(0, context_of(), "time").instant.year == 1970


@pytest.mark.parametrize("where", ["message", "inner"])
def test_a_message_that_cannot_be_walked_through_is_refused_and_stops_nothing(where: str) -> None:
    """One deep message that anybody may send would end the reading of its source for good."""

    def walk(value: object) -> int:
        return 1 + sum(walk(each) for each in value) if isinstance(value, list) else 0

    def tell(message: Object, _context: ReadContext) -> Sequence[Told]:
        walk(message.get("deep"))
        return (Fact(used("a")),)

    def messages_in(value: Object) -> list[Object]:
        walk(value.get("inner"))
        return [value]

    deep = "[" * 700 + "]" * 700
    name = "deep" if where == "message" else "inner"
    language = replace(LANGUAGE, tell=tell, messages_in=messages_in)
    raw = f'{{"{name}":{deep},"n":7}}\n{{}}\n'
    found = outcomes(lambda stream, context: read_facts(stream, context, language), raw)
    assert reasons(found) == ["expected JSON, found too deep a nesting"]
    assert len(facts(found)) == 1
