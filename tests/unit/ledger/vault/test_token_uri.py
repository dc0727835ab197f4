"""The URI of a token: what it names, and that no PIN stands in it."""

from pathlib import Path

import pytest

from ledger.errors import BadRequest, StoreUnavailable
from ledger.vault.token_uri import TokenUri

WHOLE = "pkcs11:token=The%20Token;serial=0a1b?module-path=/usr/lib/p11.so&pin-source=file:/run/pin"


def test_a_uri_names_token_library_and_pin_file() -> None:
    """Another token would be used than the settings name."""
    uri = TokenUri.parse(WHOLE)
    assert (uri.token, uri.serial, uri.module_path) == ("The Token", "0a1b", "/usr/lib/p11.so")
    assert uri.pin_source == Path("/run/pin")
    assert uri.text == WHOLE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("file:///keys", "expected a URI such as pkcs11:"),
        ("pkcs11:token=a", "expected token or serial, and module-path"),
        ("pkcs11:?module-path=/a", "expected token or serial, and module-path"),
        ("pkcs11:token=a;token=b?module-path=/a", "at most once"),
        ("pkcs11:token=?module-path=/a", "with a value"),
        ("pkcs11:token=a;colour=red?module-path=/a", "found 'colour'"),
        ("pkcs11:token=a?module-path=/a&pin-source=pin", "expected an absolute path"),
    ],
)
def test_a_uri_that_makes_no_sense_is_refused(text: str, expected: str) -> None:
    """A mistyped setting would be ignored, and another token be used."""
    with pytest.raises(BadRequest, match=expected):
        TokenUri.parse(text)


def test_a_pin_in_the_uri_is_refused_and_not_repeated() -> None:
    """A PIN would stand in settings, in process lists and in error messages."""
    with pytest.raises(BadRequest, match="expected no PIN in the URI") as caught:
        TokenUri.parse("pkcs11:token=a?module-path=/a&pin-value=4711")
    assert "4711" not in str(caught.value)


def test_the_pin_is_taken_from_the_environment_first(tmp_path: Path) -> None:
    """A PIN that was given for one command would be ignored."""
    path = tmp_path / "pin"
    path.touch(mode=0o600)
    path.write_text("from file\n")
    uri = TokenUri.parse(f"pkcs11:token=a?module-path=/a&pin-source=file://{path}")
    assert uri.pin({}) == "from file"
    assert uri.pin({"ZEGEL_TOKEN_PIN": "given"}) == "given"


def test_a_pin_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """Everybody on the machine could use the token."""
    path = tmp_path / "pin"
    path.write_text("4711")
    path.chmod(0o640)
    uri = TokenUri.parse(f"pkcs11:token=a?module-path=/a&pin-source={path}")
    with pytest.raises(StoreUnavailable, match="found mode 0640"):
        uri.pin({})


def test_a_missing_pin_says_where_it_may_be() -> None:
    """An operator would not know what to do."""
    uri = TokenUri.parse("pkcs11:token=a?module-path=/a")
    with pytest.raises(StoreUnavailable, match="ZEGEL_TOKEN_PIN"):
        uri.pin({})
