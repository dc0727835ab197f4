"""Each shipped statement file has all its promises, and fits the text that it speaks of."""

import pytest

from tests.promises.judging import statement_file
from tests.promises.statement_texts import misplaced, text_sha256

SHIPPED = pytest.mark.parametrize(
    ("name", "text", "prefix", "promises"),
    [
        ("ingressus-xref", "000_730350dec43b6101.txt", "ING", 13),
        ("xential", "001_f99c0d7ff17bafd3.txt", "NXT", 16),
        ("infactor-web", "002_441f1b4da308cbed.txt", "INF", 12),
        ("ragiox-gold", "003_8e264d0a354641f3.txt", "RAG", 12),
        ("infobuilder-sftp", "004_4bc20ee88cd0ce59.txt", "IFB", 13),
    ],
)


@SHIPPED
def test_every_promise_is_there(name: str, text: str, prefix: str, promises: int) -> None:
    """A promise that is left out would never be found broken."""
    del text
    ids = [f"{prefix}-{number:02}" for number in range(1, promises + 1)]
    assert [str(each.id) for each in statement_file(name).promises] == ids


@SHIPPED
def test_each_phrase_stands_where_the_file_says(
    name: str, text: str, prefix: str, promises: int
) -> None:
    """Who reads a verdict would look for the promise on the wrong line."""
    del prefix, promises
    assert list(misplaced(statement_file(name), text)) == []


@SHIPPED
def test_the_hash_is_that_of_the_text(name: str, text: str, prefix: str, promises: int) -> None:
    """The promises would be taken for those of another version."""
    del prefix, promises
    assert statement_file(name).statement.text_sha256 == text_sha256(text)
