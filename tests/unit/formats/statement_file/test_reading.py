"""A statement file is taken as a whole or refused with file, line, promise and key."""

from pathlib import Path
from typing import Any

import pytest

from formats.statement_file import StatementRefused, read_statement_file, statement_file_at
from ledger.errors import BadRequest, FormatError
from tests.statement_files import EXAMPLES, as_yaml, plain_file, statement_file

RULE = "promises/0/rules/0"
NEED = "promises/1/readings/0/rules/0/needs/0"


def findings(changes: dict[str, Any]) -> list[str]:
    """What is found wrong in the small file with these changes."""
    with pytest.raises(StatementRefused) as caught:
        statement_file(changes)
    return [str(each) for each in caught.value.findings]


def test_a_right_file_is_read_whole() -> None:
    """A promise, a parameter or the place of a sentence would get lost on the way."""
    file = statement_file()
    assert [entry.id for entry in file.promises] == ["VBD-01", "VBD-02"]
    assert file.promises[1].parameters[0].default == 7
    assert file.promises[1].place.line == 2
    assert file.promises[1].readings[0].leads
    assert file.promises[0].rules[0].needs_coverage == ("voorbeeld-web",)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_file_is_right(path: Path) -> None:
    """A name that `zegel policy publish` offers would be refused."""
    assert statement_file_at(path).promises


def test_an_error_names_file_line_promise_and_key() -> None:
    """Somebody would look for a wrong word in hundreds of lines."""
    lines = as_yaml(plain_file()).decode().splitlines()
    (place,) = (number for number, line in enumerate(lines) if "unit: days" in line)
    lines[place] = lines[place].replace("days", "dagen")
    with pytest.raises(StatementRefused) as caught:
        read_statement_file("\n".join(lines).encode(), "mijn.yaml")
    assert str(caught.value) == (
        f"mijn.yaml, line {place + 1}, VBD-02, parameters[0].unit: expected one of bytes, days, "
        "events, hours, minutes, months, people, seconds, weeks, working-days, years, found 'dagen'"
    )


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"statement/title": ...}, "statement.title", "found nothing"),
        ({"statement/titel": "x"}, "statement.titel", "did you mean title?"),
        ({"statement/systems": []}, "statement.systems", "a list"),
        ({"statement/systems": "web"}, "statement.systems", "found 'web'"),
        ({"statement/language": "Dutch"}, "statement.language", "ISO 639-1"),
        ({"statement/text_sha256": "ab"}, "statement.text_sha256", "64 lower-case"),
        ({"statement/effective_from": "morgen"}, "statement.effective_from", "a date such as"),
        ({"promises": []}, "promises", "a list"),
        ({"promises/0/class": "soft"}, "VBD-01, class", "one of evidence, hard"),
        ({"promises/0/id": "VBD"}, "VBD, id", "a promise such as RAG-03"),
        ({"promises/0/id": 7}, "promise 1, id", "found 7"),
        ({"promises/0/nl": "  "}, "VBD-01, nl", "words"),
        ({"promises/0/place/line": 0}, "VBD-01, place.line", "a line number, 1 or more"),
        ({"promises/0/place/line": "1"}, "VBD-01, place.line", "found '1'"),
        ({"promises/0/anchors": []}, "VBD-01, anchors", "a list"),
        ({f"{RULE}/rule_kind": "always"}, "VBD-01, rules[0].rule_kind", "one of deadline"),
        ({f"{RULE}/needs_cover": []}, "VBD-01, rules[0].needs_cover", "needs_coverage"),
        ({f"{RULE}/where/0/values": ["?"]}, "rules[0].where[0].values[0]", "letters and digits"),
        ({f"{NEED}/pairs/0/field": "a.b.c"}, "needs[0].pairs[0].field", "such as customer_id"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(
    changes: dict[str, Any], place: str, said: str
) -> None:
    """A word in the wrong place would become a rule that never holds."""
    (found,) = findings(changes)
    assert f", {place}: expected " in found or f"{place}: expected " in found
    assert said in found


def test_what_is_no_file_of_promises_is_refused(tmp_path: Path) -> None:
    """A list, a text or a folder would end in a trace."""
    for data in (b"[1, 2]", b"just words", b"1"):
        with pytest.raises(FormatError):
            read_statement_file(data, "f.yaml")
    for path in (tmp_path, tmp_path / "none.yaml"):
        with pytest.raises(BadRequest, match="expected a statement file"):
            statement_file_at(path)
