"""What the head of a request says of its body."""

import pytest
from starlette.datastructures import Headers

from ledger.errors import BadRequest, UnsupportedForm
from service.intake.media_type import coding_of, media_type_of, parse_media_type


def _headers(**values: str) -> Headers:
    return Headers({name.replace("_", "-"): value for name, value in values.items()})


@pytest.mark.parametrize(
    ("text", "name", "parameters"),
    [
        ("application/json", "application/json", {}),
        ("Application/CloudEvents+JSON", "application/cloudevents+json", {}),
        ("application/json;charset=UTF-8", "application/json", {"charset": "UTF-8"}),
        ('application/json ; CharSet="utf-8";', "application/json", {"charset": "utf-8"}),
        (
            'application/json; a="x;\\"y"; b=2',
            "application/json",
            {"a": 'x;"y', "b": "2"},
        ),
    ],
)
def test_a_media_type_is_read_with_its_parameters(
    text: str, name: str, parameters: dict[str, str]
) -> None:
    """A body would be read in another form than its sender wrote it."""
    found = parse_media_type(text)
    assert (found.name, dict(found.parameters)) == (name, parameters)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "json",
        "application/",
        "application/json, text/plain",
        "application/json; charset",
        'application/json; charset="utf-8',
        "application/json; charset=utf-8; charset=utf-16",
    ],
)
def test_what_is_no_media_type_is_refused(text: str) -> None:
    """Two readers of one head would see two forms."""
    with pytest.raises(UnsupportedForm, match="content-type"):
        parse_media_type(text)


@pytest.mark.parametrize("charset", ["utf-16", "iso-8859-1", "us-ascii", '""'])
def test_another_charset_than_utf8_is_refused(charset: str) -> None:
    """Names would be stored in the wrong letters."""
    with pytest.raises(UnsupportedForm, match="charset UTF-8"):
        media_type_of(_headers(content_type=f"application/json; charset={charset}"))


def test_a_head_that_says_nothing_or_two_things() -> None:
    """The second of two media types would count for one reader, the first for another."""
    assert media_type_of(Headers()) is None
    twice = Headers(raw=[(b"content-type", b"application/json"), (b"content-type", b"text/plain")])
    with pytest.raises(BadRequest, match="found it 2 times"):
        media_type_of(twice)


def test_only_gzip_is_decompressed() -> None:
    """A body would be stored in its compressed form."""
    assert coding_of(Headers()) == coding_of(_headers(content_encoding="Identity")) == "identity"
    assert coding_of(_headers(content_encoding="x-gzip")) == "gzip"
    for coding in ("br", "deflate", "gzip, gzip"):
        with pytest.raises(UnsupportedForm, match="gzip or identity"):
            coding_of(_headers(content_encoding=coding))
