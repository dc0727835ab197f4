"""Keys and databases that do not belong together, and creations that were interrupted."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import update

from ledger.errors import BadRequest, StoreUnavailable, ZegelError
from ledger.founding import create_log
from ledger.ledger import Ledger
from ledger.store.engine import writing
from ledger.store.schema import SUBJECT, VAULT
from ledger.units import utc_now
from tests.grants import grant
from tests.opened import opened_records

ORIGIN = "log.example/integration"


@pytest.fixture
def other_key_file(tmp_path: Path) -> Path:
    """The keys of a log of the same name in another database."""
    path = tmp_path / "other" / "vault.key.json"
    other = Ledger.create(
        database=f"sqlite:///{tmp_path / 'other.db'}", key_file=path, origin=ORIGIN
    )
    other.close()
    return path


def _refused(database_url: str, key_file: Path, expected: str) -> None:
    with pytest.raises(StoreUnavailable, match=expected) as caught:
        Ledger.open(database=database_url, key_file=key_file)
    assert str(key_file) in str(caught.value)


def test_other_keys_are_refused_and_nothing_is_changed(
    ledger: Ledger, database_url: str, other_key_file: Path, key_file: Path
) -> None:
    """Events would be encrypted under keys that the next start does not have."""
    ledger.record(grant())
    before = (ledger.head(), other_key_file.read_bytes())
    with pytest.raises(StoreUnavailable, match="found other keys; nothing was changed") as caught:
        Ledger.open(database=database_url, key_file=other_key_file)
    place = ledger.log.engine.url.render_as_string(hide_password=True)
    assert str(other_key_file) in str(caught.value)
    assert place in str(caught.value)
    assert (ledger.head(), other_key_file.read_bytes()) == before
    Ledger.open(database=database_url, key_file=key_file).close()


def test_a_missing_key_file_is_refused(ledger: Ledger, database_url: str, key_file: Path) -> None:
    """New keys would be made silently, and everything before them be lost."""
    ledger.record(grant())
    key_file.rename(key_file.with_name("moved"))
    _refused(database_url, key_file, "cannot be read: No such file")
    assert not key_file.exists()


@pytest.mark.usefixtures("ledger")
def test_the_keys_of_another_log_are_refused(database_url: str, tmp_path: Path) -> None:
    """The error would speak of wrong keys where the wrong log is meant."""
    path = tmp_path / "third" / "key"
    Ledger.create(
        database=f"sqlite:///{tmp_path / 'third.db'}", key_file=path, origin="log.example/third"
    ).close()
    _refused(database_url, path, "found those of log log.example/third; nothing was changed")
    with pytest.raises(StoreUnavailable, match=f"expected the keys of log {ORIGIN}"):
        Ledger.open(database=database_url, key_file=path, origin=ORIGIN)


@pytest.mark.usefixtures("ledger")
def test_creating_never_overwrites(database_url: str, key_file: Path, tmp_path: Path) -> None:
    """A second `init` would destroy the keys of the first."""
    keys = key_file.read_bytes()
    with pytest.raises(StoreUnavailable, match="never overwritten"):
        Ledger.create(database=database_url, key_file=key_file, origin="log.example/new")
    with pytest.raises(BadRequest, match="existing log"):
        Ledger.create(database=database_url, key_file=tmp_path / "new", origin=ORIGIN)
    assert key_file.read_bytes() == keys
    assert not (tmp_path / "new").exists()


def test_two_logs_in_one_database_keep_apart(
    ledger: Ledger, database_url: str, tmp_path: Path
) -> None:
    """People of one log would be found, or opened, from another."""
    second = Ledger.create(
        database=database_url, key_file=tmp_path / "second", origin="log.example/second"
    )
    ledger.record(grant())
    assert second.subjects_matching("person:jan@example.nl") == []
    second.record(grant())
    (here,) = ledger.subjects_matching("person:jan@example.nl")
    (there,) = second.subjects_matching("person:jan@example.nl")
    assert here != there
    assert second.verify().findings == ()
    second.close()


@pytest.mark.parametrize("step", ["migrate", "SealedLog.create", "Vault.create"])
def test_an_interrupted_creation_is_completed(
    database_url: str, key_file: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """After a crash the operator would have keys and no log, or a log that nobody can open."""

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"ledger.founding.{step}", crash)
    with pytest.raises(KeyboardInterrupt):
        create_log(database=database_url, key_file=key_file, origin=ORIGIN, clock=utc_now)
    monkeypatch.undo()
    if not key_file.exists():
        Ledger.create(database=database_url, key_file=key_file, origin=ORIGIN).close()
    keys = key_file.read_bytes()
    ledger = Ledger.complete(database=database_url, key_file=key_file)
    assert ledger.record(grant()).index == 0
    ledger.close()
    again = Ledger.complete(database=database_url, key_file=key_file)
    assert again.head().size == 1
    assert key_file.read_bytes() == keys
    again.close()


def test_a_log_whose_vault_is_gone_is_not_given_a_new_one(
    ledger: Ledger, database_url: str, key_file: Path
) -> None:
    """A deleted key check would be replaced, and wrong keys accepted from then on."""
    ledger.record(grant())
    with writing(ledger.log.engine) as connection:
        connection.execute(VAULT.delete())
    with pytest.raises(StoreUnavailable, match="expected a vault"):
        Ledger.complete(database=database_url, key_file=key_file)


def test_a_vault_is_made_once(ledger: Ledger) -> None:
    """A second key check would let other keys in."""
    with pytest.raises(StoreUnavailable, match="expected no vault yet"):
        ledger.vault.create(utc_now())


@pytest.mark.parametrize("column", ["wrapped_key", "epoch"])
def test_a_changed_subject_key_is_a_finding_and_stops_no_reader(
    ledger: Ledger, database_url: str, key_file: Path, column: str
) -> None:
    """A damaged key would hide from verification, or make the whole log unreadable."""
    ledger.record(grant())
    ledger.record(grant(grantee="person:piet", grant_id="G-18"))
    (subject_id,) = ledger.subjects_matching("person:jan@example.nl")
    with writing(ledger.log.engine) as connection:
        value = {"wrapped_key": bytes(60), "epoch": 2}[column]
        connection.execute(
            update(SUBJECT).where(SUBJECT.c.subject_id == subject_id).values({column: value})
        )
    other = Ledger.open(database=database_url, key_file=key_file)
    assert [finding.index for finding in other.verify().findings] == [0]
    damaged, sound = opened_records(other, other.log.scan())
    assert set(damaged.personal.values()) <= {"withheld", "token"}
    assert set(sound.personal.values()) == {"open"}
    with pytest.raises(ZegelError, match="expected"):
        other.record(grant())
    other.close()


def test_a_copied_home_opens_without_its_origin(
    ledger: Ledger, database_url: str, key_file: Path, tmp_path: Path
) -> None:
    """A restored backup of keys in another folder could not be used."""
    ledger.record(grant())
    copied = shutil.copy(key_file, tmp_path / "restored")
    Path(copied).chmod(0o600)
    restored = Ledger.open(database=database_url, key_file=Path(copied))
    assert restored.origin == ORIGIN
    restored.close()
