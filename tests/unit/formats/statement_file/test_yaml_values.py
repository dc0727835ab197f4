"""YAML is read as plain values with their lines, and what is dangerous in it is refused."""

from typing import Any

import pytest
import yaml

from formats.statement_file.yaml_values import MAX_BYTES, read_yaml
from ledger.errors import FormatError

LOADERS = [yaml.SafeLoader, pytest.param(getattr(yaml, "CSafeLoader", None), id="in C")]


@pytest.fixture(params=LOADERS)
def loader(request: pytest.FixtureRequest) -> Any:  # noqa: ANN401 - a class of PyYAML
    if request.param is None:
        pytest.skip("this build of PyYAML has no parser in C")
    return request.param


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("2020-03-19", "2020-03-19"),
        ("12:30", "12:30"),
        ("0o14", "0o14"),
        ("012", "012"),
        ("1_000", "1_000"),
        ("1.5", "1.5"),
        (".inf", ".inf"),
        ("=", "="),
        ("true", True),
        ("null", None),
        ("~", None),
        ("", None),
        ("-12", -12),
        ("'12'", "12"),
        ("!!str 12", "12"),
        ('"true"', "true"),
        ("[1, a, null]", [1, "a", None]),
        ("{b: 1}", {"b": 1}),
        ("|\n  two\n  lines", "two\nlines"),
    ],
)
def test_a_value_is_what_json_could_say(
    loader: Any,  # noqa: ANN401 - as above
    written: str,
    value: object,
) -> None:
    """Norwegian would be false, a date no text, and 012 ten."""
    assert read_yaml(f"a: {written}".encode(), "f.yaml", loader=loader).value == {"a": value}


@pytest.mark.parametrize(
    ("written", "line", "said"),
    [
        (b"a: 1\nb: 2\na: 3", 3, "'a' a second time, after line 1"),
        (b"a: &x 1\nb: 2", 1, "a value in full, found &x"),
        (b"a: 1\nb: *x", 2, "found *x"),
        (b"a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]", 1, "found &a"),
        (b"a: !!python/object/apply:os.system [ls]", 1, "without a tag"),
        (b"a: !!python/name:os.system", 1, "without a tag"),
        (b"a: !own 1", 1, "without a tag"),
        (b"a: !!int '5'", 1, "without a tag"),
        (b"a: !!binary aGE=", 1, "without a tag"),
        (b"a: 1\n---\nb: 2", 2, "one document"),
        (b"a: 1\nb: [1,", None, "YAML of one document"),
        (b"a: 1\n\tb: 2", 2, "YAML of one document"),
        (b"a:\n\t- b", 2, "YAML of one document, found character"),
        (b"", 1, "an empty file"),
        (b"# nothing", 1, "an empty file"),
        (b"a: 1\nb: \xff", 2, "UTF-8"),
        (b"a: \x00", None, "YAML of one document"),
        (b"? [a]\n: 1", 1, "a name before the colon"),
        (b"a: 1234567890123456789", 1, "19 digits"),
        (b"[" * 100_000, 1, "levels"),
        (b"a" * (MAX_BYTES + 1), None, "bytes"),
    ],
)
def test_what_is_refused_is_named_with_its_line(
    loader: Any,  # noqa: ANN401 - as above
    written: bytes,
    line: int | None,
    said: str,
) -> None:
    """A file could run a program, fill the memory, or silently lose one of two values."""
    with pytest.raises(FormatError) as caught:
        read_yaml(written, "f.yaml", loader=loader)
    assert str(caught.value).startswith("f.yaml" if line is None else f"f.yaml, line {line}: ")
    assert said in str(caught.value)


def test_a_value_that_is_not_there_has_the_line_of_what_holds_it() -> None:
    """An error about a missing key would point at the first line of a long file."""
    document = read_yaml(b"a: 1\nb:\n  - c: 2\n  - d: 3\n", "f.yaml")
    assert document.line_of(("b", 1, "d")) == 4
    assert document.line_of(("b", 1, "missing", "too")) == 4
    assert document.line_of(("b",)) == 2
    assert document.line_of(("z",)) == 1
