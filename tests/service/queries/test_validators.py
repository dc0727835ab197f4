"""An entity tag is worth something only to whom it was given, for what it was given for."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from service.access.caller import Caller
from service.queries.validators import Validator, known_size, validator_of
from tests.served import served_context

KEY = bytes(range(32))
_SIZES = st.integers(0, 10**17)


@given(_SIZES, _SIZES, st.binary(max_size=20))
def test_a_tag_is_known_again_at_whatever_size_the_log_has_now(
    had: int, now: int, told: bytes
) -> None:
    """A client would read again what did not change, or be told of another answer's size."""
    tag = Validator(had, told, KEY).tag
    for header in (tag, f'"other", {tag}', tag.removeprefix("W/")):
        assert known_size(header, Validator(now, told, KEY)) == had
    assert known_size(tag, Validator(now, told + b"x", KEY)) is None
    assert known_size(None, Validator(now, told, KEY)) is None


@given(_SIZES, _SIZES)
def test_the_size_in_a_tag_cannot_be_changed(had: int, other: int) -> None:
    """Somebody could ask what was recorded since when, and no reading would tell of it."""
    _, _, digest = Validator(had, b"asked", KEY).tag.strip('"').partition("-")
    forged = f'W/"{other}-{digest}"'
    found = known_size(forged, Validator(other, b"asked", KEY))
    assert found == (had if other == had else None)


def test_a_tag_belongs_to_its_caller(tmp_path: Path) -> None:
    """Somebody who was answered could let others learn without being recorded."""
    with served_context(tmp_path) as context:
        ledger = context.ledger
        one, other = (
            Caller(f"person:{name}@test", is_program=False, roles=frozenset({"reader"}))
            for name in ("one", "other")
        )
        tag = validator_of(ledger, one, 7, b"asked").tag
        assert known_size(tag, validator_of(ledger, one, 9, b"asked")) == 7
        assert known_size(tag, validator_of(ledger, other, 9, b"asked")) is None
