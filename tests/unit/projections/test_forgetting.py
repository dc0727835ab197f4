"""Tokens of erased subjects inside cells."""

from typing import Final
from uuid import UUID

import pytest

from projections.forgetting import Forgetting

_ANNA: Final = UUID(int=1)
_BRAM: Final = UUID(int=2)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (f"person#{_ANNA.hex}", "withheld"),
        (f"data-subject#{_ANNA.hex}", "withheld"),
        (f'["person#{_BRAM.hex}","ip#{_ANNA.hex}"]', f'["person#{_BRAM.hex}","withheld"]'),
        (f"person#{_BRAM.hex}", f"person#{_BRAM.hex}"),
        (str(_ANNA), str(_ANNA)),
        ("withheld", "withheld"),
        ("", ""),
    ],
)
def test_only_tokens_of_the_erased_are_replaced(cell: str, expected: str) -> None:
    """Somebody erased would stay in a list, or somebody else go with them."""
    assert Forgetting([_ANNA]).text(cell) == expected


def test_nobody_to_forget_is_false() -> None:
    """Every view would be walked though nobody was erased."""
    assert not Forgetting([])
    assert Forgetting([_ANNA])
