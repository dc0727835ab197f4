"""Key files: private, never overwritten, opened with the right passphrase only."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ledger.errors import StoreUnavailable
from ledger.signing.signing_key import (
    PASSPHRASE_FILE_VARIABLE,
    PASSPHRASE_VARIABLE,
    environment_passphrase,
    fresh_key,
    read_signing_key,
    write_signing_key,
)
from tests.sealed_home import ORIGIN, without_passphrase


def secret() -> bytes:
    """A passphrase."""
    return b"correct horse"


@pytest.mark.parametrize("passphrase", [without_passphrase, secret])
def test_a_key_comes_back(tmp_path: Path, passphrase: object) -> None:
    """A log could not be signed any more after a restart."""
    assert callable(passphrase)
    signer, path = fresh_key(ORIGIN), tmp_path / "keys" / "a.pem"
    write_signing_key(path, signer, passphrase)
    again = read_signing_key(path, ORIGIN, passphrase)
    assert again.key == signer.key
    assert again.sign("text\n") == signer.sign("text\n")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    """A second start could destroy the only key of a log."""
    path = tmp_path / "a.pem"
    write_signing_key(path, fresh_key(ORIGIN), without_passphrase)
    before = path.read_bytes()
    with pytest.raises(StoreUnavailable, match="never overwritten"):
        write_signing_key(path, fresh_key(ORIGIN), without_passphrase)
    assert path.read_bytes() == before


@pytest.mark.parametrize("given", [None, b"wrong"])
def test_a_passphrase_protects(tmp_path: Path, given: bytes | None) -> None:
    """Whoever copies the file could sign."""
    path = tmp_path / "a.pem"
    write_signing_key(path, fresh_key(ORIGIN), secret)
    assert b"ENCRYPTED PRIVATE KEY" in path.read_bytes()
    with pytest.raises(StoreUnavailable, match="ZEGEL_KEY_PASSPHRASE opens it"):
        read_signing_key(path, ORIGIN, lambda: given)


def test_a_passphrase_that_is_not_needed_is_left_out(tmp_path: Path) -> None:
    """A variable that is set for another key would lock this one."""
    path = tmp_path / "a.pem"
    write_signing_key(path, fresh_key(ORIGIN), without_passphrase)
    read_signing_key(path, ORIGIN, secret)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    """A key that others may have copied would go on signing."""
    path = tmp_path / "a.pem"
    write_signing_key(path, fresh_key(ORIGIN), without_passphrase)
    path.chmod(mode)
    with pytest.raises(StoreUnavailable, match="chmod 600"):
        read_signing_key(path, ORIGIN, without_passphrase)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\n", b"\xff" * 100])
def test_what_is_no_key_is_named(tmp_path: Path, content: bytes) -> None:
    """A damaged file would end in a trace of the library."""
    path = tmp_path / "a.pem"
    path.touch(0o600)
    path.write_bytes(content)
    with pytest.raises(StoreUnavailable, match="expected an Ed25519 key in PKCS#8 PEM"):
        read_signing_key(path, ORIGIN, without_passphrase)


def test_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    """Notes would be signed in a way that no verifier of them knows."""
    path = tmp_path / "a.pem"
    path.touch(0o600)
    key = generate_private_key(SECP256R1())
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(StoreUnavailable, match="expected Ed25519"):
        read_signing_key(path, ORIGIN, without_passphrase)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    """A wrong home would end in a trace."""
    with pytest.raises(StoreUnavailable, match="cannot be read"):
        read_signing_key(tmp_path / "none.pem", ORIGIN, without_passphrase)


def test_the_passphrase_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A passphrase on a command line would stand in every list of processes."""
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "")
    assert environment_passphrase() is None
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "é")
    assert environment_passphrase() == "é".encode()


def test_a_service_manager_hands_the_passphrase_over_as_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would have to stand in the environment, which every child and many a log can read."""
    held = tmp_path / "passphrase"
    held.write_bytes(b"correct horse\n")
    monkeypatch.delenv(PASSPHRASE_VARIABLE, raising=False)
    monkeypatch.setenv(PASSPHRASE_FILE_VARIABLE, str(held))
    assert environment_passphrase() == secret()
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "other")
    assert environment_passphrase() == b"other"
    monkeypatch.delenv(PASSPHRASE_VARIABLE)
    held.unlink()
    with pytest.raises(StoreUnavailable, match=PASSPHRASE_FILE_VARIABLE):
        environment_passphrase()
