"""Facts without an id get one from the key that their sender chose."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from ledger.errors import BadRequest
from ledger.evidence import identifier
from service.access.caller import Caller
from service.intake.idempotency import HEADER, MOST_CHARACTERS, id_of_key, key_of

PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1)


def derive(occurred_at: datetime | None, identity: bytes) -> UUID:
    return identifier(occurred_at, sha256(identity).digest())


def caller(name: str) -> Caller:
    return Caller(f"person:{name}", is_program=True, roles=frozenset({"recorder"}))


@given(PRINTABLE.filter(lambda key: len(key) <= MOST_CHARACTERS))
def test_a_key_in_quotes_is_read_without_them(key: str) -> None:
    """The same key would be two, depending on the library that sends it."""
    quoted = '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert key_of(Headers({HEADER: quoted})) == key
    if key.strip() == key and not key.startswith('"'):
        assert key_of(Headers({HEADER: key})) == key


@pytest.mark.parametrize("value", ["", '""', '"a', '"a\\b"', "x" * 256, "é", "a\tb", " a"])
def test_what_is_no_key_is_refused(value: str) -> None:
    """Two keys that a proxy changes alike would be one."""
    with pytest.raises(BadRequest, match="printable"):
        key_of(Headers({HEADER: value}))


def test_a_request_has_one_key_or_none() -> None:
    """Which of two keys counts would depend on the reader."""
    assert key_of(Headers()) is None
    name = HEADER.lower().encode()
    with pytest.raises(BadRequest, match="2 times"):
        key_of(Headers(raw=[(name, b"a"), (name, b"b")]))


@given(st.lists(st.tuples(st.text(), PRINTABLE, st.integers(0, 99)), min_size=2, max_size=5))
def test_caller_key_and_line_make_the_id(parts: list[tuple[str, str, int]]) -> None:
    """Two facts would get one id, and the second be refused as a conflict."""
    ids = {id_of_key(derive, caller(name), key, line) for name, key, line in parts}
    assert len(ids) == len(set(parts))
    (name, key, line), *_ = parts
    assert id_of_key(derive, caller(name), key, line) in ids
