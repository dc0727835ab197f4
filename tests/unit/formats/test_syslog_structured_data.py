"""Elements before the text of a message."""

import pytest

from formats.syslog_structured_data import Element, parse_structured_data


def test_elements_are_read_with_what_they_escape() -> None:
    """A value could end an element early, or keep its escapes."""
    text = r'[a@1 x="1\"\\\]\n" y="]" x=""][b] text'
    expected = (Element("a@1", (("x", '1"\\]\\n'), ("y", "]"), ("x", ""))), Element("b", ()))
    assert parse_structured_data(text) == (expected, "text")
    assert expected[0].value("x") == '1"\\]\\n'
    assert expected[0].value("z") is None


@pytest.mark.parametrize(("text", "rest"), [("-", ""), ("- ", ""), ("- x", "x"), ("[a]", "")])
def test_no_elements_and_no_text_are_both_allowed(text: str, rest: str) -> None:
    """A message without either would be refused."""
    parsed = parse_structured_data(text)
    assert parsed is not None
    assert parsed[1] == rest


@pytest.mark.parametrize(
    "text", ["", "x", "[", "[]", "[a", '[a x="1]', "[a x=1]", '[a x="1"]y', '[a b c="1"]', "-x"]
)
def test_other_texts_are_no_elements(text: str) -> None:
    """Part of a message would be taken for data about it."""
    assert parse_structured_data(text) is None
