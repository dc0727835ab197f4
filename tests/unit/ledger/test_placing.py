"""A refusal of one of several events tells which one it is about."""

import pytest

from ledger.errors import MalformedEvent
from ledger.placing import each_in_place


def test_each_is_done_in_order() -> None:
    """Events would change places."""
    assert each_in_place(str, [3, 1, 2]) == ["3", "1", "2"]


def test_a_refusal_has_its_place() -> None:
    """A sender would not find the event to mend among thousands."""

    def refuse_two(value: int) -> int:
        if value == 2:
            raise MalformedEvent("a.b.v1", "field", "another number", "2")
        return value

    with pytest.raises(MalformedEvent) as caught:
        each_in_place(refuse_two, [0, 1, 2, 3, 2])
    assert caught.value.place == 2
    assert MalformedEvent("a.b.v1", "field", "x", "y").place is None
