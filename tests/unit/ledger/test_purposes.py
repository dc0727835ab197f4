"""What identities are looked at for is one of a list that people can read."""

from pathlib import Path

import pytest

from ledger.errors import BadRequest
from ledger.purposes import PURPOSES, require_purpose

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "who-looked.md"


def test_every_purpose_is_explained_to_people() -> None:
    """A purpose would be counted that nobody can look up."""
    text = PAGE.read_text("utf-8")
    for purpose, meaning in PURPOSES.items():
        assert f"| `{purpose}` | {meaning} |" in text


def test_another_purpose_is_refused() -> None:
    """Readings could not be counted by purpose."""
    for purpose in PURPOSES:
        require_purpose(purpose)
    with pytest.raises(BadRequest, match="curiosity"):
        require_purpose("curiosity")
