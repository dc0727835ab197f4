"""Laws of statement files: what is written comes back, and what is wrong is refused in words."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.statement_file import (
    StatementFile,
    publication_events,
    read_statement_file,
    statement_file_at,
)
from formats.statement_file.publishing import stretches
from formats.statement_file.yaml_values import read_yaml
from ledger.errors import FormatError
from ledger.events import decode_event, encode_event
from ledger.events.policy import PolicyPublished
from ledger.events.promise import PromiseDeclared, PromiseParameterSet
from tests.statement_files import EXAMPLES, as_yaml, plain_file

NOW = datetime(2026, 1, 1, tzinfo=UTC)

_PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**17), max_value=10**17)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
    | st.sampled_from(
        ["no", "on", "1e3", "2020-03-19", "12:30", "0x1F", "010", "~", "=", "<<", "1_0", ".nan"]
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abcé-", min_size=1, max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@cache
def shipped() -> list[StatementFile]:
    """The statement files that come with Zegel."""
    return [statement_file_at(path) for path in sorted(EXAMPLES.glob("*.yaml"))]


@st.composite
def files(draw: st.DrawFn) -> StatementFile:
    """A right file: some promises of a shipped one in any order, with words of any sort."""
    file = draw(st.sampled_from(shipped()))
    chosen = draw(st.permutations(file.promises))[: draw(st.integers(1, len(file.promises)))]
    words = st.text(min_size=1, max_size=80).filter(lambda text: bool(text.strip()))
    said = draw(words.filter(_is_written))
    left = {each.id for each in chosen}  # a promise contradicts none that the file lacks
    return msgspec.structs.replace(
        file,
        statement=msgspec.structs.replace(file.statement, summary_nl=said),
        promises=tuple(
            msgspec.structs.replace(
                each, nl=said, contradicts=tuple(id_ for id_ in each.contradicts if id_ in left)
            )
            for each in chosen
        ),
    )


def _is_written(text: str) -> bool:
    """Whether YAML can hold a text at all, and JSON Schema finds something in it to read."""
    return text.isprintable()


def _outcome(written: bytes) -> StatementFile | FormatError:
    try:
        return read_statement_file(written, "f.yaml")
    except FormatError as error:
        return error


@given(value=_PLAIN)
def test_plain_values_come_back_from_yaml(value: Any) -> None:  # noqa: ANN401 - any plain value
    """A word would come back as a number, a date or a truth value."""
    assert read_yaml(as_yaml({"a": value}), "f.yaml").value == {"a": value}


@given(file=files())
def test_a_written_file_is_read_as_it_was(file: StatementFile) -> None:
    """A rule would be another one after it went through a file."""
    assert read_statement_file(as_yaml(msgspec.to_builtins(file)), "f.yaml") == file


@given(file=files(), text=st.text(max_size=20_000))
def test_a_published_file_gives_its_rules_back(file: StatementFile, text: str) -> None:
    """A promise would be judged by other rules than those of the file."""
    events = [
        decode_event(encode_event(each)) for each in publication_events(file, None, occurred_at=NOW)
    ]
    declared = [each for each in events if isinstance(each, PromiseDeclared)]
    assert [(each.promise_id, each.rules, each.readings) for each in declared] == [
        (entry.id, entry.rules, entry.readings) for entry in file.promises
    ]
    settings = {
        (each.promise_id, each.params[0].name): each.params[0].values or each.params[0].value
        for each in events
        if isinstance(each, PromiseParameterSet)
    }
    assert settings == {
        (entry.id, parameter.name): parameter.defaults or parameter.default
        for entry in file.promises
        for parameter in entry.parameters
        if parameter.default != "none"
    }
    (policy,) = (each for each in events if isinstance(each, PolicyPublished))
    assert policy.text_sha256 == file.statement.text_sha256
    assert "".join(stretches(text)) == text


@given(data=st.data())
def test_a_spoilt_file_is_read_or_refused_in_words(data: st.DataObject) -> None:
    """A typing error would end in a trace, or in a loop."""
    lines = as_yaml(plain_file()).splitlines()
    place = data.draw(st.integers(0, len(lines) - 1))
    spoilt = data.draw(st.binary(max_size=30) | st.sampled_from(lines))
    kept = data.draw(st.sampled_from([lines[:place], lines[: place + 1]]))
    written = b"\n".join([*kept, spoilt, *lines[place + 1 :]])
    outcome = _outcome(written)
    if isinstance(outcome, FormatError):
        assert str(outcome).startswith("f.yaml")
    else:
        assert publication_events(outcome, None, occurred_at=NOW)


@given(noise=st.binary(max_size=200))
def test_noise_is_refused_in_words(noise: bytes) -> None:
    """A file of another sort would end in a trace."""
    with pytest.raises(FormatError):
        read_statement_file(noise, "f.yaml")
