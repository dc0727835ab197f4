"""How distinguished names are spelled alike, and what they name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.distinguished_names import first_value, normalised_name


@pytest.mark.parametrize(
    "written",
    ["uid=anna,ou=people,dc=x", "UID = Anna, OU=People ,DC=X", "uid=Anna;ou=people; ;dc=x, "],
)
def test_one_name_has_one_spelling(written: str) -> None:
    """One person would be several, and a grant end under another name than it began."""
    assert normalised_name(written) == "uid=anna,ou=people,dc=x"


def test_escaped_commas_part_nothing() -> None:
    """A name with a comma would be another one, or end in its middle."""
    assert normalised_name(r"cn=Jansen\, Anna,dc=x") == r"cn=jansen\, anna,dc=x"
    assert first_value(r"cn=Jansen\, Anna,dc=x") == "Jansen, Anna"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("cn=claims-readers,ou=groups,dc=x", "claims-readers"),
        (r"cn=caf\C3\A9,dc=x", "café"),
        ("readers", "readers"),
        ("", ""),
    ],
)
def test_the_first_part_names_the_entry(written: str, value: str) -> None:
    """A group would be called by something else than its name."""
    assert first_value(written) == value


@given(st.text(max_size=60))
def test_a_spelling_is_spelled_like_itself(text: str) -> None:
    """The same name would change each time it is looked at."""
    once = normalised_name(text)
    assert normalised_name(once) == once
    assert isinstance(first_value(text), str)
