"""A statement file names contradictions on both sides, and what is unclear once."""

import pytest

from formats.statement_file import StatementRefused
from formats.statement_file.reading import statement_file_at
from ledger.errors import FormatError
from tests.statement_files import EXAMPLES, statement_file

_FIRST, _SECOND = "promises/0/contradicts", "promises/1/contradicts"


def refused(changes: dict[str, object]) -> list[str]:
    """What is said of a file that is not taken."""
    with pytest.raises(StatementRefused) as error:
        statement_file(changes)
    return [str(each) for each in error.value.findings]


def test_a_contradiction_is_named_on_both_sides() -> None:
    """Somebody who asks about one side would not learn of the other."""
    file = statement_file({_FIRST: ["VBD-02"], _SECOND: ["VBD-01"]})
    assert [each.contradicts for each in file.promises] == [("VBD-02",), ("VBD-01",)]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {_FIRST: ["VBD-02"]},
            "names VBD-01 under contradicts too, found 'VBD-02', which does not",
        ),
        ({_FIRST: ["VBD-09"]}, "another promise of this file, found 'VBD-09'"),
        ({_FIRST: ["VBD-01"]}, "another promise of this file, found the promise itself"),
        ({_FIRST: ["VBD-02"] * 2, _SECOND: ["VBD-01"]}, "each promise once, found 'VBD-02' again"),
        ({"promises/0/flaws": ["no-term"] * 2}, "each flaw once, found 'no-term' again"),
    ],
)
def test_a_contradiction_that_cannot_be_is_refused(changes: dict[str, object], told: str) -> None:
    """A slip in a file would become a finding about the statement."""
    (found,) = refused(changes)
    assert told in found


def test_a_flaw_is_one_of_the_list() -> None:
    """A misspelt word would stand in the log for good and be told by no page."""
    with pytest.raises(FormatError, match="VBD-01, flaws"):
        statement_file({"promises/0/flaws": ["no-unit"]})


def test_the_shipped_statements_name_what_is_wrong_in_them() -> None:
    """A contradiction or a broken sentence of a shipped statement would be passed over."""
    entries = [
        each for path in EXAMPLES.glob("*.yaml") for each in statement_file_at(path).promises
    ]
    pairs = {tuple(sorted((each.id, *each.contradicts))) for each in entries if each.contradicts}
    assert pairs == {("ING-02", "ING-06"), ("ING-04", "ING-05")}
    flaws = {each.id: each.flaws for each in entries if each.flaws}
    assert flaws == {
        "ING-11": ("ambiguous-anchor",),
        "NXT-05": ("no-term",),
        "NXT-10": ("no-term",),
        "NXT-15": ("no-term",),
        "INF-04": ("no-term",),
        "INF-08": ("no-number",),
        "RAG-02": ("ambiguous-scope",),
        "RAG-06": ("ambiguous-unit",),
        "RAG-10": ("broken-sentence",),
        "IFB-02": ("no-number",),
        "IFB-05": ("no-term",),
        "IFB-06": ("no-term",),
        "IFB-11": ("no-number", "ambiguous-scope"),
    }
