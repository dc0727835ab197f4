"""JSON of one shape is refused with the place of what is wrong."""

from typing import Annotated

import pytest
from msgspec import Meta, Struct

from formats.json_places import decode_at
from ledger.errors import FormatError


class Inner(Struct):
    """A part."""

    name: Annotated[str, Meta(max_length=3)]


class Outer(Struct):
    """The whole."""

    inner: tuple[Inner, ...]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"", "#"),
        (b"\xff", "#"),
        (b"[]", "#"),
        (b"{}", "#/inner"),
        (b'{"inner": {}}', "#/inner"),
        (b'{"inner": [{"name": "a"}, {}]}', "#/inner/1/name"),
        (b'{"inner": [{"name": "abcd"}]}', "#/inner/0/name"),
        (b'{"inner": [{"name": null}]}', "#/inner/0/name"),
        (b'{"inner": [], "inner": []}', "#"),
        (b'{"inner": ' + b"[" * 100 + b"]" * 100 + b"}", "#"),
    ],
)
def test_the_place_is_told(body: bytes, place: str) -> None:
    """Somebody with a long document would not know where to look."""
    with pytest.raises(FormatError) as caught:
        decode_at(body, Outer)
    assert caught.value.place == place
    assert caught.value.expected
    assert caught.value.found


def test_what_fits_is_taken() -> None:
    """Nothing could be sent at all."""
    assert decode_at(b'{"inner": [{"name": "abc"}]}', Outer) == Outer((Inner("abc"),))
