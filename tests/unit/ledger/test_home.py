"""The folder of one installation."""

import sqlite3
from pathlib import Path
from uuid import uuid4

import pytest

from ledger.errors import BadRequest, StoreUnavailable
from ledger.home import Home
from ledger.settings import Settings
from tests.grants import grant


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_a_new_home_has_its_layout(home: Home) -> None:
    """Backups and people would look for keys and database in the wrong place."""
    ledger = home.init("log.example/1", zone="Europe/Brussels")
    ledger.close()
    assert (home.folder / "zegel.db").is_file()
    assert home.key_file == home.folder / "keys" / "vault.key.json"
    assert home.key_file.stat().st_mode & 0o777 == 0o600
    assert home.settings_file.stat().st_mode & 0o077 == 0
    assert home.quarantine.is_dir()
    assert home.folder.stat().st_mode & 0o077 == 0
    settings = home.settings()
    assert settings == Settings("log.example/1", "sqlite:///zegel.db", "Europe/Brussels")


def test_a_home_is_opened_again(home: Home) -> None:
    """What was recorded would be gone after a restart."""
    ledger = home.init()
    assert ledger.origin.startswith("zegel.local/")
    receipt = ledger.record(grant())
    ledger.close()
    again = home.open_ledger(environment={})
    assert again.origin == ledger.origin
    assert again.head().last_leaf_hash == receipt.leaf_hash
    again.close()


def test_a_moved_home_still_works(home: Home, tmp_path: Path) -> None:
    """A home could not be restored to another place."""
    home.init().close()
    moved = Home(home.folder.rename(tmp_path / "moved"))
    moved.open_ledger(environment={}).close()


def test_anchor_settings_stand_in_the_same_file(home: Home) -> None:
    """A home with time-stamp authorities or witnesses could not be opened at all."""
    home.init().close()
    before = home.settings()
    more = 'witness_quorum = 0\n[[timestamp_authority]]\nname = "first"\n[[witness]]\n'
    with home.settings_file.open("a") as file:
        file.write(more)
    assert home.settings() == before
    assert home.all_settings()["timestamp_authority"] == [{"name": "first"}]


def test_a_second_init_changes_nothing(home: Home) -> None:
    """A second `init` would replace keys or settings."""
    home.init().close()
    before = {path: path.read_bytes() for path in (home.settings_file, home.key_file)}
    with pytest.raises(StoreUnavailable, match="expected no settings, found some"):
        home.init()
    assert {path: path.read_bytes() for path in before} == before


def test_an_interrupted_init_is_completed_with_the_same_keys(home: Home) -> None:
    """A crash during `init` would leave a home that can be neither made nor opened."""
    home.init("log.example/1").close()
    home.settings_file.unlink()  # it is written last
    keys = home.key_file.read_bytes()
    with pytest.raises(BadRequest, match=r"expected log\.example/1"):
        home.init("log.example/2")
    home.init().close()
    assert home.key_file.read_bytes() == keys
    assert home.settings().origin == "log.example/1"


def test_the_home_of_the_user_can_be_named(tmp_path: Path) -> None:
    """`ZEGEL_HOME` would be ignored, and another log be written."""
    assert Home.default({"ZEGEL_HOME": str(tmp_path)}).folder == tmp_path
    assert Home.default({}).folder.name == "zegel"


def test_the_database_can_be_named(home: Home, tmp_path: Path) -> None:
    """`ZEGEL_DATABASE` or `--database` would be ignored, and another log be written."""
    home.init(database=f"sqlite:///{tmp_path / 'elsewhere.db'}").close()
    assert not (home.folder / "zegel.db").exists()
    absent = f"sqlite:///{tmp_path / 'absent.db'}"
    with pytest.raises(StoreUnavailable, match="absent"):
        home.open_ledger(environment={"ZEGEL_DATABASE": absent})
    with pytest.raises(StoreUnavailable, match="absent"):
        home.open_ledger(absent, environment={})
    home.open_ledger(environment={}).close()


def test_a_home_that_was_never_made_says_how_to_make_one(home: Home) -> None:
    """A newcomer would not know what to do."""
    with pytest.raises(StoreUnavailable, match="zegel init"):
        home.open_ledger(environment={})
    assert not home.folder.exists()


@pytest.mark.parametrize(
    "content",
    [
        "origin = ",
        "\xff",
        "origin = 5",
        'origin = "a"',
        'origin = "a"\ndatabase = "b"\nzone = "Mars/Base"',
        'origin = "a"\ndatabase = "b"\ncolour = "red"',
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(home: Home, content: str) -> None:
    """A mistyped setting would be ignored, or fail somewhere else."""
    home.folder.mkdir()
    home.settings_file.write_text(content, encoding="latin-1")
    with pytest.raises(BadRequest, match="expected"):
        home.settings()


def test_an_unknown_zone_makes_no_home(home: Home) -> None:
    """A mistyped zone would leave a half-made home."""
    with pytest.raises(BadRequest, match="Mars"):
        home.init(zone="Mars/Base")
    assert not home.folder.exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A disk problem would show as an unexpected failure."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        Home(tmp_path / "file" / "home").init()


def test_a_database_that_is_none_is_refused(home: Home) -> None:
    """Some other file would be taken for a log, or overwritten."""
    home.init().close()
    path = home.folder / "zegel.db"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreUnavailable):
        home.open_ledger(environment={})
    path.unlink()
    sqlite3.connect(path).close()
    with pytest.raises(StoreUnavailable):
        home.open_ledger(environment={})


def test_a_token_needs_the_name_of_the_log(home: Home) -> None:
    """Keys of another log in the same token would be taken for an interrupted `init`."""
    with pytest.raises(BadRequest, match="a token may hold keys of many logs"):
        home.init(key_store="pkcs11:token=a?module-path=/usr/lib/a.so")
    with pytest.raises(BadRequest, match="expected a URI such as pkcs11:"):
        home.init("log.example/1", key_store="hsm")
    assert not home.folder.exists()


def test_a_home_with_a_token_is_made_completed_and_opened(home: Home, token_uri: str) -> None:
    """A crash during `init` would leave a home with a token that cannot be opened."""
    origin = f"log.example/{uuid4().hex}"
    home.init(origin, key_store=token_uri).close()
    home.settings_file.unlink()  # it is written last
    made = home.init(origin, key_store=token_uri)
    receipt = made.record(grant())
    made.close()
    again = home.open_ledger(environment={})
    assert again.vault.keys.place == "token zegel-test"
    assert again.head().last_leaf_hash == receipt.leaf_hash
    assert again.subjects_matching("person:jan@example.nl")
    again.close()
    assert not home.key_file.exists()
