"""The settings file: what it says comes back, and what makes no sense is refused by name."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import BadRequest
from ledger.settings import MOST_DAYS, Settings, checked_settings, settings_text

PLACE = Path("zegel.toml")
_DAYS = st.none() | st.integers(1, MOST_DAYS)
_SETTINGS = st.builds(
    Settings,
    st.text(),
    st.text(),
    st.sampled_from(["Europe/Amsterdam", "UTC"]),
    st.none() | st.text(),
    _DAYS,
    _DAYS,
    _DAYS,
)


@given(_SETTINGS)
def test_settings_come_back_from_their_file(settings: Settings) -> None:
    """A path or password with unusual characters would be misread, or a period be lost."""
    assert checked_settings(tomllib.loads(settings_text(settings)), PLACE) == settings


def test_what_may_be_set_is_explained_in_the_file() -> None:
    """Nobody would learn that the horizon of erasures can be known."""
    text = settings_text(Settings("log.example/1", "sqlite:///zegel.db"))
    for name in ("backup_retention_days", "key_backup_retention_days", "epoch_days"):
        assert f"\n# {name} = " in text
        uncommented = text.replace(f"# {name} = ", f"{name} = ")
        assert getattr(checked_settings(tomllib.loads(uncommented), PLACE), name) is not None


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("backup_retention_days = 0", "backup_retention_days: expected a whole number of days"),
        ("backup_retention_days = 30.5", "backup_retention_days: expected a whole number of days"),
        ('epoch_days = "90"', "epoch_days: expected a whole number of days"),
        ("epoch_days = 1000000", "epoch_days: expected a whole number of days"),
        ("key_store = 5", "key_store: expected a text"),
        ("retention_days = 5", "retention_days: expected one of origin, database"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_by_name(more: str, expected: str) -> None:
    """A mistyped period would give a horizon that nobody meant."""
    text = f'origin = "a"\ndatabase = "b"\n{more}\n'
    with pytest.raises(BadRequest, match=expected):
        checked_settings(tomllib.loads(text), PLACE)
